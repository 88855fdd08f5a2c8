import { quantityValue } from '@jupyterlab-runtimes/core';
import { nullTranslator } from '@jupyterlab/translation';

import { fakeLife } from '../../testing';
import type { IRuntimeReservation } from '../../tokens';
import { extensionMinutes, lifeLine, sizeLine } from '../life';
import { quantity } from '../quantity';
import { span } from '../time';

const trans = nullTranslator.load('');
const NOW = Date.parse('2026-11-22T03:00:00Z');

function reservation(change: Partial<IRuntimeReservation> = {}): IRuntimeReservation {
  return {
    minutes: 60,
    maxMinutes: 80,
    expiresAt: '2026-11-22T03:42:30Z',
    remainingSeconds: null,
    onExpiry: 'pause',
    extendsItself: false,
    ...change
  };
}

describe('a runtime’s time', () => {
  it('says how long it runs yet, and what happens then', () => {
    const life = fakeLife({ reservation: reservation() });
    expect(lifeLine({ state: 'running', life }, NOW, trans)).toBe('42 min left, then paused');
  });

  it('says what resets the idle time, where that ends first', () => {
    const idle = { timeoutSeconds: 600, action: 'pause', endsAt: '2026-11-22T03:10:00Z' } as const;
    const life = fakeLife({ reservation: reservation(), idle });
    expect(lifeLine({ state: 'running', life }, NOW, trans)).toBe(
      '42 min left, then paused · paused in 10 min unless a cell runs'
    );
  });

  it('says of a paused one what time it has left, standing still', () => {
    const life = fakeLife({
      reservation: reservation({ expiresAt: null, remainingSeconds: 3900 }),
      stateAsOf: '2026-11-22T02:59:00Z'
    });
    const text = lifeLine({ state: 'paused', life }, NOW, trans);
    expect(text).toMatch(/^state of .+ · 1 h 5 min left when it runs again$/);
  });

  it('extends by half an hour, or by what is left of the maximum', () => {
    expect(extensionMinutes({ state: 'running', life: null })).toBe(0);
    const life = fakeLife({ reservation: reservation() });
    expect(extensionMinutes({ state: 'running', life })).toBe(20);
    const more = fakeLife({ reservation: reservation({ maxMinutes: 480 }) });
    expect(extensionMinutes({ state: 'running', life: more })).toBe(30);
  });

  it('tells its size in words', () => {
    const life = fakeLife({ resources: { cpu: '500m', memory: '512Mi' }, storage: 'data' });
    expect(sizeLine({ state: 'running', life }, trans)).toBe(
      '0.5 CPU · 512 MiB memory · persistent storage'
    );
  });
});

describe('quantities and spans', () => {
  it.each([
    ['250m', 0.25],
    ['1.5', 1.5],
    ['512Mi', 512 * 2 ** 20],
    ['2G', 2e9],
    ['1e3', 1000],
    ['many', NaN],
    ['-1', NaN]
  ])('reads %s', (text, value) => {
    expect(quantityValue(text)).toEqual(value);
  });

  it('shows what it can’t read as it is', () => {
    expect(quantity('example.com/fpga', 'some', trans)).toBe('some example.com/fpga');
  });

  it.each([
    [-5, '0 s'],
    [59_000, '59 s'],
    [65 * 60_000, '1 h 5 min'],
    [26 * 3_600_000, '1 d 2 h'],
    [2 * 3_600_000, '2 h']
  ])('says %s ms as %s', (ms, text) => {
    expect(span(ms, trans)).toBe(text);
  });
});
