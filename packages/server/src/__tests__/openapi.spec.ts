import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { LONG, PYTHON, TestService, until } from './support/testService.js';

const SCHEMATHESIS = join(
  dirname(PYTHON),
  process.platform === 'win32' ? 'schemathesis.exe' : 'schemathesis'
);

const HOOKS = fileURLToPath(new URL('support/generated_requests.py', import.meta.url));

/** Those that never end by themselves, or end the service: they have specs of their own. */
const LEFT_OUT = ['watchRuntimes', 'stopService'];

/** What a request that is not as it should be may be answered with. */
const REFUSALS = [400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 422, 428, 429, 431]
  .map(status => `"${status}"`)
  .join(', ');

/** Requests of each kind for each operation. */
const EXAMPLES = LONG ? 400 : 15;
const EXAMPLES_OF_KERNEL = LONG ? 100 : 5;

const RULES = `
[checks]
negative_data_rejection.expected-statuses = [${REFUSALS}]

[[operations]]
include-operation-id = "readRuntimeLog"
parameters = { "query.follow" = "false" }
`;

interface IDocument {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, IOperation>>;
}

interface IOperation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly responses: Readonly<Record<string, { readonly content?: unknown }>>;
}

/** Generated requests, good and bad, at every operation that is not left out.
 *  @param ids Values for the parameters of paths. */
async function drive(
  service: TestService,
  leftOut: readonly string[],
  examples: number,
  ids: Readonly<Record<string, string>> = {}
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'jlr-schemathesis-'));
  const config = join(folder, 'schemathesis.toml');
  const parameters = Object.entries(ids).map(([name, id]) => `"path.${name}" = "${id}"`);
  writeFileSync(config, `[parameters]\n${parameters.join('\n')}\n${RULES}`);
  const child = spawn(
    SCHEMATHESIS,
    [
      ...['--config-file', config, 'run', `${service.file.url}/openapi.json`],
      ...['--header', `Authorization: Bearer ${service.token}`],
      ...['--max-examples', String(examples), '--seed', '20261122', '--no-shrink'],
      // A cursor, a reservation or an owner's name may be well-formed and still not be any here.
      ...['--exclude-checks', 'positive_data_acceptance'],
      ...['--continue-on-failure', '--request-timeout', '20', '--suppress-health-check', 'all'],
      ...leftOut.flatMap(id => ['--exclude-operation-id', id])
    ],
    {
      ...{ cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
      env: { ...process.env, SCHEMATHESIS_HOOKS: HOOKS }
    }
  );
  let output = '';
  child.stdout.on('data', (text: Buffer) => (output += text.toString()));
  child.stderr.on('data', (text: Buffer) => (output += text.toString()));
  const code = await new Promise<number | null>(resolve => child.on('close', resolve));
  rmSync(folder, { recursive: true, force: true });
  if (code !== 0) {
    throw new Error(`schemathesis ended with exit code ${code}:\n${output}`);
  }
  return output;
}

async function documentOf(service: TestService): Promise<IDocument> {
  const headers = { Authorization: `Bearer ${service.token}` };
  const response = await fetch(`${service.file.url}/openapi.json`, { headers });
  return (await response.json()) as IDocument;
}

const operationsOf = ({ paths }: IDocument): IOperation[] =>
  Object.values(paths).flatMap(item => Object.values(item));

describe('the interface, as its OpenAPI document describes it', () => {
  const service = new TestService({ python: '/nowhere/bin/python' });
  beforeAll(() => service.start(), 30_000);
  afterAll(() => service.dispose(), 20_000);

  it('names every operation, says what it does and how it answers', async () => {
    const document = await documentOf(service);
    expect(document.openapi).toBe('3.1.0');
    const operations = operationsOf(document);
    expect(operations.length).toBeGreaterThan(20);
    const names = operations.map(({ operationId }) => operationId);
    expect(new Set(names).size).toBe(names.length);
    for (const operation of operations) {
      expect(operation).toMatchObject({
        operationId: expect.stringMatching(/^[a-z][A-Za-z]+$/),
        summary: expect.stringMatching(/\w/)
      });
      // A 206 is a part of what a 200 would give.
      const good = Object.keys(operation.responses).filter(status => /^2(?!06)/.test(status));
      const { 200: whole, 206: part = whole } = operation.responses;
      expect(part?.content).toEqual(whole?.content);
      expect({ id: operation.operationId, good: good.length }).toEqual({
        id: operation.operationId,
        good: 1
      });
    }
  });

  it(
    'answers generated requests, good and bad, as it says: none ends in a server error',
    async () => {
      const output = await drive(service, LEFT_OUT, EXAMPLES);
      const [, tested] = /Tested: (\d+)/.exec(output) ?? [];
      const operations = operationsOf(await documentOf(service));
      // The document's own path is not driven.
      expect(Number(tested)).toBe(operations.length - LEFT_OUT.length - 1);
      expect(service.output).not.toContain('A request failed.');
      expect(service.output).not.toContain('FST_ERR');
    },
    LONG ? 3_600_000 : 180_000
  );
});

describe('the interface of a runtime that runs', () => {
  const service = new TestService();
  beforeAll(() => service.start(), 30_000);
  afterAll(() => service.dispose(), 30_000);

  it(
    'answers generated requests about it as it says',
    async () => {
      const runtime = await service.launch('driven');
      expect(runtime).toMatchObject({ state: 'running' });
      const about = (id: string): boolean => /Runtime$|Execution|RuntimeLog/.test(id);
      const operations = operationsOf(await documentOf(service)).map(
        ({ operationId = '' }) => operationId
      );
      const others = operations.filter(id => !about(id));
      // Each of these takes the runtime away from the next.
      const ending = ['launchRuntime', 'terminateRuntime', 'pauseRuntime', 'resumeRuntime'];
      const without = [...others, ...ending];
      await drive(service, [...without, 'changeRuntime'], EXAMPLES_OF_KERNEL, { id: runtime.id });
      await until(
        async () => (await service.client.getRuntime(runtime.id)).state === 'running',
        'it still runs'
      );
      // Last, for it may be given a second to idle.
      const rest = operations.filter(id => id !== 'changeRuntime');
      await drive(service, rest, EXAMPLES_OF_KERNEL, { id: runtime.id });
      expect(service.output).not.toContain('A request failed.');
    },
    LONG ? 3_600_000 : 180_000
  );
});
