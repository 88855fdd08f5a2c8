/** `login`, `logout`, `services`, `stop`: which services there are. */
import type { Command } from 'commander';
import { resolve } from 'node:path';

import { RuntimeError, RuntimesClient } from '@jupyterlab-runtimes/core';

import { connect, type IConnectOptions } from '../connect.js';
import { servicesPath } from '../jupyterPaths.js';
import { print, printJson, table } from '../output.js';
import { readToken } from '../readToken.js';
import { checkName, readServices, writeServices } from '../servicesFile.js';
import { trustingFetch } from '../trust.js';

export function addServiceCommands(program: Command, common: (command: Command) => Command): void {
  program
    .command('login')
    .argument('<name>', 'what to call the service')
    .argument('<url>', 'its address, e.g. https://gpu.example.org:8899')
    .option('--label <label>', 'what JupyterLab shows (default: the name)')
    .option('--token-stdin', 'read the token from standard input')
    .option(
      '--ca-file <file>',
      "certificate (PEM) of the authority that signed the service's (default: those that the system knows)"
    )
    .description('make JupyterLab use a runtime service on another machine')
    .action(
      async (
        name: string,
        url: string,
        options: { label?: string; tokenStdin?: boolean; caFile?: string }
      ) => {
        checkName(name);
        const baseUrl = checkUrl(url);
        const caFile = options.caFile === undefined ? undefined : resolve(options.caFile);
        const trusting = trustingFetch(caFile);
        const token = await readToken(`Token of ${baseUrl}: `, options.tokenStdin === true);
        const address = { baseUrl, fetch: trusting, token };
        const { version, user } = await new RuntimesClient(address).service();
        const others = readServices(servicesPath()).filter(entry => entry.name !== name);
        writeServices(servicesPath(), [
          ...others,
          {
            ...{ name, label: options.label ?? name, url: baseUrl, token },
            ...(caFile === undefined ? {} : { ca_file: caFile })
          }
        ]);
        print(
          `Logged in to ${name} (version ${version}, as ${user}). JupyterLab shows it within some seconds.`
        );
      }
    );

  program
    .command('logout')
    .argument('<name>')
    .description('forget a service and its token; its runtimes go on')
    .action((name: string) => {
      const services = readServices(servicesPath());
      const others = services.filter(entry => entry.name !== name);
      if (others.length === services.length) {
        throw new RuntimeError(
          'NOT_FOUND',
          `There is no service "${name}": see \`jupyter runtimes services\`.`
        );
      }
      writeServices(servicesPath(), others);
      print(`Logged out of ${name}.`);
    });

  program
    .command('services')
    .option('--json', 'print JSON')
    .description('list the services that are logged in to')
    .action(async (options: { json?: boolean }) => {
      const entries = [
        { name: 'embedded', label: 'this computer', url: '' },
        ...readServices(servicesPath())
      ];
      const services = await Promise.all(
        entries.map(async ({ name, label, url }) => ({
          name,
          label,
          url,
          status: await statusOf(name)
        }))
      );
      if (options.json) {
        printJson(services);
      } else {
        print(
          table(
            ['NAME', 'LABEL', 'URL', 'STATUS'],
            services.map(each => [each.name, each.label, each.url, each.status])
          )
        );
      }
    });

  common(program.command('stop').description('stop a service'))
    .option(
      '--terminate',
      'end its runtimes as well (default: they go on, and the next service takes them over)'
    )
    .action(async (options: IConnectOptions & { terminate?: boolean }) => {
      await connect(options).stopService(options.terminate ? 'terminate' : 'keep');
      print('The service stops.');
    });
}

/** `ok`, or the sentence that says why not; tokens are not part of any. */
async function statusOf(name: string): Promise<string> {
  try {
    await connect({ service: name }).service();
    return 'ok';
  } catch (error) {
    if (error instanceof RuntimeError) {
      return `${error.code}: ${error.message}`;
    }
    throw error;
  }
}

function checkUrl(url: string): string {
  if (!URL.canParse(url) || !['http:', 'https:'].includes(new URL(url).protocol)) {
    throw new RuntimeError(
      'INVALID_REQUEST',
      `"${url}" is no address of a service: give one like https://host:8899.`
    );
  }
  const parsed = new URL(url);
  if (parsed.username || parsed.password || parsed.search || parsed.hash) {
    throw new RuntimeError(
      'INVALID_REQUEST',
      'The address must not hold a user name, a password, a query or a fragment: the token is asked for.'
    );
  }
  return `${parsed.origin}${parsed.pathname.replace(/\/+$/, '')}`;
}
