/** @jest-environment ./scripts/jest/node.cjs */
import type { Session } from '@jupyterlab/services';
import { SessionManager } from '@jupyterlab/services';

import { LocalProvider } from '../../providers/local';
import {
  CompositeKernelManager,
  CompositeKernelSpecManager,
  CompositeSessionClient,
  RuntimeProviders
} from '..';
import { JupyterServer } from './jupyterserver';
import { OtherProvider } from './otherprovider';

jest.setTimeout(60_000);

let localServer: JupyterServer;
let otherServer: JupyterServer;
let disposeAll: () => void;
let kernels: CompositeKernelManager;
let specs: CompositeKernelSpecManager;
let sessions: SessionManager;
let sessionClient: CompositeSessionClient;
let other: OtherProvider;

beforeAll(async () => {
  [localServer, otherServer] = await Promise.all([JupyterServer.start(), JupyterServer.start()]);
});

afterAll(async () => {
  await Promise.all([localServer.dispose(), otherServer.dispose()]);
});

beforeEach(async () => {
  const providers = new RuntimeProviders();
  const local = new LocalProvider({ serverSettings: localServer.settings });
  other = new OtherProvider('other', otherServer.settings);
  providers.add(local);
  providers.add(other);
  kernels = new CompositeKernelManager({ providers, local });
  specs = new CompositeKernelSpecManager({ providers, local });
  sessionClient = new CompositeSessionClient(providers, kernel => kernels.ownerOf(kernel));
  sessions = new SessionManager({
    kernelManager: kernels,
    serverSettings: localServer.settings,
    sessionAPIClient: sessionClient
  });
  await Promise.all([kernels.ready, sessions.ready]);
  disposeAll = () => {
    sessions.dispose();
    specs.dispose();
    kernels.dispose();
  };
});

afterEach(async () => {
  await kernels.shutdownAll();
  disposeAll();
});

async function start(name: string, path = 'a.ipynb'): Promise<Session.ISessionConnection> {
  return sessions.startNew({ path, name: path, type: 'notebook', kernel: { name } });
}

async function run(session: Session.ISessionConnection, code: string): Promise<string> {
  const kernel = session.kernel;
  if (!kernel) {
    throw new Error('The session has no kernel.');
  }
  const future = kernel.requestExecute({ code });
  let text = '';
  future.onIOPub = msg => {
    const content = msg.content as { text?: string };
    text += content.text ?? '';
  };
  await future.done;
  return text.trim();
}

describe('kernels of two places', () => {
  it('are offered under names that do not hide each other', async () => {
    await specs.ready;
    await specs.refreshSpecs();
    expect(specs.specs?.default).toBe('python3');
    expect(Object.keys(specs.specs?.kernelspecs ?? {})).toEqual(
      expect.arrayContaining(['python3', 'other:python3'])
    );
  });

  it('keep the session and both kernels when a notebook goes to the other place and back', async () => {
    const session = await start('python3');
    const { id } = session;
    const firstKernel = session.kernel?.id ?? '';
    expect(await run(session, 'x = 41; print(x)')).toBe('41');

    await session.changeKernel({ name: 'other:python3' });
    expect(session.id).toBe(id);
    expect(session.kernel?.name).toBe('other:python3');
    const secondKernel = session.kernel?.id ?? '';
    expect(await run(session, 'print("x" in globals())')).toBe('False');
    await sessions.refreshRunning();
    expect([...sessions.running()].map(model => model.path)).toEqual(['a.ipynb']);
    expect([...kernels.running()].map(model => model.id)).toEqual(
      expect.arrayContaining([firstKernel, secondKernel])
    );

    expect(sessionClient.unassignedNames.get(firstKernel)).toBe('a.ipynb');

    await session.changeKernel({ id: firstKernel });
    expect(session.id).toBe(id);
    expect(session.isDisposed).toBe(false);
    expect(await run(session, 'print(x + 1)')).toBe('42');
    expect(await kernels.findById(secondKernel)).toBeDefined();
    await sessions.refreshRunning();
    expect([...sessions.running()].map(model => [model.id, model.kernel?.id])).toEqual([
      [id, firstKernel]
    ]);
  });

  it('leave a notebook with the kernel it has when the other place can not start one', async () => {
    const session = await start('python3');
    const kernelId = session.kernel?.id;
    await expect(session.changeKernel({ name: 'other:no-such-kernel' })).rejects.toThrow();
    await sessions.refreshRunning();
    expect([...sessions.running()].map(model => model.kernel?.id)).toEqual([kernelId]);
    expect(await run(session, 'print("still here")')).toBe('still here');
  });

  it('tell of interrupts that Lab asks for by itself, wherever they run', async () => {
    const told: string[] = [];
    kernels.interruptAsked.connect((_, { kernelId, asked }) => {
      void asked.then(() => told.push(kernelId));
    });
    const near = await start('python3', 'near.ipynb');
    const far = await start('other:python3', 'far.ipynb');
    await near.kernel?.interrupt();
    await far.kernel?.interrupt();
    expect(told).toEqual([near.kernel?.id, far.kernel?.id]);
  });

  it('end their session with the kernel when it is shut down after a move', async () => {
    const session = await start('python3');
    const left = session.kernel?.id ?? '';
    await session.changeKernel({ name: 'other:python3' });
    const used = session.kernel?.id ?? '';
    await session.shutdown();
    await kernels.refreshRunning();
    const ids = [...kernels.running()].map(model => model.id);
    expect(ids).toContain(left);
    expect(ids).not.toContain(used);
    await sessions.refreshRunning();
    expect([...sessions.running()]).toEqual([]);
  });
});

describe('a place that hangs', () => {
  it('holds nothing up and loses nothing', async () => {
    const near = await start('python3', 'near.ipynb');
    const far = await start('other:python3', 'far.ipynb');
    await sessions.refreshRunning();
    otherServer.freeze();
    try {
      const begin = Date.now();
      await sessions.refreshRunning();
      expect(await run(near, 'print(1)')).toBe('1');
      expect(Date.now() - begin).toBeLessThan(5000);
      expect([...sessions.running()].map(model => model.path).sort()).toEqual([
        'far.ipynb',
        'near.ipynb'
      ]);
      expect(far.isDisposed).toBe(false);
    } finally {
      otherServer.thaw();
    }
    expect(await run(far, 'print(2)')).toBe('2');
  });
});

describe('a place that is gone', () => {
  it('does not count as the local server being lost, and comes back', async () => {
    const failures: unknown[] = [];
    sessions.connectionFailure.connect((_, error) => failures.push(error));
    kernels.connectionFailure.connect((_, error) => failures.push(error));
    const far = await start('other:python3', 'far.ipynb');
    await sessions.refreshRunning();
    await otherServer.kill();
    await sessions.refreshRunning();
    await kernels.refreshRunning();
    expect(failures).toEqual([]);
    expect([...sessions.running()].map(model => model.path)).toEqual(['far.ipynb']);
    expect(far.isDisposed).toBe(false);

    await otherServer.run();
    await sessions.refreshRunning();
    expect([...sessions.running()]).toEqual([]);
    const again = await start('other:python3', 'again.ipynb');
    expect(await run(again, 'print(3)')).toBe('3');
  });
});
