import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { stringify } from 'yaml';

import { describeFault, describeManifest, parseManifests, type IManifestFault } from '../index.js';

/** As people have them. */
const EXISTING = `apiVersion: datalayer.io/v1
kind: RuntimeEnvironment
metadata:
  name: ai-env
  namespace: datalayer-jupyter
  labels:
    app: jupyter
spec:
  title: "AI Environment"
  description: |
    <br/>
    <img src="https://example.org/sparkles.svg" width="60"/>
    <p><b>An environment for LLM inference.</b></p>

    - [x] torch
    - [ ] jax
  language: python
  owner: datalayer
  visibility: public
  example: https://example.org/fastai.ipynb
  dockerImage: "\${REGISTRY}/datalayer/jupyter-ai-cuda:0.1.0"
  kernel:
    givenNameTemplate: 'AI Runtime'
  env:
    - name: HF_HOME
      value: /home/jovyan/.hf
  contents:
    - name: s3-genome-browser-content
      mount: /home/jovyan/data/aws-opendata/genome-browser
      permissions: ro
  snippets:
    - title: Hello
      code: |
        print("\${not a variable}")
  resourcesRanges:
    default:
      limits: { cpu: '10', memory: 80Gi, ephemeral-storage: 20Gi, 'nvidia.com/gpu': '1' }
      requests: { cpu: '10', memory: 80Gi, ephemeral-storage: 20Gi, 'nvidia.com/gpu': '1' }
  icon: sparkles
  tags: [ai, gpu]
`;

/** A manifest of few lines, with more of them at its end. */
const small = (rest: string, name = 'a'): string =>
  `apiVersion: datalayer.io/v1\nkind: RuntimeEnvironment\nmetadata:\n  name: ${name}\nspec:\n  title: A\n${rest}`;

const faultsOf = (text: string, variables = {}): readonly IManifestFault[] =>
  parseManifests(text, { file: 'a.yaml', variables }).faults;

describe('manifests', () => {
  it('that exist load as they are, and come back as they came', () => {
    const { manifests, faults } = parseManifests(
      `# first\n---\n${EXISTING}---\n${small('', 'b')}`,
      {
        file: 'all.yaml'
      }
    );
    expect(faults).toEqual([]);
    expect(manifests.map(({ manifest }) => manifest.metadata.name)).toEqual(['ai-env', 'b']);
    expect(manifests[0].text.trim()).toBe(EXISTING.trim());
    const environment = describeManifest(manifests[0].manifest, {
      owner: null,
      kernelName: 'python3',
      kernelDisplayName: 'Python 3',
      unavailableReason: ''
    });
    expect(environment).toMatchObject({
      title: 'AI Environment',
      given_name_template: 'AI Runtime',
      examples: ['https://example.org/fastai.ipynb'],
      resource_ranges: { default: { limits: { memory: '80Gi', 'nvidia.com/gpu': '1' } } },
      visibility: 'public'
    });
    expect(environment.description).toContain('- [x] torch');
  });

  it('may name several examples', () => {
    const { manifests, faults } = parseManifests(small('  example: [https://a, https://b]\n'), {
      file: 'a'
    });
    expect(faults).toEqual([]);
    expect(manifests[0].manifest.spec.example).toEqual(['https://a', 'https://b']);
  });

  it.each([
    ['  title: 5\n', 'spec.title', /"?5"?.*quotes|quotes.*5/],
    ['  example: { a: 1 }\n', 'spec.example', /text or a list/],
    ['  visibility: secret\n', 'spec.visibility', /public, private or organization/],
    ['  env: [{ name: 1A, value: b }]\n', 'spec.env[0].name', /letters, digits/],
    ['  snippets: [{ title: b }]\n', 'spec.snippets[0]', /code is missing/],
    ['  resourcesRanges: { default: { limits: { memory: 4 GB } } }\n', '', /512Mi/],
    ['  reservation: { maxMinutes: -1 }\n', 'spec.reservation.maxMinutes', /must be > 0/],
    ['  reservation: { maxMinutes: 1000000000 }\n', 'spec.reservation.maxMinutes', /must be <=/],
    ['  idle: { timeoutSeconds: soon }\n', 'spec.idle.timeoutSeconds', /whole number/]
  ])('that say %j are refused with line, path and remedy', (lines, path, message) => {
    const { manifests, faults } = parseManifests(
      small(lines).replace('  title: A\n', lines.includes('title: 5') ? '' : '  title: A\n'),
      { file: 'a.yaml' }
    );
    expect(manifests).toEqual([]);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({
      severity: 'error',
      line: lines.includes('title: 5') ? 6 : 7
    });
    if (path) {
      expect(faults[0].path).toBe(path);
    }
    expect(describeFault(faults[0])).toMatch(message);
    expect(faults[0].remedy).toMatch(/\.$/);
  });

  it('with unknown fields load with a warning that names them and what was meant', () => {
    const { manifests, faults } = parseManifests(small('  dockerimage: x\n  colour: red\n'), {
      file: 'a.yaml'
    });
    expect(manifests).toHaveLength(1);
    expect(faults.map(describeFault)).toEqual([
      'a.yaml:7:3: warning: spec.dockerimage: "dockerimage" is no field that is known here, and is passed over. Write dockerImage.',
      'a.yaml:8:3: warning: spec.colour: "colour" is no field that is known here, and is passed over. Take it out, or check its spelling and its place.'
    ]);
  });

  it('with variables that are not set load with a warning', () => {
    const [fault, ...others] = faultsOf(small("  dockerImage: '${REGISTRY}/${TAG}'\n"), {
      TAG: 'x'
    });
    expect(others).toEqual([]);
    expect(fault).toMatchObject({ severity: 'warning', line: 7, path: 'spec.dockerImage' });
    expect(fault.message).toContain('REGISTRY');
  });

  it('of one name in one file are refused but for the first, by line', () => {
    const { manifests, faults } = parseManifests(`${small('')}---\n${small('')}`, {
      file: 'a.yaml'
    });
    expect(manifests).toHaveLength(1);
    expect(faults).toEqual([
      expect.objectContaining({ line: 11, message: expect.stringContaining('line 4') })
    ]);
  });

  it('of other kinds are passed over with a warning', () => {
    const [fault] = faultsOf('apiVersion: v1\nkind: ConfigMap\n');
    expect(fault).toMatchObject({ severity: 'warning', line: 2, path: 'kind' });
  });

  it.each([
    ['10 MB', 'a'.repeat(10_000_000), /more than 1 MiB/],
    [
      'a bomb of aliases',
      `a: &a [x,x,x,x,x,x,x,x,x,x]\n${['b', 'c', 'd', 'e', 'f', 'g']
        .map((key, i) => `${key}: &${key} [${Array(10).fill(`*${'abcdef'[i]}`).join()}]`)
        .join('\n')}`,
      /aliases/
    ],
    ['an alias of nothing', 'a: *b', /no YAML|alias/],
    ['a thousand brackets', '['.repeat(100_000), /nested/],
    ['a thousand dashes', '- '.repeat(100_000), /nested/],
    ['a hundred thousand anchors', '&a '.repeat(100_000), /more than 30000/],
    ['two of one key', small('  title: B\n'), /unique/],
    ['tabs', 'a:\n\t- b', /no YAML/],
    ['a tag for code', 'a: !!python/object/apply:os.system [ls]', /is missing|no YAML/],
    ['a list', '- 1', /block of fields/],
    ['text', 'hello', /block of fields/],
    ['control characters', 'a: "\u0000\u0007"', /is missing|no YAML/]
  ])('that are %s are refused with a sentence, within a second', (_, text, message) => {
    const before = Date.now();
    const { manifests, faults } = parseManifests(text, { file: 'a.yaml' });
    expect(manifests).toEqual([]);
    expect(faults.map(describeFault).join('\n')).toMatch(message);
    expect(Date.now() - before).toBeLessThan(1000);
  });

  it('that are empty are none', () => {
    expect(parseManifests('', { file: 'a' })).toEqual({ manifests: [], faults: [] });
    expect(parseManifests('# nothing\n---\n---\n', { file: 'a' })).toEqual({
      manifests: [],
      faults: []
    });
  });

  it('of any shape are judged, never thrown at', () => {
    fc.assert(
      fc.property(
        fc.object({ maxDepth: 4, withNullPrototype: false }),
        fc.string(),
        (object, name) => {
          const values = {
            apiVersion: 'datalayer.io/v1',
            kind: 'RuntimeEnvironment',
            metadata: { name }
          };
          for (const text of [stringify({ ...values, spec: object }), stringify(object), name]) {
            const { faults } = parseManifests(text, { file: 'a', variables: {} });
            const lines = text.split('\n').length;
            expect(
              faults.every(({ line, column }) => line >= 1 && line <= lines && column >= 1)
            ).toBe(true);
          }
        }
      ),
      { numRuns: 200 }
    );
  });
});
