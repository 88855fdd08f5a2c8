import { nullTranslator } from '@jupyterlab/translation';

import { fakeLife, FakeProvider, fakeRuntime, FakeRuntimeManager } from '../../../testing';
import type { IRuntimeModel } from '../../../tokens';
import { LifeNotices } from '../lifeNotices';
import type { INoticeAction, INotices } from '../notices';

const trans = nullTranslator.load('');
const provider = new FakeProvider({ capabilities: { extend: true, pause: true, resume: true } });

class Notices implements INotices {
  readonly told: string[] = [];
  action: INoticeAction | null = null;
  progress(): string {
    return '';
  }
  update(): void {}
  dismiss(id: string): void {
    this.told.push(`dismiss ${id}`);
  }
  info(message: string): void {
    this.told.push(message);
  }
  warn(id: string | null, message: string, action: INoticeAction | null): string {
    this.told.push(`${id ?? 'new'}: ${message}`);
    this.action = action;
    return id ?? 'w1';
  }
  error(title: string, reason: string): void {
    this.told.push(`${title} ${reason}`);
  }
}

const reservation = {
  minutes: 60,
  maxMinutes: 120,
  expiresAt: '2026-11-22T03:10:00Z',
  remainingSeconds: null,
  onExpiry: 'pause',
  extendsItself: false
} as const;

function warned(message: string, kind: 'expiry' | 'idle' = 'expiry'): IRuntimeModel {
  const warning = { kind, at: '2026-11-22T03:10:00Z', message };
  return fakeRuntime({ provider, life: fakeLife({ reservation, warning }) });
}

function open() {
  const manager = new FakeRuntimeManager(provider);
  const notices = new Notices();
  const extended: string[] = [];
  new LifeNotices({
    manager,
    notices,
    trans,
    extend: async ({ key }) => void extended.push(key)
  });
  return { manager, notices, extended };
}

describe('LifeNotices', () => {
  it('tells each warning once, in the place of the one before, with a click that extends', () => {
    const { manager, notices, extended } = open();
    manager.set({ runtimes: [warned('Time is up in 10 minutes.')] });
    manager.set({ runtimes: [warned('Time is up in 10 minutes.')] });
    manager.set({ runtimes: [warned('Time is up in 5 minutes.')] });
    expect(notices.told).toEqual([
      'new: “analysis”: Time is up in 10 minutes.',
      'w1: “analysis”: Time is up in 5 minutes.'
    ]);
    expect(notices.action?.label).toBe('Extend by 30 min');
    notices.action?.run();
    expect(extended).toHaveLength(1);
    manager.set({ runtimes: [fakeRuntime({ provider, life: fakeLife({ reservation }) })] });
    expect(notices.told.at(-1)).toBe('dismiss w1');
  });

  it('offers no extension where it would not help', () => {
    const { manager, notices } = open();
    manager.set({ runtimes: [warned('Nothing has run for a while.', 'idle')] });
    expect(notices.action).toBeNull();
  });

  it('says of what was paused or ended without the user why, and what was kept', () => {
    const { manager, notices } = open();
    const life = fakeLife({ reservation, stateAsOf: '2026-11-22T03:05:00Z' });
    const runtime = (state: IRuntimeModel['state'], stateReason = '') =>
      fakeRuntime({ provider, key: 'fake/r', state, stateReason, life });
    manager.set({ runtimes: [runtime('paused', 'Paused yesterday.')] });
    expect(notices.told).toEqual([]);
    manager.set({ runtimes: [runtime('running')] });
    manager.set({ runtimes: [runtime('paused', 'Its time was up.')] });
    expect(notices.told[0]).toMatch(
      /^“analysis” is paused\. Its time was up\. Its state is that of /
    );
    manager.set({ runtimes: [runtime('running')] });
    manager.set({ runtimes: [runtime('expired', 'Its time was up, x is lost.')] });
    expect(notices.told[1]).toBe('“analysis” has ended. Its time was up, x is lost.');
  });
});
