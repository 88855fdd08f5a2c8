/** Who may use a service, and for what. */
import { Type, type Static } from '@sinclair/typebox';

import { Nullable, Page, Timestamp } from './schema.js';

/** `read`: see one's own. `use`: also launch, run and end. `admin`: also tokens and the operator's environments, of every owner. */
export const TOKEN_SCOPES = ['read', 'use', 'admin'] as const;
export type TokenScope = (typeof TOKEN_SCOPES)[number];

export const OwnerSchema = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9._@-]{0,99}$',
  description: 'Whose runtimes, snapshots, storage and environments'
});

export const TokenSchema = Type.Object({
  id: Type.String(),
  owner: OwnerSchema,
  scopes: Type.Array(Type.Union(TOKEN_SCOPES.map(scope => Type.Literal(scope)))),
  note: Type.String(),
  created_at: Timestamp,
  expires_at: Nullable(Timestamp)
});
export type IToken = Static<typeof TokenSchema>;

export const TokenPageSchema = Page(TokenSchema);

/** `POST /tokens`; the answer holds the token itself, once. */
export const TokenRequestSchema = Type.Object(
  {
    owner: OwnerSchema,
    scopes: Type.Array(Type.Union(TOKEN_SCOPES.map(scope => Type.Literal(scope))), {
      minItems: 1,
      uniqueItems: true
    }),
    note: Type.Optional(Type.String({ maxLength: 300 })),
    expires_in_minutes: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 5_256_000 }))
  },
  { additionalProperties: false }
);
export type ITokenRequest = Static<typeof TokenRequestSchema>;

export const NewTokenSchema = Type.Intersect([
  TokenSchema,
  Type.Object({ token: Type.String({ description: 'Shown this once' }) })
]);
export type INewToken = Static<typeof NewTokenSchema>;
