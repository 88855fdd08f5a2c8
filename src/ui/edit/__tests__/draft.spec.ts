import { nullTranslator } from '@jupyterlab/translation';

import { fakeLife } from '../../../testing';
import type { IEditDraft } from '../draft';
import { draftOf, readEdit } from '../draft';

const trans = nullTranslator.load('');
const timed = {
  name: 'training',
  life: fakeLife({
    reservation: {
      minutes: 60,
      maxMinutes: 480,
      expiresAt: '2026-11-22T12:00:00Z',
      remainingSeconds: null,
      onExpiry: 'pause',
      extendsItself: false
    },
    idle: { timeoutSeconds: 90, action: 'terminate', endsAt: null }
  })
};

function read(change: Partial<IEditDraft>, runtime: Parameters<typeof draftOf>[0] = timed) {
  const before = draftOf(runtime);
  const { change: asked, problems } = readEdit({ ...before, ...change }, before, trans);
  return { change: asked, problems: Object.fromEntries(problems) };
}

describe('the form that changes a runtime', () => {
  it('opens with what the runtime has', () => {
    expect(draftOf(timed)).toEqual({
      name: 'training',
      onExpiry: 'pause',
      extendsItself: false,
      idleMinutes: '1.5',
      idleAction: 'terminate'
    });
    expect(draftOf({ name: 'x', life: fakeLife() })).toMatchObject({
      onExpiry: null,
      idleMinutes: ''
    });
  });

  it('asks for nothing that nobody has changed', () => {
    expect(read({})).toEqual({ change: {}, problems: {} });
    expect(read({ name: ' training ' })).toEqual({ change: {}, problems: {} });
  });

  it('asks for what was changed, and for nothing else', () => {
    expect(read({ name: 'Übung', onExpiry: 'terminate', extendsItself: true }).change).toEqual({
      name: 'Übung',
      onExpiry: 'terminate',
      extendsItself: true
    });
    expect(read({ idleMinutes: '30' }).change).toEqual({ idleTimeoutSeconds: 1800 });
    expect(read({ idleAction: 'pause' }).change).toEqual({ idleAction: 'pause' });
  });

  it('lets it idle for ever where nothing stands there, or 0', () => {
    expect(read({ idleMinutes: '' }).change).toEqual({ idleTimeoutSeconds: 0 });
    expect(read({ idleMinutes: '0' }).change).toEqual({ idleTimeoutSeconds: 0 });
  });

  it('does not take the shortest idle time for none', () => {
    expect(read({ idleMinutes: '0.001' }).change).toEqual({ idleTimeoutSeconds: 1 });
  });

  it('says what happens where idling is counted from now on', () => {
    const idler = { name: 'x', life: fakeLife() };
    expect(read({ idleMinutes: '10' }, idler).change).toEqual({
      idleTimeoutSeconds: 600,
      idleAction: 'pause'
    });
  });

  it('has a sentence for each field that can’t be taken', () => {
    expect(read({ name: ' ', idleMinutes: 'soon' }).problems).toEqual({
      name: 'A runtime has a name.',
      idleMinutes: 'Give minutes in digits; 0 lets it idle for ever.'
    });
    expect(read({ name: 'a'.repeat(101) }).problems.name).toContain('at most 100 characters');
    expect(read({ idleMinutes: '-1' }).problems.idleMinutes).toBeDefined();
  });
});
