import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { GIVEN_NAME_MAX_LENGTH } from '../../contract/runtime.js';
import {
  checkLaunchVariables,
  describeManifest,
  expand,
  formatBytes,
  givenName,
  isVisible,
  parseQuantity,
  resourcesFor,
  type IManifest
} from '../index.js';

const manifest = (spec: IManifest['spec']): IManifest => ({
  apiVersion: 'datalayer.io/v1',
  kind: 'RuntimeEnvironment',
  metadata: { name: 'a' },
  spec
});

const environment = (spec: IManifest['spec'], owner: string | null = null) =>
  describeManifest(manifest(spec), {
    owner,
    kernelName: 'python3',
    kernelDisplayName: '',
    unavailableReason: ''
  });

describe('quantities', () => {
  it.each([
    ['250m', 0.25],
    ['2', 2],
    [0.5, 0.5],
    ['512Mi', 512 * 2 ** 20],
    ['1.5Gi', 1.5 * 2 ** 30],
    ['80G', 80e9],
    ['1e3', 1000],
    ['12E', 12e18]
  ])('%s is %d', (text, value) => expect(parseQuantity(text)).toBe(value));

  it.each(['', '-1', '4 GB', '1e', 'Mi', '1.2.3', 'NaN', '0x10', '１'])('%j is none', text =>
    expect(() => parseQuantity(text, 'memory')).toThrow(/no quantity for memory/)
  );

  it('read as people write them', () => expect(formatBytes(512 * 2 ** 20)).toBe('512 MiB'));
});

describe('variables', () => {
  it('are filled in once', () =>
    expect(expand('${A}/${B}', { A: '${B}', B: 'b' }, 'x')).toBe('${B}/b'));

  it('without a value fail with their name and their place', () =>
    expect(() => expand('${A}', {}, 'dockerImage')).toThrow(/variable A, which dockerImage/));

  it('of a launch can be anything but what runs other programs', () => {
    checkLaunchVariables({ MY_VALUE: 'ü', OMP_NUM_THREADS: '1' });
    for (const name of [
      'PATH',
      'Path',
      'LD_PRELOAD',
      'PYTHONPATH',
      'JUPYTERLAB_RUNTIMES_TOKEN',
      'HOME'
    ]) {
      expect(() => checkLaunchVariables({ [name]: 'x' })).toThrow(new RegExp(`can't set ${name}`));
    }
    expect(() => checkLaunchVariables({ A: 'a\0b' })).toThrow(/zero character/);
    expect(() => checkLaunchVariables({ A: 'x'.repeat(300_000) })).toThrow(/at most/);
  });
});

describe('given names', () => {
  const parts = {
    title: 'Données 🧪',
    name: 'data',
    owner: 'ada',
    now: new Date('2026-11-22T03:04:05Z'),
    taken: new Set<string>()
  };

  it.each([
    ['', [], 'Données 🧪'],
    ['', ['Données 🧪'], 'Données 🧪 2'],
    ['{owner}s 環境 {n}', ['adas 環境 1'], 'adas 環境 2'],
    ['{date} {time}', [], '2026-11-22 03:04'],
    ['a\u0000\nb', [], 'a b'],
    ['{unknown}', [], '{unknown}'],
    ['\u0007', [], 'data']
  ])('from %j, %j taken: %j', (template, taken, name) =>
    expect(givenName(template, { ...parts, taken: new Set(taken) })).toBe(name)
  );

  it('are new, bounded, whole characters, whatever the template', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), template => {
        const first = givenName(template, parts);
        const second = givenName(template, { ...parts, taken: new Set([first]) });
        expect(second).not.toBe(first);
        for (const name of [first, second]) {
          expect(name.length).toBeLessThanOrEqual(GIVEN_NAME_MAX_LENGTH);
          expect(name).not.toMatch(/[\ud800-\udfff]/u);
          expect(name).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
        }
      })
    );
  });
});

describe('resources', () => {
  const sizes = environment({
    resourcesRanges: {
      default: { requests: { cpu: 1, memory: '1Gi' }, limits: { cpu: '2', memory: '4Gi' } },
      large: { limits: { memory: '16Gi' } }
    }
  });

  it('are the requests of the default range, and what was asked for', () => {
    expect(resourcesFor(sizes)).toEqual({ cpu: '1', memory: '1Gi' });
    expect(resourcesFor(sizes, { memory: '12Gi' })).toEqual({ cpu: '1', memory: '12Gi' });
    expect(resourcesFor(environment({}), { memory: '1Ti' })).toEqual({ memory: '1Ti' });
  });

  it.each([
    [{ memory: '17Gi' }, /at most 16Gi/],
    [{ cpu: '0' }, /more than nothing/],
    [{ cpu: 'many' }, /no quantity/],
    [{ 'nvidia.com/gpu': '1' }, /offers no nvidia/]
  ])('outside the ranges are refused: %j', (asked, message) =>
    expect(() => resourcesFor(sizes, asked as unknown as Record<string, string>)).toThrow(message)
  );
});

describe('environments of users', () => {
  it('are seen by whom they are for', () => {
    const seen = (visibility?: string, owner: string | null = 'ada'): boolean =>
      isVisible(environment(visibility ? { visibility } : {}, owner), 'bob');
    expect([seen(), seen('private'), seen('organization'), seen('public')]).toEqual([
      false,
      false,
      true,
      true
    ]);
    expect(seen('private', null)).toBe(true);
    expect(isVisible(environment({}, 'bob'), 'bob')).toBe(true);
  });
});
