/** The schema of manifests as a page of the documentation. */
import type { TSchema } from '@sinclair/typebox';

import { ManifestSchema } from './schema.js';

interface IField {
  readonly path: string;
  readonly kind: string;
  readonly required: boolean;
  readonly description: string;
}

/** One row for each field, as a Markdown table. */
export function manifestTable(): string {
  const rows = fields(ManifestSchema, '').map(
    ({ path, kind, required, description }) =>
      `| \`${path}\`${required ? ' **(needed)**' : ''} | ${kind} | ${description} |`
  );
  return ['| field | type | what |', '|---|---|---|', ...rows].join('\n');
}

function fields(schema: TSchema, path: string): IField[] {
  const properties = (schema['properties'] ?? {}) as Record<string, TSchema>;
  const required = new Set((schema['required'] ?? []) as string[]);
  return Object.entries(properties).flatMap(([name, field]) => {
    const own = path === '' ? name : `${path}.${name}`;
    const item = field['items'] as TSchema | undefined;
    const values = Object.values((field['patternProperties'] ?? {}) as Record<string, TSchema>)[0];
    const inner = item?.['properties']
      ? fields(item, `${own}[]`)
      : values?.['properties']
        ? fields(values, `${own}.<name>`)
        : fields(field, own);
    const description = field.description ?? '';
    return [
      {
        path: own,
        kind: kindOf(field),
        required: required.has(name),
        description: description === '' ? '' : `${description}.`
      },
      ...inner
    ];
  });
}

const KINDS: Record<string, string> = {
  string: 'text',
  number: 'number',
  integer: 'whole number',
  boolean: 'true or false',
  object: 'fields',
  array: 'list'
};

function kindOf(schema: TSchema): string {
  const choices = schema['enum'] as string[] | undefined;
  if (choices) {
    return choices.map(choice => `\`${choice}\``).join(', ');
  }
  return [schema['type'] as string | string[]]
    .flat()
    .map(type => KINDS[type] ?? type)
    .join(' or ');
}
