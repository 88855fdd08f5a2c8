/** Ask for a token without showing it, or read it from a pipe. */
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

import { RuntimeError } from '@jupyterlab-runtimes/core';

/** @param fromStdin Read all of standard input, as scripts give it.
 *  @throws RuntimeError INVALID_REQUEST when there is none. */
export async function readToken(question: string, fromStdin: boolean): Promise<string> {
  const token = (fromStdin ? await readAll() : await ask(question)).trim();
  if (token === '') {
    throw new RuntimeError(
      'INVALID_REQUEST',
      "No token was given: it is in the service's token file."
    );
  }
  return token;
}

async function readAll(): Promise<string> {
  let text = '';
  for await (const part of process.stdin.setEncoding('utf8')) {
    text += String(part);
  }
  return text;
}

function ask(question: string): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new RuntimeError(
      'INVALID_REQUEST',
      'There is no terminal to ask for the token: use --token-stdin.'
    );
  }
  process.stderr.write(question);
  // readline echoes what is typed to its output: nowhere.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  return new Promise(resolve => {
    lines.once('close', () => resolve(''));
    lines.question('', answer => {
      process.stderr.write('\n');
      resolve(answer);
      lines.close();
    });
  });
}
