import type { ServerConnection } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';

import type { BrowserKernel } from '../kernel';
import { BrowserKernelClient } from '../kernels';
import { BrowserSessionClient, serverPath } from '../sessions';

/** A kernel that is always ready. */
class ReadyKernel {
  constructor(
    readonly id: string,
    public path: string
  ) {}
  status = 'idle';
  readonly changed = new Signal<this, void>(this);
  start = () => Promise.resolve();
  restart = () => Promise.resolve();
  shutdown = () => {
    this.status = 'dead';
  };
  get model() {
    return { id: this.id, name: 'python' };
  }
}

function setUp() {
  const kernels: ReadyKernel[] = [];
  const settings = {} as ServerConnection.ISettings;
  const kernelClient = new BrowserKernelClient(
    settings,
    ({ id, path }) => {
      const kernel = new ReadyKernel(id, path);
      kernels.push(kernel);
      return kernel as unknown as BrowserKernel;
    },
    () => Promise.resolve()
  );
  return { kernels, kernelClient, sessions: new BrowserSessionClient(settings, kernelClient) };
}

const notebook = (path: string) => ({
  path,
  name: path,
  type: 'notebook',
  kernel: { name: 'python' }
});

describe('BrowserSessionClient', () => {
  it("starts a kernel in the document's folder, and gives the same path the same session", async () => {
    const { kernels, sessions } = setUp();
    const one = await sessions.startNew(notebook('RTC:sub/n.ipynb'));
    const same = await sessions.startNew(notebook('RTC:sub/n.ipynb'));
    expect(same.id).toBe(one.id);
    expect(kernels.map(kernel => kernel.path)).toEqual(['sub/n.ipynb']);
  });

  it('moves a session with its kernel to another path', async () => {
    const { kernels, sessions } = setUp();
    const { id } = await sessions.startNew(notebook('a.ipynb'));
    const moved = await sessions.update({ id, path: 'sub/b.ipynb' });
    expect([moved.path, moved.kernel?.id]).toEqual(['sub/b.ipynb', kernels[0].id]);
    expect(kernels[0].path).toBe('sub/b.ipynb');
  });

  it('ends the kernel that a session gives up, unless another session uses it', async () => {
    const { kernels, kernelClient, sessions } = setUp();
    const one = await sessions.startNew(notebook('a.ipynb'));
    const two = await sessions.startNew({
      ...notebook('b.ipynb'),
      kernel: { id: kernels[0].id, name: 'python' }
    });
    await sessions.update({ id: one.id, kernel: { name: 'python' } });
    expect((await kernelClient.listRunning()).length).toBe(2);
    await sessions.update({ id: two.id, kernel: { id: kernels[1].id } });
    expect((await kernelClient.listRunning()).map(({ id }) => id)).toEqual([kernels[1].id]);
  });

  it('ends the kernel with its last session, and the sessions with their kernel', async () => {
    const { kernelClient, kernels, sessions } = setUp();
    const one = await sessions.startNew(notebook('a.ipynb'));
    await sessions.shutdown(one.id);
    expect(await kernelClient.listRunning()).toEqual([]);
    await sessions.startNew(notebook('b.ipynb'));
    await kernelClient.shutdown(kernels[1].id);
    expect(await sessions.listRunning()).toEqual([]);
    await expect(sessions.getModel(one.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('knows paths as the server does', () => {
    expect(['RTC:a/b.ipynb', '/a.ipynb', 'a b.ipynb'].map(serverPath)).toEqual([
      'a/b.ipynb',
      'a.ipynb',
      'a b.ipynb'
    ]);
  });
});
