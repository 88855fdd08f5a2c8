/** Manifests of environments over the interface: what was wrong with them, and what came of them. */
import { Type, type Static } from '@sinclair/typebox';

import { EnvironmentSchema } from './environment.js';

/** Media type of manifests. */
export const MANIFEST_CONTENT_TYPE = 'application/yaml';

export const ManifestFaultSchema = Type.Object({
  severity: Type.Union([Type.Literal('error'), Type.Literal('warning')]),
  file: Type.String(),
  line: Type.Integer({ description: 'Counted from 1' }),
  column: Type.Integer(),
  path: Type.String({ description: "e.g. `spec.env[0].name`; '' for the document" }),
  message: Type.String(),
  remedy: Type.String()
});

/** `POST /environments:apply` */
export const AppliedEnvironmentsSchema = Type.Object({
  items: Type.Array(EnvironmentSchema),
  faults: Type.Array(ManifestFaultSchema, { description: 'Warnings' })
});
export type IAppliedEnvironments = Static<typeof AppliedEnvironmentsSchema>;

/** `POST /environments:validate` */
export const ManifestValidationSchema = Type.Object({
  valid: Type.Boolean({ description: 'No fault is an error' }),
  faults: Type.Array(ManifestFaultSchema)
});
export type IManifestValidation = Static<typeof ManifestValidationSchema>;
