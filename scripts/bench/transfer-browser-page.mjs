/** What transfer-browser.mjs runs in the page: a browser kernel, a local one, and both ways to the Jupyter Server. */
import { moveVariables } from '../../src/runtime/transferWays';
import { openPorts } from '../../src/ui/transfer/openPort';

/** The browser gives no more random bytes at a time. */
const RANDOM_BYTES = 65_536;
const MAKE = bytes =>
  `import os; x = b"".join(os.urandom(min(1000000, ${bytes} - at)) for at in range(0, ${bytes}, 1000000))`;
const DIGEST = 'import hashlib; print(hashlib.sha256(x).hexdigest())';

const app = window.jupyterapp;
/** Kernels, runtimes and ports: the browser's, then the local one. */
let kernels, runtimes, ports;
let body;

window.benchTransfer = {
  async prepare(bytes) {
    const { _JUPYTERLAB: extensions } = window;
    const { IRuntimeManager } = (await extensions['jupyterlab-runtimes'].get('./index'))();
    const manager = await app.resolveRequiredService(IRuntimeManager);
    kernels = [await start('browser:python'), await start('python3')];
    await run(kernels[0], MAKE(bytes));
    body = new Uint8Array(bytes);
    for (let at = 0; at < bytes; at += RANDOM_BYTES) {
      crypto.getRandomValues(body.subarray(at, at + RANDOM_BYTES));
    }
    runtimes = await Promise.all(kernels.map(({ id }) => runtimeOf(manager, id)));
    ports = await Promise.all(runtimes.map(openPorts(app, () => [])));
  },

  async move() {
    const [source, target] = runtimes;
    const move = { source, target, names: ['x'], ports: async () => ports };
    const startedAt = performance.now();
    const { transport, restored } = await moveVariables(move, {});
    return { transport, restored, seconds: secondsSince(startedAt) };
  },

  digests: () => Promise.all(kernels.map(kernel => run(kernel, DIGEST))),

  forget: () => run(kernels[1], 'del x'),

  async post() {
    const { baseUrl, token } = app.serviceManager.serverSettings;
    const headers = { Authorization: `token ${token}` };
    const startedAt = performance.now();
    const { status } = await fetch(`${baseUrl}bench-upload`, { method: 'POST', headers, body });
    if (status !== 204) {
      throw new Error(`The upload was answered with HTTP ${status}.`);
    }
    return secondsSince(startedAt);
  }
};

const secondsSince = startedAt => (performance.now() - startedAt) / 1000;

async function start(name) {
  const kernel = await app.serviceManager.kernels.startNew({ name });
  await kernel.info;
  return kernel;
}

/** @returns What it printed. */
async function run(kernel, code) {
  let text = '';
  const future = kernel.requestExecute({ code });
  future.onIOPub = ({ header, content }) => {
    text += header.msg_type === 'stream' ? content.text : '';
  };
  const { content } = await future.done;
  if (content.status !== 'ok') {
    throw new Error(`A cell failed: ${content.evalue}`);
  }
  return text.trim();
}

/** As the product's own list has it. */
async function runtimeOf(manager, kernelId) {
  await manager.refresh();
  while (!manager.findByKernelId(kernelId)) {
    await new Promise(resolve => manager.changed.connect(resolve));
  }
  return manager.findByKernelId(kernelId);
}
