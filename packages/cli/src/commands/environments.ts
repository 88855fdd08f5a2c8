/** `environments ls|show|apply|validate|delete`. */
import type { Command } from 'commander';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { RuntimeError, type IEnvironment } from '@jupyterlab-runtimes/core';
import {
  describeFault,
  parseManifests,
  type IManifestFault
} from '@jupyterlab-runtimes/core/environment';

import { connect, type IConnectOptions } from '../connect.js';
import { print, printJson, table } from '../output.js';

interface IOptions extends IConnectOptions {
  readonly json?: boolean;
}

const MANIFEST_FILE = /\.ya?ml$/i;
/** What the operator maps images with: no manifest. */
const IMAGES_FILE = 'images.yaml';

export function addEnvironmentCommands(
  program: Command,
  common: (command: Command) => Command
): void {
  const environments = program
    .command('environments')
    .description('what a runtime can be made from');

  common(environments.command('ls', { isDefault: true }).description('list environments')).action(
    async (options: IOptions) => {
      const list = await connect(options).listEnvironments();
      if (options.json) {
        printJson(list);
        return;
      }
      print(table(['NAME', 'TITLE', 'WHOSE', 'AVAILABLE'], list.map(row)));
    }
  );

  common(
    environments
      .command('show')
      .argument('<name>')
      .option('--yaml', 'the manifest, as it was applied')
      .description('show one environment')
  ).action(async (name: string, options: IOptions & { yaml?: boolean }) => {
    const client = connect(options);
    if (options.yaml) {
      process.stdout.write(await client.getManifest(name));
    } else {
      printJson(await client.getEnvironment(name));
    }
  });

  common(
    environments
      .command('apply')
      .argument('<path...>', 'files of manifests, folders of them, or - for standard input')
      .description('add environments of your own, or change them')
  ).action(async (paths: string[], options: IOptions) => {
    const client = connect(options);
    for (const { file, text } of paths.flatMap(readAll)) {
      if (check(file, text).some(isError)) {
        throw new RuntimeError('ENVIRONMENT_INVALID', `Nothing of ${file} was applied: see above.`);
      }
      const applied = await client.applyEnvironments(text);
      if (options.json) {
        printJson(applied);
      } else {
        applied.items.forEach(each =>
          print(
            `${each.name} was applied.${each.available ? '' : ` It can't run here yet: ${each.unavailable_reason}`}`
          )
        );
      }
    }
  });

  environments
    .command('validate')
    .argument('<path...>', 'files of manifests, folders of them, or - for standard input')
    .option('--json', 'print JSON')
    .description('check manifests, without any service')
    .action((paths: string[], options: { json?: boolean }) => {
      const files = paths.flatMap(readAll);
      const faults = files.flatMap(({ file, text }) =>
        options.json
          ? parseManifests(text, { file, variables: process.env }).faults
          : check(file, text)
      );
      if (options.json) {
        printJson({ valid: !faults.some(isError), faults });
      } else if (!faults.some(isError)) {
        print(`${files.length} file${files.length === 1 ? ' is' : 's are'} valid.`);
      }
      process.exitCode = faults.some(isError) ? 1 : 0;
    });

  common(
    environments
      .command('delete')
      .argument('<name>')
      .description('forget an environment of yours; its runtimes go on')
  ).action(async (name: string, options: IOptions) => {
    await connect(options).deleteEnvironment(name);
    if (!options.json) {
      print(`${name} was deleted.`);
    }
  });
}

const isError = ({ severity }: IManifestFault): boolean => severity === 'error';

function row(each: IEnvironment): string[] {
  const title = each.title.replace(/\s+/g, ' ');
  const whose = each.owner ?? 'operator';
  return [each.name, title, whose, each.available ? 'yes' : each.unavailable_reason];
}

/** Print every fault, to standard error. */
function check(file: string, text: string): readonly IManifestFault[] {
  const { faults } = parseManifests(text, { file, variables: process.env });
  faults.forEach(fault => process.stderr.write(`${describeFault(fault)}\n`));
  return faults;
}

/** @throws RuntimeError NOT_FOUND | INVALID_REQUEST when a path can't be read. */
function readAll(path: string): { file: string; text: string }[] {
  try {
    if (path === '-') {
      return [{ file: 'stdin', text: readFileSync(0, 'utf8') }];
    }
    if (!statSync(path).isDirectory()) {
      return [{ file: path, text: readFileSync(path, 'utf8') }];
    }
    return readdirSync(path)
      .filter(name => MANIFEST_FILE.test(name) && name !== IMAGES_FILE)
      .sort()
      .map(name => join(path, name))
      .map(file => ({ file, text: readFileSync(file, 'utf8') }));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new RuntimeError(
      code === 'ENOENT' ? 'NOT_FOUND' : 'INVALID_REQUEST',
      code === 'ENOENT'
        ? `There is no file ${path}: check its path.`
        : `${path} can't be read (${String(code)}): check its permissions.`,
      { cause: error }
    );
  }
}
