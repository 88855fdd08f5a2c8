/**
 * The contract's schemas as OpenAPI 3.1 and the serialiser want them: named ones by reference, `X | null` as one schema
 * with two types, literals that exclude each other as an `enum`.
 */
import type { TSchema } from '@sinclair/typebox';

type Json = Record<string, unknown>;

export class WireSchemas {
  /** @param named Schemas of the contract that the document names. */
  constructor(named: Readonly<Record<string, TSchema>>) {
    Object.entries(named).forEach(([name, schema]) => this._names.set(schema, name));
  }

  /** For Fastify's `addSchema`: with their names as `$id`. */
  definitions(): Json[] {
    return [...this._names].map(([schema, name]) => ({ ...this._inside(schema), $id: name }));
  }

  /** A schema, or a map of them: whatever a route has. */
  convert(value: unknown): unknown {
    const name = this._names.get(value as TSchema);
    return name === undefined ? this._inside(value) : { $ref: `${name}#` };
  }

  private _inside(value: unknown): Json {
    if (Array.isArray(value)) {
      return value.map(each => this.convert(each)) as unknown as Json;
    }
    if (typeof value !== 'object' || value === null) {
      return value as Json;
    }
    // Symbols of TypeBox stay behind: Object.entries does not see them.
    const { anyOf, ...rest }: Json = Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, this.convert(each)])
    );
    return Array.isArray(anyOf) ? { ...union(anyOf as Json[]), ...rest } : rest;
  }

  private readonly _names = new Map<TSchema, string>();
}

function union(members: Json[]): Json {
  const others = members.filter(member => member['type'] !== 'null');
  const isNullable = others.length < members.length;
  const [only] = others;
  if (others.length > 0 && others.every(each => typeof each['const'] === 'string')) {
    const values = others.map(each => each['const']);
    return isNullable
      ? { type: ['string', 'null'], enum: [...values, null] }
      : { type: 'string', enum: values };
  }
  if (isNullable && others.length === 1 && typeof only['type'] === 'string') {
    return 'enum' in only
      ? { ...only, type: [only['type'], 'null'], enum: [...(only['enum'] as unknown[]), null] }
      : { ...only, type: [only['type'], 'null'] };
  }
  return { anyOf: members };
}
