import { nullTranslator } from '@jupyterlab/translation';

import type { IRuntimeModel } from '../../../tokens';
import { fakeRuntime } from '../../../testing';
import { announcements, hear } from '../announcements';

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

  it('keeps silent about each cell', () => {
    expect(tell([idle], [fakeRuntime({ kernelStatus: 'busy' })])).toEqual([]);
  });
});
