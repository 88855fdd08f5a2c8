/** The texts of a manifest in which `${VAR}` stands for something: not code, not what people read. */
import type { IManifest } from './schema.js';

export interface IExpandable {
  readonly keys: readonly (string | number)[];
  readonly text: string;
}

export function expandable({ spec }: IManifest): IExpandable[] {
  const found: IExpandable[] = [];
  const add = (text: unknown, ...keys: (string | number)[]): void => {
    if (typeof text === 'string') {
      found.push({ keys: ['spec', ...keys], text });
    }
  };
  add(spec.dockerImage, 'dockerImage');
  add(spec.dockerRegistry, 'dockerRegistry');
  add(spec.process?.python, 'process', 'python');
  add(spec.process?.prefix, 'process', 'prefix');
  add(spec.conda?.environment, 'conda', 'environment');
  spec.env?.forEach(({ value }, i) => add(value, 'env', i, 'value'));
  spec.contents?.forEach(({ source }, i) => add(source, 'contents', i, 'source'));
  return found;
}
