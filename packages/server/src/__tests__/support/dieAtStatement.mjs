/**
 * Loaded into a service before it begins (`node --import`): it kills itself, by SIGKILL, before the first statement that
 * matches what is in the file JUPYTERLAB_RUNTIMES_TEST_DIE_AT; that file is taken away with it, so that the next service lives.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { DatabaseSync, StatementSync } from 'node:sqlite';

const path = process.env.JUPYTERLAB_RUNTIMES_TEST_DIE_AT;

function look(sql) {
  if (existsSync(path) && new RegExp(readFileSync(path, 'utf8')).test(sql)) {
    rmSync(path);
    process.kill(process.pid, 'SIGKILL');
  }
}

const { run } = StatementSync.prototype;
StatementSync.prototype.run = function (...values) {
  look(this.sourceSQL);
  return run.apply(this, values);
};
const { exec } = DatabaseSync.prototype;
DatabaseSync.prototype.exec = function (sql) {
  look(sql);
  return exec.call(this, sql);
};
