import { nullTranslator } from '@jupyterlab/translation';
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

import {
  BadProvider,
  eventually,
  fakeChoice,
  FakeProvider,
  fakeRuntime,
  FakeRuntimeManager
} from '../../../testing';
import { RuntimesPanel } from '../panel';

const trans = nullTranslator.load('');
const browser = new FakeProvider({
  id: 'browser',
  place: 'browser',
  label: 'Browser',
  rank: 10,
  capabilities: { interrupt: false }
});

async function open(manager: FakeRuntimeManager) {
  const executed: unknown[] = [];
  const panel = new RuntimesPanel({
    manager,
    trans,
    execute: (id, args) => executed.push([id, args]),
    onStart: ({ id }) => executed.push(['offer', id])
  });
  Widget.attach(panel, document.body);
  MessageLoop.flush();
  await eventually(() => expect(rows().length).toBeGreaterThan(0));
  return { panel, executed };
}

function buttons(): string[] {
  return [...document.querySelectorAll('button')].map(
    one => one.getAttribute('aria-label') ?? one.textContent ?? ''
  );
}

function rows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>('[role="row"]')];
}

function press(key: string): void {
  document.activeElement?.dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })
  );
}

describe('RuntimesPanel', () => {
  let panel: RuntimesPanel | undefined;

  afterEach(() => {
    panel?.dispose();
  });

  it('shows state, environment and documents in words, and the actions that can be taken', async () => {
    const manager = new FakeRuntimeManager(browser);
    const document_ = { sessionId: 's', path: 'work/a.ipynb', name: 'a.ipynb', type: 'notebook' };
    manager.set({
      runtimes: [
        fakeRuntime({ provider: browser, kernelStatus: 'busy', assignments: [document_] })
      ],
      choices: [fakeChoice(browser, 'python')]
    });
    ({ panel } = await open(manager));
    expect(rows()[1]?.getAttribute('aria-label')).toBe('analysis, busy, Python 3');
    expect(buttons()).toEqual([
      'Refresh the list of runtimes',
      'Start a runtime on Browser',
      'a.ipynb',
      'Interrupt analysis',
      'Restart analysis…',
      'Restart analysis and clear outputs…',
      'Terminate analysis…'
    ]);
  });

  it('follows what changes', async () => {
    const manager = new FakeRuntimeManager(browser);
    ({ panel } = await open(manager));
    expect(document.body.textContent).toContain('Nothing runs here.');
    manager.set({ runtimes: [fakeRuntime({ provider: browser, connection: 'reconnecting' })] });
    await eventually(() => expect(document.body.textContent).toContain('reconnecting'));
  });

  it('goes through rows by up and down, and through a row’s buttons by left and right', async () => {
    const manager = new FakeRuntimeManager(browser);
    manager.set({ runtimes: [fakeRuntime({ provider: browser })] });
    ({ panel } = await open(manager));
    rows()[0]?.focus();
    press('ArrowDown');
    expect(document.activeElement).toBe(rows()[1]);
    press('ArrowRight');
    expect(document.activeElement?.getAttribute('aria-label')).toBe('Interrupt analysis');
    press('ArrowLeft');
    expect(document.activeElement).toBe(rows()[1]);
    await eventually(() => expect(rows().map(({ tabIndex }) => tabIndex)).toEqual([-1, 0]));
  });

  it('tells runtimes apart that no document uses any more', async () => {
    const manager = new FakeRuntimeManager(browser);
    manager.set({
      runtimes: [
        fakeRuntime({ provider: browser, kernelId: 'k1', lastUsedBy: 'a.ipynb' }),
        fakeRuntime({ provider: browser, kernelId: 'k2' })
      ]
    });
    ({ panel } = await open(manager));
    expect(rows()[1]?.textContent).toContain('last used by a.ipynb');
    expect(rows()[2]?.textContent).toContain('not in use');
  });

  it('opens the document of a runtime by Enter', async () => {
    const manager = new FakeRuntimeManager(browser);
    const assignments = [{ sessionId: 's', path: 'a.ipynb', name: 'a', type: 'notebook' }];
    manager.set({ runtimes: [fakeRuntime({ provider: browser, assignments })] });
    const opened = await open(manager);
    panel = opened.panel;
    rows()[1]?.focus();
    press('Enter');
    expect(opened.executed).toEqual([['docmanager:open', { path: 'a.ipynb' }]]);
  });

  it('shows why a place failed, and tries it again', async () => {
    const bad = new BadProvider({ id: 'remote.gpu', label: 'Remote: gpu' });
    await bad.refresh().catch(() => undefined);
    ({ panel } = await open(new FakeRuntimeManager(bad)));
    expect(document.body.textContent).toContain('Remote: gpu does not answer');
    bad.isMended = true;
    document.querySelector<HTMLElement>('[aria-label="Try Remote: gpu again"]')?.click();
    await eventually(() => expect(document.body.textContent).toContain('Nothing runs here.'));
  });

  it('tells screen readers politely what changed', async () => {
    jest.useFakeTimers();
    try {
      const manager = new FakeRuntimeManager(browser);
      const opening = open(manager);
      await jest.advanceTimersByTimeAsync(100);
      ({ panel } = await opening);
      manager.set({ runtimes: [fakeRuntime({ provider: browser, state: 'starting' })] });
      await jest.advanceTimersByTimeAsync(2000);
      manager.set({ runtimes: [fakeRuntime({ provider: browser })] });
      await jest.advanceTimersByTimeAsync(2000);
      const region = document.querySelector('[aria-live="polite"]');
      expect(region?.textContent).toBe('analysis is running.');
    } finally {
      jest.useRealTimers();
    }
  });

  it('keeps the focus in the row whose button went, and on the next row where the row went', async () => {
    const remote = new FakeProvider({ capabilities: { pause: true, resume: true } });
    const manager = new FakeRuntimeManager(remote);
    const [one, two] = ['one', 'two'].map(name =>
      fakeRuntime({ provider: remote, name, key: `fake/${name}` })
    );
    manager.set({ runtimes: [one, two] });
    ({ panel } = await open(manager));
    document.querySelector<HTMLElement>('[aria-label="Pause one"]')?.focus();
    manager.set({
      runtimes: [fakeRuntime({ ...one, state: 'pausing', can: () => false }), two]
    });
    await eventually(() =>
      expect(document.activeElement?.getAttribute('data-runtime-key')).toBe('fake/one')
    );
    manager.set({ runtimes: [two] });
    await eventually(() =>
      expect(document.activeElement?.getAttribute('data-runtime-key')).toBe('fake/two')
    );
  });

  it('takes no focus that the user has elsewhere', async () => {
    const manager = new FakeRuntimeManager(browser);
    manager.set({ runtimes: [fakeRuntime({ provider: browser })] });
    ({ panel } = await open(manager));
    rows()[1]?.focus();
    const elsewhere = document.body.appendChild(document.createElement('input'));
    elsewhere.focus();
    elsewhere.remove();
    manager.set({ runtimes: [] });
    await eventually(() => expect(rows()).toHaveLength(1));
    expect(document.activeElement).toBe(document.body);
  });

  it('takes no focus back from who clicked where nothing takes it', async () => {
    const manager = new FakeRuntimeManager(browser);
    const one = fakeRuntime({ provider: browser });
    manager.set({ runtimes: [one] });
    ({ panel } = await open(manager));
    rows()[1]?.focus();
    document.body.dispatchEvent(new MouseEvent('pointerdown', { bubbles: true }));
    rows()[1]?.blur();
    manager.set({ runtimes: [fakeRuntime({ ...one, name: 'other' })] });
    await eventually(() => expect(document.body.textContent).toContain('other'));
    expect(document.activeElement).toBe(document.body);
  });

  it('shows the sentence of a failure, with the end of the log behind it', async () => {
    const manager = new FakeRuntimeManager(browser);
    const stateReason = 'The kernel ended at start. Its log ends with:\nline 1\nline 2';
    manager.set({ runtimes: [fakeRuntime({ provider: browser, state: 'failed', stateReason })] });
    ({ panel } = await open(manager));
    expect(document.querySelector('details')?.open).toBe(false);
    expect(document.querySelector('details pre')?.textContent).toBe('line 1\nline 2');
    expect(document.querySelector('.jp-RuntimesSidebar-reason')?.firstChild?.textContent).toBe(
      'The kernel ended at start.'
    );
  });
});
