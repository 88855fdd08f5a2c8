import { nullTranslator } from '@jupyterlab/translation';

import { age, agoText, lifeText, nameList } from '../format';

const trans = nullTranslator.load('');
const NOW = Date.parse('2026-11-21T12:00:00Z');

describe('age', () => {
  it.each([
    ['2026-11-21T11:59:30Z', 'just now'],
    ['2026-11-21T11:55:01Z', '4 min'],
    ['2026-11-21T09:00:00Z', '3 h'],
    ['2026-11-19T11:00:00Z', '2 d']
  ])('tells %s in one unit', (iso, text) => {
    expect(age(iso, NOW, trans)).toBe(text);
  });

  it('shows no negative age when the server’s clock is ahead', () => {
    expect(age('2026-11-21T12:03:00Z', NOW, trans)).toBe('just now');
  });

  it('says nothing of a time that is not known', () => {
    expect(age(null, NOW, trans)).toBe('');
    expect(age('yesterday', NOW, trans)).toBe('');
  });
});

describe('agoText', () => {
  it.each([
    ['2026-11-21T11:59:30Z', 'just now'],
    ['2026-11-21T11:55:01Z', '4 min ago'],
    ['yesterday', '']
  ])('tells %s as a time that has passed', (iso, text) => {
    expect(agoText(iso, NOW, trans)).toBe(text);
  });
});

describe('nameList', () => {
  it.each([
    [[], ''],
    [['a'], 'a'],
    [['a', 'b'], 'a and b'],
    [['a', 'b', 'c', 'd'], 'a, b and 2 more']
  ])('joins %j', (names, text) => {
    expect(nameList(names, trans)).toBe(text);
  });
});

describe('lifeText', () => {
  it('tells the age where it is known, and the last use where it is not', () => {
    const earlier = '2026-11-21T09:00:00Z';
    const text = (startedAt: string | null, lastActivity: string | null) =>
      lifeText({ startedAt, lastActivity }, NOW, trans);
    expect(text(earlier, '2026-11-21T11:59:59Z')).toBe('started 3 h ago');
    expect(text(null, earlier)).toBe('active 3 h ago');
    expect(text(null, '2026-11-21T11:59:59Z')).toBe('active just now');
    expect(text(null, null)).toBe('');
  });
});
