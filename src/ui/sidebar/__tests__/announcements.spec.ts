import { nullTranslator } from '@jupyterlab/translation';

import type { IRuntimeModel } from '../../../tokens';
import { BadProvider, fakeRuntime } from '../../../testing';
import { announcements, hear, hearPlaces, placeAnnouncements } from '../announcements';

const trans = nullTranslator.load('');
const tell = (before: readonly IRuntimeModel[], after: readonly IRuntimeModel[]) =>
  announcements(hear(before), after, trans);

describe('announcements', () => {
  const idle = fakeRuntime();

  it('says what a runtime has become', () => {
    const starting = fakeRuntime({ state: 'starting' });
    expect(tell([], [starting])).toEqual(['analysis is starting.']);
    expect(tell([starting], [idle])).toEqual(['analysis is running.']);
    expect(tell([idle], [fakeRuntime({ state: 'paused' })])).toEqual(['analysis is paused.']);
    expect(tell([idle], [])).toEqual(['analysis has ended.']);
  });

  it('gives the reason of a failure', () => {
    const failed = fakeRuntime({ state: 'failed', stateReason: 'It ran out of memory.' });
    expect(tell([idle], [failed])).toEqual(['analysis has failed. It ran out of memory.']);
  });

  it('tells of a lost connection and of its return', () => {
    const lost = fakeRuntime({ connection: 'reconnecting' });
    expect(tell([idle], [lost])).toEqual(['analysis is out of reach, reconnecting.']);
    expect(tell([lost], [idle])).toEqual(['analysis is connected again.']);
  });

  it('does not read out what runs when the list is first seen', () => {
    expect(tell([], [idle])).toEqual([]);
  });

  it('tells why a place failed, and that it is back', async () => {
    const bad = new BadProvider({ label: 'Remote: gpu' });
    const before = hearPlaces([bad]);
    await bad.refresh().catch(() => undefined);
    expect(placeAnnouncements(before, [bad], trans)).toEqual([
      'Remote: gpu does not answer: check that it runs, then try again.'
    ]);
    const failed = hearPlaces([bad]);
    bad.isMended = true;
    await bad.refresh();
    expect(placeAnnouncements(failed, [bad], trans)).toEqual(['Remote: gpu is back.']);
  });

  it('keeps silent about each cell', () => {
    expect(tell([idle], [fakeRuntime({ kernelStatus: 'busy' })])).toEqual([]);
  });
});
