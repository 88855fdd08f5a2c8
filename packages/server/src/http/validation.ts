/** Bodies are taken as they are, or refused; what stands in a path, a query or a header is text, and is converted. */
import { Ajv } from 'ajv';
import type { FastifyInstance } from 'fastify';

const COMMON = { strict: false, allErrors: false, removeAdditional: false } as const;

export function addValidation(app: FastifyInstance): void {
  const exact = new Ajv({ ...COMMON, coerceTypes: false });
  const converting = new Ajv({ ...COMMON, coerceTypes: true });
  app.setValidatorCompiler(({ schema, httpPart }) => {
    const ajv = httpPart === 'body' ? exact : converting;
    for (const [name, definition] of Object.entries(app.getSchemas())) {
      if (!ajv.getSchema(name)) {
        ajv.addSchema(definition as object, name);
      }
    }
    return ajv.compile(schema);
  });
}
