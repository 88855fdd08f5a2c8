import type { Kernel, Session } from '@jupyterlab/services';

import { FakeProvider } from '../../testing';
import type { IRuntimeFacts } from '../model';
import { runtimeModel } from '../model';
import { plainText } from '../plainText';

const KERNEL: Kernel.IModel = { id: 'k1', name: 'python', execution_state: 'busy' };

function model(facts: Partial<IRuntimeFacts> = {}) {
  return runtimeModel({
    provider: new FakeProvider({ capabilities: { interrupt: false, restart: false } }),
    kernel: KERNEL,
    kernelName: 'fake:python',
    specTitle: 'Python',
    isReconnecting: false,
    sessions: [],
    lastUsedBy: null,
    rememberedUses: [],
    ...facts
  });
}

describe('runtimeModel', () => {
  it('believes a connection before a list, also while the kernel restarts', () => {
    for (const status of ['unknown', 'restarting', 'idle'] as const) {
      expect(model({ live: { status, isConnected: true } }).kernelStatus).toBe(status);
    }
  });

  it('believes the list where the connection is lost, or was never there', () => {
    expect(model({ live: { status: 'unknown', isConnected: false } }).kernelStatus).toBe('busy');
    expect(model().kernelStatus).toBe('busy');
  });

  it('names the last document only while none uses the runtime', () => {
    const session: Session.IModel = {
      id: 's',
      path: 'b.ipynb',
      name: 'b.ipynb',
      type: 'notebook',
      kernel: KERNEL
    };
    expect(model({ lastUsedBy: 'a.ipynb' }).lastUsedBy).toBe('a.ipynb');
    expect(model({ lastUsedBy: 'a.ipynb', sessions: [session] }).lastUsedBy).toBeNull();
  });

  it('offers an interrupt also where it may lose the state', () => {
    expect(model().can('interrupt')).toBe(true);
    expect(model().can('restart')).toBe(false);
  });
});

describe('plainText', () => {
  it('keeps the words and leaves the marks out', () => {
    expect(
      plainText('The **Python** of\n[the service](https://example.org): `/usr/bin/python3`')
    ).toBe('The Python of the service: /usr/bin/python3');
  });
});
