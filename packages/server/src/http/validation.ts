/**
 * Bodies are taken as they are, or refused; what stands in a path, a query or a header is text, and is converted. What
 * checks them is made from the schemas when the first request needs it: all together they would hold up the start.
 */
import { Ajv, type ValidateFunction } from 'ajv';
import type { FastifyInstance } from 'fastify';

const COMMON = { strict: false, allErrors: false, removeAdditional: false } as const;

export function addValidation(app: FastifyInstance): void {
  const exact = new Ajv({ ...COMMON, coerceTypes: false });
  const converting = new Ajv({ ...COMMON, coerceTypes: true });
  app.setValidatorCompiler(({ schema, httpPart }) => {
    const ajv = httpPart === 'body' ? exact : converting;
    return lazily(() => {
      for (const [name, definition] of Object.entries(app.getSchemas())) {
        if (!(name in ajv.schemas)) {
          ajv.addSchema(definition as object, name);
        }
      }
      return ajv.compile(schema);
    });
  });
}

/** As Fastify asks them: what is wrong is left at the function. */
function lazily(compile: () => ValidateFunction): Pick<ValidateFunction, 'errors'> & Check {
  let validate: ValidateFunction | undefined;
  const check: Pick<ValidateFunction, 'errors'> & Check = value => {
    validate ??= compile();
    const isValid = validate(value);
    check.errors = validate.errors;
    return isValid;
  };
  return check;
}

type Check = (value: unknown) => boolean;
