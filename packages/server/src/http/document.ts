/** The operations of the interface as a table for docs/api.md: from the schemas, without a service. */
import { pino } from 'pino';

import { createHttpServer, type IHttpOptions } from './server.js';

interface IOperation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
  readonly requestBody?: { readonly content?: Readonly<Record<string, unknown>> };
  readonly responses?: Readonly<Record<string, unknown>>;
}

export interface IApiDocument {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, IOperation>>>>;
}

/** In which order the parts come; others follow. */
const TAGS = ['runtimes', 'environments', 'snapshots', 'parcels', 'tokens', 'service'];

/** OpenAPI, as a service of this version gives it. */
export async function apiDocument(): Promise<IApiDocument> {
  // What routes do is never asked for: only what they are.
  const nothing: unknown = new Proxy({}, { get: () => () => undefined });
  const options = { log: pino({ level: 'silent' }), now: () => new Date(0) };
  const all: unknown = new Proxy(options, {
    get: (known: Record<PropertyKey, unknown>, name) => known[name] ?? nothing
  });
  const app = await createHttpServer(all as IHttpOptions);
  try {
    return app.swagger() as unknown as IApiDocument;
  } finally {
    await app.close();
  }
}

/** A table for each part of the interface. */
export function apiTables(document: IApiDocument): string {
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation }))
  );
  const tags = new Set([...TAGS, ...operations.flatMap(({ operation }) => operation.tags ?? [])]);
  return [...tags]
    .map(tag => ({ tag, of: operations.filter(({ operation }) => operation.tags?.[0] === tag) }))
    .filter(({ of }) => of.length > 0)
    .map(({ tag, of }) =>
      [
        `### ${tag[0]?.toUpperCase() ?? ''}${tag.slice(1)}`,
        '',
        '| call | name | what | takes | answers |',
        '|---|---|---|---|---|',
        ...of.map(({ path, method, operation }) =>
          row([
            `\`${method.toUpperCase()} ${path.replace('/api/runtimes/v1', '…')}\``,
            `\`${operation.operationId ?? ''}\``,
            operation.summary ?? '',
            takes(operation),
            answers(operation)
          ])
        )
      ].join('\n')
    )
    .join('\n\n');
}

const row = (cells: readonly string[]): string =>
  `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`;

function takes({ parameters = [], requestBody }: IOperation): string {
  const query = parameters.filter(each => each.in === 'query').map(({ name }) => `\`?${name}\``);
  const bodies = Object.entries(requestBody?.content ?? {}).flatMap(([type, content]) =>
    type !== 'application/json' ? [`\`${type}\``] : hasFields(content) ? ['JSON'] : []
  );
  return [...bodies, ...query].join(', ');
}

/** Where nothing but an empty body may come, nothing is taken. */
const hasFields = (content: unknown): boolean =>
  /"properties":\{"|"\$ref"/.test(JSON.stringify(content));

const answers = ({ responses = {} }: IOperation): string =>
  Object.keys(responses)
    .filter(status => /^[23]\d\d$/.test(status))
    .join(', ');
