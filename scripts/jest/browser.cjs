/** What JupyterLab's packages expect of a browser, and jsdom lacks. */
const { TextDecoder, TextEncoder } = require('node:util');
const { webcrypto } = require('node:crypto');
const { structuredClone } = globalThis;

const missing = {
  TextDecoder,
  TextEncoder,
  structuredClone,
  fetch: globalThis.fetch,
  Request: globalThis.Request,
  Response: globalThis.Response,
  Headers: globalThis.Headers
};

for (const [name, value] of Object.entries(missing)) {
  if (globalThis[name] === undefined && value !== undefined) {
    globalThis[name] = value;
  }
}

if (globalThis.crypto?.subtle === undefined) {
  Object.defineProperty(globalThis, 'crypto', { value: webcrypto });
}

globalThis.DragEvent ??= class DragEvent extends Event {};

globalThis.matchMedia ??= query => ({
  matches: false,
  media: query,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
  addListener: () => undefined,
  removeListener: () => undefined
});

globalThis.requestIdleCallback ??= callback => setTimeout(callback, 0);
globalThis.cancelIdleCallback ??= handle => clearTimeout(handle);
