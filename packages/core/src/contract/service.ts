/** What a service says about itself. */
import { Type, type Static } from '@sinclair/typebox';

import { Timestamp } from './schema.js';

/** The version of the contract in this folder: a client refuses another major with VERSION_MISMATCH. */
export const API_VERSION = '1.0';

/** What Node is started with for a service: what lists of runtimes leave behind would else have it keep 100 MB more. */
export const SERVICE_NODE_ARGUMENTS: readonly string[] = ['--max-semi-space-size=16'];

export const ServiceInfoSchema = Type.Object({
  service_id: Type.String({ description: 'Stable for one data folder' }),
  version: Type.String({ description: "The product's version" }),
  api_version: Type.String({ description: 'major.minor of the contract' }),
  started_at: Timestamp,
  pid: Type.Integer(),
  user: Type.String({ description: 'The account that the service and its runtimes run as' })
});
export type IServiceInfo = Static<typeof ServiceInfoSchema>;

export const StopServiceSchema = Type.Object(
  {
    runtimes: Type.Union([Type.Literal('keep'), Type.Literal('pause'), Type.Literal('terminate')], {
      description:
        '`keep` leaves runtimes running for the next service to adopt; `pause` keeps their state and ends what can be paused without a loss'
    })
  },
  { additionalProperties: false }
);
export type IStopService = Static<typeof StopServiceSchema>;

/** `<data folder>/service.json`, written (mode 0600) once the service listens. */
export const ServiceFileSchema = Type.Object({
  url: Type.String({ description: 'e.g. `http://127.0.0.1:41763`, no slash at the end' }),
  token_file: Type.String({
    description: 'Absolute path of the file (mode 0600) that holds the bearer token'
  }),
  pid: Type.Integer(),
  version: Type.String(),
  service_id: Type.String(),
  started_at: Timestamp
});
export type IServiceFile = Static<typeof ServiceFileSchema>;
