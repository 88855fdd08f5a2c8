import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import {
  API_BASE,
  RuntimesClient,
  SNAPSHOT_FILE_TYPE,
  type INewToken,
  type IRuntimeResource,
  type ITokenRequest
} from '@jupyterlab-runtimes/core';

import { ask, upgradeStatus, type IAnswered, type IAsk } from './support/ask.js';
import { TestChannel } from './support/testChannel.js';
import { TestService, until } from './support/testService.js';

const MANIFEST_TYPE = 'application/vnd.jupyterlab-runtimes.manifest';

/** What nobody else may read anywhere. */
const SECRET = 'the-answer-of-ada';
const NOT_THERE = {
  runtime: `r${'0'.repeat(26)}`,
  snapshot: `s${'0'.repeat(26)}`,
  token: `t${'0'.repeat(26)}`,
  parcel: `p${'0'.repeat(26)}`,
  environment: 'no-such-place',
  digest: '0'.repeat(64),
  msgId: 'no-such-message'
};

type Things = typeof NOT_THERE;

interface IProbe {
  readonly body?: (things: Things) => unknown;
  readonly type?: string;
  /** Refused whatever is asked for: the token may not. */
  readonly forbidden?: true;
}

const MANIFEST = (name: string): string =>
  `apiVersion: datalayer.io/v1\nkind: RuntimeEnvironment\nmetadata:\n  name: ${name}\nspec:\n  title: ${SECRET}\n  description: x\n  language: python\n  visibility: private\n`;

/** What is sent to each operation. One that is not here fails the test: think about what it could leak. */
const PROBES: Readonly<Record<string, IProbe>> = {
  getOpenApi: {},
  getHealth: {},
  getReadiness: {},
  getMetrics: { forbidden: true },
  getService: {},
  stopService: { body: () => ({ runtimes: 'terminate' }), forbidden: true },
  listEnvironments: {},
  getEnvironment: {},
  deleteEnvironment: {},
  applyEnvironments: { body: things => MANIFEST(things.environment), type: 'application/yaml' },
  validateEnvironments: { body: things => MANIFEST(things.environment), type: 'application/yaml' },
  listRuntimes: {},
  launchRuntime: { body: things => ({ environment_name: things.environment }) },
  getRuntime: {},
  changeRuntime: { body: () => ({ given_name: 'mine now' }) },
  terminateRuntime: {},
  interruptRuntime: {},
  restartRuntime: {},
  extendRuntime: { body: () => ({ minutes: 1 }) },
  pauseRuntime: { body: () => ({ leave_all: true }) },
  resumeRuntime: {},
  listExecutions: {},
  readExecutionMessages: {},
  acknowledgeExecutions: { body: things => ({ msg_ids: [things.msgId] }) },
  readRuntimeLog: {},
  listTokens: { forbidden: true },
  createToken: { body: () => ({ owner: 'ada', scopes: ['admin'] }), forbidden: true },
  deleteToken: { forbidden: true },
  listSnapshots: {},
  takeSnapshot: { body: () => ({}) },
  restoreSnapshot: { body: things => ({ snapshot_id: things.snapshot }) },
  getSnapshot: {},
  changeSnapshot: { body: () => ({ name: 'mine now' }) },
  deleteSnapshot: {},
  exportSnapshot: {},
  importSnapshot: { body: () => 'no snapshot', type: SNAPSHOT_FILE_TYPE },
  getManifest: {},
  addSnapshot: { body: () => 'no manifest', type: MANIFEST_TYPE },
  getChunk: {},
  putChunk: { body: () => 'other bytes', type: 'application/octet-stream' },
  createParcel: { body: things => ({ capture: { runtime_id: things.runtime } }) },
  getParcel: {},
  restoreParcel: { body: things => ({ runtime_id: things.runtime }) },
  ticketParcel: {},
  sendParcel: {
    body: things => ({ url: 'http://127.0.0.1:9', parcel_id: things.parcel, ticket: 'ticket' })
  },
  deleteParcel: {},
  getParcelManifest: {},
  putParcelManifest: { body: () => 'no manifest', type: MANIFEST_TYPE },
  getParcelChunk: {},
  putParcelChunk: { body: () => 'other bytes', type: 'application/octet-stream' },
  missingChunks: { body: things => ({ digests: [things.digest] }) }
};

/** Has a stream that does not end: looked at by itself. */
const STREAMS = new Set(['watchRuntimes']);

describe('two owners', () => {
  const service = new TestService();
  const tokens = {} as Record<'ada' | 'bob' | 'looker' | 'admin', INewToken>;
  let ada: Things;
  let runtime: IRuntimeResource;
  let channel: TestChannel;
  let url: string;

  const clientOf = (name: keyof typeof tokens): RuntimesClient =>
    new RuntimesClient({ baseUrl: url, fetch, token: tokens[name].token });
  const asBob = (options: IAsk): Promise<IAnswered> =>
    ask(url, { token: tokens.bob.token, ...options });
  const asAda = (options: IAsk): Promise<IAnswered> =>
    ask(url, { token: tokens.ada.token, ...options });

  async function makeToken(request: ITokenRequest): Promise<INewToken> {
    const { status, text } = await ask(url, {
      method: 'POST',
      path: `${API_BASE}/tokens`,
      token: service.token,
      body: JSON.stringify(request)
    });
    expect(status).toBe(201);
    return JSON.parse(text) as INewToken;
  }

  beforeAll(async () => {
    await service.start();
    url = service.file.url;
    tokens.ada = await makeToken({ owner: 'ada', scopes: ['use'] });
    tokens.bob = await makeToken({ owner: 'bob', scopes: ['use'] });
    tokens.looker = await makeToken({ owner: 'ada', scopes: ['read'] });
    tokens.admin = await makeToken({ owner: 'operator', scopes: ['admin'] });
    const applied = await asAda({
      method: 'POST',
      path: `${API_BASE}/environments:apply`,
      body: MANIFEST('ada-place'),
      type: 'application/yaml'
    });
    expect({ status: applied.status, text: applied.text }).toMatchObject({ status: 200 });
    const { id } = await clientOf('ada').launch({
      environment_name: 'python',
      given_name: SECRET,
      labels: { note: SECRET }
    });
    await until(
      async () => (await clientOf('ada').getRuntime(id)).state === 'running',
      'the runtime of Ada runs',
      60_000
    );
    runtime = await clientOf('ada').getRuntime(id);
    channel = new TestChannel(service, runtime, { token: tokens.ada.token });
    const msgId = channel.execute(`secret = "${SECRET}"; print(secret)`, { cellId: 'cell' });
    expect(await channel.done(msgId)).toContain(SECRET);
    const taken = await asAda({
      method: 'POST',
      path: `${API_BASE}/runtimes/${id}/snapshots`,
      body: JSON.stringify({ name: SECRET })
    });
    expect({ status: taken.status, text: taken.text }).toMatchObject({ status: 201 });
    const { id: snapshot } = JSON.parse(taken.text) as { id: string };
    const { text: manifest } = await asAda({ path: `${API_BASE}/snapshots/${snapshot}/manifest` });
    const [digest = ''] = /[0-9a-f]{64}/.exec(manifest) ?? [];
    const made = await asAda({
      method: 'POST',
      path: `${API_BASE}/parcels`,
      body: JSON.stringify({ capture: { runtime_id: id } })
    });
    const { id: parcel } = JSON.parse(made.text) as { id: string };
    await until(
      async () => {
        const { text } = await asAda({ path: `${API_BASE}/parcels/${parcel}` });
        return (JSON.parse(text) as { state: string }).state === 'ready';
      },
      'the parcel of Ada is ready',
      30_000
    );
    ada = {
      runtime: id,
      snapshot,
      parcel,
      token: tokens.ada.id,
      environment: 'ada-place',
      digest,
      msgId
    };
    expect((await asAda({ path: `${API_BASE}/chunks/${digest}` })).status).toBe(200);
  }, 120_000);

  afterAll(async () => {
    channel?.close();
    await service.dispose();
  }, 30_000);

  /** Each operation of the document with what belongs to Ada, and with what does not exist. */
  async function probeAll(): Promise<void> {
    const { text } = await asBob({ path: '/openapi.json' });
    const { paths } = JSON.parse(text) as {
      paths: Record<string, Record<string, { operationId: string }>>;
    };
    const known = new Set<string>();
    for (const [path, item] of Object.entries(paths)) {
      for (const [method, { operationId }] of Object.entries(item)) {
        known.add(operationId);
        if (!STREAMS.has(operationId)) {
          await probe(operationId, method.toUpperCase(), path);
        }
      }
    }
    expect(Object.keys(PROBES).filter(id => !known.has(id))).toEqual([]);
  }

  async function probe(operationId: string, method: string, path: string): Promise<void> {
    const rule = PROBES[operationId];
    if (!rule) {
      throw new Error(`The operation ${operationId} is new: say in PROBES what to ask it.`);
    }
    const [theirs, none] = [await send(ada), await send(NOT_THERE)];
    const sent = JSON.stringify(requestOf(ada));
    const hers = [SECRET, '"ada"', runtime.kernel?.id ?? SECRET, ...Object.values(ada)];
    expect({
      operationId,
      found: hers.filter(each => theirs.text.includes(each) && !sent.includes(each))
    }).toEqual({ operationId, found: [] });
    if (rule.forbidden) {
      expect({ operationId, status: theirs.status }).toEqual({ operationId, status: 403 });
    }
    // What another has, and what is not there, look alike.
    expect({ operationId, status: theirs.status, text: alike(theirs.text, ada) }).toEqual({
      operationId,
      status: none.status,
      text: alike(none.text, NOT_THERE)
    });
    expect(theirs.status).toBeLessThan(500);

    function send(things: Things): Promise<IAnswered> {
      return asBob(requestOf(things));
    }

    function requestOf(things: Things): IAsk {
      const body = rule?.body?.(things);
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      return {
        method,
        path: filled(path, things),
        ...(body === undefined ? {} : { body: text, type: rule?.type })
      };
    }
  }

  function filled(path: string, things: Things): string {
    const kind = path.split('/')[4] ?? '';
    const id = { runtimes: 'runtime', snapshots: 'snapshot', tokens: 'token', parcels: 'parcel' }[
      kind
    ];
    return path
      .replace('{id}', things[id as keyof Things])
      .replace('{msg_id}', things.msgId)
      .replace('{name}', things.environment)
      .replace('{digest}', things.digest);
  }

  function alike(text: string, things: Things): string {
    return Object.entries(things)
      .reduce((rest, [kind, value]) => rest.replaceAll(value, `<${kind}>`), text)
      .replace(/"request_id":"[^"]*"/g, '')
      .replace(/"(created_at|started_at|last_activity)":"[^"]*"/g, '')
      .replace(/"pid":\d+/g, '');
  }

  it('answer about what another owns as about what is not there, over the whole interface', async () => {
    await probeAll();
    expect(await channel.run('print(secret)')).toContain(SECRET);
    expect(await clientOf('ada').getRuntime(ada.runtime)).toMatchObject({
      state: 'running',
      given_name: SECRET
    });
    for (const path of [`snapshots/${ada.snapshot}`, `environments/${ada.environment}`]) {
      expect((await asAda({ path: `${API_BASE}/${path}` })).status).toBe(200);
    }
  }, 120_000);

  it('do not get at state of another through a runtime of their own', async () => {
    const { id } = await clientOf('bob').launch({ environment_name: 'python' });
    const { text } = await asAda({ path: `${API_BASE}/snapshots/${ada.snapshot}/manifest` });
    const launched = await asBob({
      method: 'POST',
      path: `${API_BASE}/runtimes`,
      body: JSON.stringify({ environment_name: 'python', snapshot_id: ada.snapshot })
    });
    expect(launched.status).toBe(404);
    const restored = await asBob({
      method: 'POST',
      path: `${API_BASE}/runtimes/${id}/restore`,
      body: JSON.stringify({ snapshot_id: ada.snapshot })
    });
    expect([404, 409]).toContain(restored.status);
    // A manifest is no key to the chunks that it names.
    const added = await asBob({
      method: 'POST',
      path: `${API_BASE}/snapshots`,
      body: text,
      type: MANIFEST_TYPE
    });
    expect({ status: added.status, text: added.text }).toEqual({
      status: 400,
      text: expect.stringMatching(/The chunk [0-9a-f]{64} is not there/)
    });
    await clientOf('bob').terminate(id);
  }, 60_000);

  it('have keys, names and lists of their own', async () => {
    const send = (token: string): Promise<IAnswered> =>
      ask(url, {
        method: 'POST',
        path: `${API_BASE}/runtimes`,
        token,
        body: JSON.stringify({ environment_name: 'python' }),
        headers: { 'idempotency-key': 'one-key' }
      });
    const [first, again, other] = [
      await send(tokens.ada.token),
      await send(tokens.ada.token),
      await send(tokens.bob.token)
    ];
    const [one, same, bobs] = [first, again, other].map(
      ({ text }) => JSON.parse(text) as IRuntimeResource
    );
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(same?.id).toBe(one?.id);
    expect(bobs?.id).not.toBe(one?.id);
    expect(bobs).toMatchObject({ owner: 'bob' });
    const names = (await clientOf('bob').listRuntimes()).map(({ owner }) => owner);
    expect(new Set(names)).toEqual(new Set(['bob']));
    await clientOf('ada').terminate(one?.id ?? '');
    await clientOf('bob').terminate(bobs?.id ?? '');
  }, 60_000);

  it('hear nothing of each other, not even that something happens', async () => {
    const stop = new AbortController();
    const heard: string[] = [];
    const watching = (async () => {
      for await (const event of clientOf('bob').watchRuntimes({ signal: stop.signal })) {
        heard.push(JSON.stringify(event));
      }
    })();
    await until(() => heard.length > 0, 'the first event of Bob');
    const [, before] = /"eventId":"([^"]*)"/.exec(heard[0] ?? '') ?? [];
    const rename = (name: string): Promise<IAnswered> =>
      asAda({
        method: 'PATCH',
        path: `${API_BASE}/runtimes/${ada.runtime}`,
        body: JSON.stringify({ given_name: name })
      });
    expect((await rename('another name')).status).toBe(200);
    expect((await rename(SECRET)).status).toBe(200);
    const { id } = await clientOf('bob').launch({ environment_name: 'python' });
    await until(() => heard.some(event => event.includes(id)), 'an event of Bob');
    expect(heard.join('\n')).not.toContain(ada.runtime);
    const next = heard.slice(1).map(event => /"eventId":"[^":]*:(\d+)"/.exec(event)?.[1]);
    const number = Number(before?.split(':')[1]);
    expect(next.map(Number)).toEqual(next.map((_, i) => number + 1 + i));
    stop.abort();
    await watching;
    await clientOf('bob').terminate(id);
  }, 60_000);

  it('do not reach the Jupyter Server of another, in whatever way the path is written', async () => {
    const kernel = runtime.kernel?.id ?? '';
    const { id } = await clientOf('bob').launch({ environment_name: 'python' });
    await until(
      async () => (await clientOf('bob').getRuntime(id)).state === 'running',
      'the runtime of Bob runs',
      60_000
    );
    const paths = [
      `/runtimes/${ada.runtime}/api/kernels`,
      `/runtimes/${ada.runtime}/api/contents`,
      `/runtimes/${ada.runtime}/api/status`,
      `/runtimes/${ada.runtime}/api/kernels/${kernel}`,
      `//runtimes/${ada.runtime}/api/kernels`,
      `/runtimes//${ada.runtime}/api/kernels`,
      `/runtimes/${ada.runtime.toUpperCase()}/api/kernels`,
      `/runtimes/%72${ada.runtime.slice(1)}/api/kernels`,
      `/runtimes/${id}/../${ada.runtime}/api/kernels`,
      `/runtimes/${id}/%2e%2e/${ada.runtime}/api/kernels`,
      `/runtimes/${id}/..%2f${ada.runtime}/api/kernels`,
      `/runtimes/${id}/api/kernels/${kernel}`
    ];
    for (const path of paths) {
      for (const method of ['GET', 'POST', 'DELETE', 'HEAD']) {
        const { status, text } = await asBob({ method, path });
        expect({
          method,
          path,
          ok: status >= 400,
          leak: text.includes(kernel) && !path.includes(kernel)
        }).toEqual({ method, path, ok: true, leak: false });
      }
      expect({
        path,
        status: await upgradeStatus(url, `${path}/channels`, tokens.bob.token)
      }).not.toEqual({ path, status: 101 });
    }
    const channels = `/runtimes/${ada.runtime}/api/kernels/${kernel}/channels?resume=1`;
    expect(await upgradeStatus(url, channels, tokens.ada.token)).toBe(101);
    for (const [token, status] of [
      [tokens.bob.token, 404],
      [tokens.admin.token, 404],
      [tokens.looker.token, 403],
      ['wrong', 401]
    ] as const) {
      expect(await upgradeStatus(url, channels, token)).toBe(status);
    }
    await clientOf('bob').terminate(id);
    expect(await channel.run('print(secret)')).toContain(SECRET);
  }, 120_000);

  it('may give tokens that look and do nothing', async () => {
    const { looker } = tokens;
    expect((await clientOf('looker').getRuntime(ada.runtime)).given_name).toBe(SECRET);
    for (const [method, path] of [
      ['DELETE', `${API_BASE}/runtimes/${ada.runtime}`],
      ['POST', `${API_BASE}/runtimes`],
      ['POST', `${runtime.ingress}api/kernels`],
      ['DELETE', `${runtime.ingress}api/kernels/${runtime.kernel?.id ?? ''}`]
    ]) {
      const { status } = await ask(url, { method, path: path ?? '', token: looker.token });
      expect({ path, status }).toEqual({ path, status: 403 });
    }
    expect(
      (await ask(url, { path: `${runtime.ingress}api/status`, token: looker.token })).status
    ).toBe(200);
  });

  it('lose at once what was open with a token that is taken back', async () => {
    const extra = await makeToken({ owner: 'ada', scopes: ['use'], note: 'for a while' });
    const other = new TestChannel(service, runtime, { token: extra.token });
    await until(() => other.control.length > 0, 'the channel is open');
    const removed = await ask(url, {
      method: 'DELETE',
      path: `${API_BASE}/tokens/${extra.id}`,
      token: tokens.admin.token
    });
    expect(removed.status).toBe(204);
    await until(() => other.socket.readyState === other.socket.CLOSED, 'the channel is closed');
    other.close();
    const { status, text } = await ask(url, { path: `${API_BASE}/runtimes`, token: extra.token });
    expect({ status, text }).toMatchObject({
      status: 401,
      text: expect.stringContaining('UNAUTHORIZED')
    });
  });

  it('can not use a token any more when its time is over', async () => {
    const short = await makeToken({ owner: 'ada', scopes: ['read'], expires_in_minutes: 0.01 });
    expect((await ask(url, { path: `${API_BASE}/runtimes`, token: short.token })).status).toBe(200);
    await until(
      async () =>
        (await ask(url, { path: `${API_BASE}/runtimes`, token: short.token })).status === 401,
      'the token has expired'
    );
  });

  it('see no token in what the service keeps or says', async () => {
    const { text } = await ask(url, { path: `${API_BASE}/tokens`, token: tokens.admin.token });
    expect(text).toContain(tokens.ada.id);
    for (const { token } of Object.values(tokens)) {
      expect(text).not.toContain(token);
      expect(service.output).not.toContain(token);
    }
  });
});
