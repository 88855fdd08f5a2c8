import { Dialog } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';

import type { IRuntimeWish } from '../../../tokens';
import {
  BadProvider,
  eventually,
  fakeChoice,
  FakeProvider,
  fakeRuntime,
  FakeRuntimeManager
} from '../../../testing';
import { PickerDialog } from '../dialog';
import { PickerModel } from '../model';

const trans = nullTranslator.load('');
const local = new FakeProvider({ id: 'local', place: 'local', label: 'Local server', rank: 20 });
const browser = new FakeProvider({ id: 'browser', place: 'browser', label: 'Browser', rank: 10 });

function byRole(role: string): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(`[role="${role}"]`)];
}

function button(label: string): HTMLButtonElement {
  const found = [...document.querySelectorAll('button')].find(
    one => one.getAttribute('aria-label') === label
  );
  if (found === undefined) {
    throw new Error(`There is no button “${label}”.`);
  }
  return found;
}

function press(key: string): void {
  document.activeElement?.dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })
  );
}

async function open(options: { wish?: IRuntimeWish; bad?: BadProvider } = {}) {
  const manager = new FakeRuntimeManager(browser, local, ...(options.bad ? [options.bad] : []));
  const mine = fakeRuntime({ provider: local, kernelId: 'mine', name: 'mine' });
  const theirs = fakeRuntime({ provider: browser, kernelId: 'theirs', name: 'theirs' });
  manager.set({
    runtimes: [theirs, mine],
    choices: [fakeChoice(browser, 'python'), fakeChoice(local, 'python3')]
  });
  const model = new PickerModel({
    manager,
    recents: [],
    wish: options.wish ?? null,
    sessionContext: {
      session: { kernel: { id: 'mine' } } as never,
      kernelPreference: {}
    }
  });
  const dialog = new PickerDialog({ model, title: 'Where should “a” run?', trans, checkbox: null });
  const result = dialog.launch();
  await dialog.ready;
  // A dialog that a failed test leaves open is flushed, which rejects.
  result.catch(() => undefined);
  await eventually(() => expect(document.activeElement?.getAttribute('role')).toBe('combobox'));
  return { manager, model, dialog, result };
}

describe('PickerDialog', () => {
  afterEach(() => {
    Dialog.flush();
    document.body.replaceChildren();
  });

  it('is a modal dialog with a combobox that owns the list, and has the focus in it', async () => {
    const { dialog } = await open();
    const input = byRole('combobox')[0];
    const list = byRole('listbox')[0];
    expect(dialog.node.tagName).toBe('DIALOG');
    expect(dialog.node.getAttribute('aria-label')).toBe('Where should “a” run?');
    await eventually(() => expect(document.activeElement).toBe(input));
    expect(input?.getAttribute('aria-controls')).toBe(list?.id);
    dialog.reject();
  });

  it('marks the current runtime in words, opens on it, and offers to stay', async () => {
    const { dialog } = await open();
    const current = document.querySelector<HTMLElement>('[aria-current="true"]');
    expect(current?.textContent).toContain('✓ current');
    expect(current?.getAttribute('aria-selected')).toBe('true');
    expect(byRole('combobox')[0]?.getAttribute('aria-activedescendant')).toBe(current?.id);
    expect(button('Stay on Local server')).toBeDefined();
    dialog.reject();
  });

  it('takes the active option by Enter', async () => {
    const { result } = await open();
    press('Home');
    await eventually(() => button('Run on Browser'));
    press('Enter');
    await expect(result).resolves.toMatchObject({
      button: { accept: true },
      value: { kind: 'runtime', runtime: { name: 'theirs' } }
    });
  });

  it('takes an option by a click', async () => {
    const { result } = await open();
    byRole('option')[0]?.click();
    await expect(result).resolves.toMatchObject({ value: { runtime: { name: 'theirs' } } });
  });

  it('changes nothing on Escape', async () => {
    const { result } = await open();
    press('Escape');
    await expect(result).resolves.toMatchObject({ button: { accept: false }, value: null });
  });

  it('opens on the notebook’s wish', async () => {
    const wish = { place: 'browser', provider: 'browser', environment: 'python' } as const;
    const { dialog } = await open({ wish });
    expect(byRole('option')[0]?.textContent).toContain('Start python');
    expect(byRole('option')[0]?.getAttribute('aria-selected')).toBe('true');
    expect(byRole('group')[0]?.getAttribute('aria-label')).toBe('This notebook’s choice');
    dialog.reject();
  });

  it('stays open while a failed place is tried again', async () => {
    const bad = new BadProvider({ id: 'remote.gpu', label: 'Remote: gpu', rank: 90 });
    await bad.refresh().catch(() => undefined);
    const { dialog, model } = await open({ bad });
    const row = byRole('option').find(one => one.textContent?.includes('does not answer'));
    expect(row?.textContent).toContain('Try again');
    bad.isMended = true;
    row?.click();
    await eventually(() => expect(bad.status).toBe('connected'));
    expect(dialog.isDisposed).toBe(false);
    await eventually(() =>
      expect(model.groups.some(({ section }) => section === 'status')).toBe(false)
    );
    dialog.reject();
  });

  it('does not take what can’t be chosen', async () => {
    const { manager, dialog } = await open();
    press('Home');
    manager.set({ runtimes: manager.runtimes.slice(1) });
    await eventually(() =>
      expect(button('Run on Browser').getAttribute('aria-disabled')).toBe('true')
    );
    press('Enter');
    expect(dialog.isDisposed).toBe(false);
    dialog.reject();
  });
});
