/** A service with many runtimes on record, none of which has a process. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import type { IEnvironment, IRuntimeResource } from '@jupyterlab-runtimes/core';

import { DEFAULT_OWNER, newResource, newRuntimeId } from '../../runtimes/newRuntime.js';
import { TestService } from './testService.js';

const SCRIPT = `
const { DatabaseSync } = require('node:sqlite');
const database = new DatabaseSync(process.argv[1]);
const put = database.prepare('INSERT INTO runtimes (id, record) VALUES (?, ?)');
const records = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
database.exec('BEGIN');
records.forEach(record => put.run(record.resource.id, JSON.stringify(record)));
database.exec('COMMIT');
database.close();`;

/** @returns The service, and the runtimes as it was given them. */
export async function serviceWith(
  count: number
): Promise<{ service: TestService; resources: IRuntimeResource[] }> {
  const service = await new TestService({ python: '/nowhere/bin/python' }).start();
  const [environment] = await service.client.listEnvironments();
  await service.signal('SIGTERM');
  const start = Date.UTC(2026, 0, 1);
  const resources = Array.from({ length: count }, (_, i) =>
    resourceOf(environment, i, new Date(start + i * 60_000))
  );
  const records = resources.map(resource => ({
    resource,
    handle: null,
    ended_at: resource.state === 'failed' ? resource.created_at : null
  }));
  execFileSync(process.execPath, ['-e', SCRIPT, join(service.folder, 'records.db')], {
    input: JSON.stringify(records),
    stdio: ['pipe', 'ignore', 'ignore']
  });
  await service.start();
  return { service, resources };
}

function resourceOf(environment: IEnvironment, i: number, at: Date): IRuntimeResource {
  const isPaused = i % 2 === 0;
  return {
    ...newResource(newRuntimeId(at), DEFAULT_OWNER, `Runtime ${i}`, environment, at),
    state: isPaused ? 'paused' : 'failed',
    state_reason: isPaused ? '' : 'Its Jupyter Server ended: signal SIGKILL. Its log ends with: …',
    progress: null,
    labels: { project: 'load', number: String(i) },
    resources: { cpu: '1', memory: '2Gi' }
  };
}
