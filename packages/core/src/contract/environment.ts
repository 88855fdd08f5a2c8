/** What a runtime can be made from. */
import { Type, type Static } from '@sinclair/typebox';

import { Page } from './schema.js';

export const EnvironmentSchema = Type.Object({
  name: Type.String({ description: 'Unique within the service' }),
  title: Type.String(),
  description: Type.String(),
  language: Type.String(),
  kernel_name: Type.String({ description: "The kernelspec's name within the runtime" }),
  kernel_display_name: Type.String(),
  is_default: Type.Boolean(),
  available: Type.Boolean({ description: 'false: a launch would fail with `unavailable_reason`' }),
  unavailable_reason: Type.String({
    description: "A sentence with the cause and what to do; '' when available"
  }),
  labels: Type.Record(Type.String(), Type.String())
});
export type IEnvironment = Static<typeof EnvironmentSchema>;

export const EnvironmentPageSchema = Page(EnvironmentSchema);
