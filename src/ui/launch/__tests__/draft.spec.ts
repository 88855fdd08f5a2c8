import { nullTranslator } from '@jupyterlab/translation';

import { fakeEnvironment } from '../../../testing';
import type { ILaunchDraft } from '../draft';
import { emptyDraft, readDraft } from '../draft';

const trans = nullTranslator.load('');
const environment = fakeEnvironment({
  defaultMinutes: 60,
  maxMinutes: 480,
  idleTimeoutSeconds: 1800,
  resourceRanges: {
    small: {
      requests: { cpu: '500m', memory: '512Mi' },
      limits: { cpu: '2', memory: '4Gi' }
    },
    large: { requests: { cpu: '4' }, limits: { cpu: '8' } }
  }
});

function read(change: Partial<ILaunchDraft>, of = environment) {
  const { terms, problems } = readDraft({ ...emptyDraft(of), ...change }, of, trans);
  return { terms, problems: Object.fromEntries(problems) };
}

describe('the launch form', () => {
  it('leaves to the environment what nobody has touched', () => {
    expect(read({})).toEqual({
      terms: { onExpiry: 'pause', extendsItself: false, idleAction: 'pause' },
      problems: {}
    });
  });

  it('says nothing of an end where there is no limit', () => {
    expect(read({}, fakeEnvironment()).terms).toEqual({});
  });

  it('takes minutes up to the maximum, and names it', () => {
    expect(read({ minutes: '480' }).terms.reservationMinutes).toBe(480);
    expect(read({ minutes: '481' }).problems).toEqual({
      minutes: 'At most 480 minutes (8 h) can be reserved here.'
    });
    for (const minutes of ['0', '-1', 'soon', '1e999']) {
      expect(read({ minutes }).problems).toHaveProperty('minutes');
    }
  });

  it('takes idle minutes up to ten years', () => {
    expect(read({ idleMinutes: '5256000' }).terms.idleTimeoutSeconds).toBe(315_360_000);
    expect(read({ idleMinutes: '5256001' }).problems).toEqual({
      idleMinutes: 'That is more than ten years: 0 lets it idle for ever.'
    });
  });

  it('asks for a whole size as soon as one resource differs, in Kubernetes quantities', () => {
    expect(read({ resources: { memory: '1.5' } }).terms.resources).toEqual({
      cpu: '500m',
      memory: '1.5Gi'
    });
    expect(read({ size: 'large' }).terms.resources).toEqual({ cpu: '4' });
  });

  it('refuses more and less than the environment offers', () => {
    expect(read({ resources: { memory: '8' } }).problems).toEqual({
      'resources.memory': 'Between 0.5 and 4 GiB can be had.'
    });
    expect(read({ resources: { cpu: '0.1' } }).problems).toHaveProperty(['resources.cpu']);
  });

  it('takes idle minutes as seconds, and 0 for never', () => {
    expect(read({ idleMinutes: '1.5' }).terms.idleTimeoutSeconds).toBe(90);
    expect(read({ idleMinutes: '0' }).terms).not.toHaveProperty('idleAction');
  });

  it('wants names of variables that a shell understands, each once', () => {
    const variable = (id: number, name: string) => ({ id, name, value: 'v' });
    expect(read({ variables: [variable(1, 'TOKEN')] }).terms.env).toEqual({ TOKEN: 'v' });
    expect(
      read({ variables: [variable(1, '2FA'), variable(2, 'A'), variable(3, 'A')] }).problems
    ).toEqual({
      'variables.1.name': expect.stringContaining('begins with no digit') as string,
      'variables.3.name': 'A is there twice.'
    });
    expect(read({ variables: [{ id: 1, name: '', value: '' }] })).toMatchObject({ problems: {} });
  });

  it('takes a name of any script, without line breaks, up to 100 characters', () => {
    expect(read({ name: ' 分析 🧪 ' }).terms.name).toBe('分析 🧪');
    expect(read({ name: 'a\nb' }).problems).toHaveProperty('name');
    expect(read({ name: 'x'.repeat(101) }).problems).toHaveProperty('name');
  });
});
