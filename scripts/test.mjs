/**
 * `npm test [-- --long] [--serial] [--only lint|unit|python|ui] [-- arguments for the runner]`:
 * sets up all that the tests need, runs them all, and ends with one line that counts them.
 *
 * Suites run side by side, for they wait for kernels more than they compute; `--serial` runs
 * one after the other.
 */
import { argv } from 'node:process';
import { stripVTControlCharacters } from 'node:util';

import { build } from './build.mjs';
import { lint } from './lint.mjs';
import { Problem, complain, main, say, stage } from './machine/say.mjs';
import { setup } from './setup.mjs';
import { jest } from './test/jest.mjs';
import { playwright } from './test/playwright.mjs';
import { pytest } from './test/pytest.mjs';

const SUITES = {
  lint: { title: 'Lint and types', run: () => lint() },
  unit: { title: 'Unit tests (jest)', run: jest },
  python: { title: 'Python tests (pytest)', run: pytest },
  ui: { title: 'Browser tests (Playwright)', run: playwright }
};

/** Suites that run one after the other; the lanes run side by side. The last one's output is
 *  shown as it comes, that of the others when a suite has ended. */
const LANES = [['lint', 'python'], ['unit'], ['ui']];
/** With full counts unit tests load the machine on purpose: pages would run into their time limits beside them. */
const LONG_LANES = [
  ['lint', 'python'],
  ['ui', 'unit']
];

const REASON_LINES = 14;

function readArguments() {
  const [own, extra] = split(argv.slice(2), '--');
  const only = own.flatMap((word, index) => (own[index - 1] === '--only' ? word.split(',') : []));
  const unknown = only.filter(name => !(name in SUITES));
  if (unknown.length > 0) {
    throw new Problem(
      `--only takes ${Object.keys(SUITES).join(', ')}; ${unknown.join(', ')} is none of them.`
    );
  }
  return {
    long: own.includes('--long'),
    serial: own.includes('--serial'),
    suites: only.length > 0 ? only : Object.keys(SUITES),
    extra
  };
}

function split(words, separator) {
  const at = words.indexOf(separator);
  return at < 0 ? [words, []] : [words.slice(0, at), words.slice(at + 1)];
}

/** @returns `{ title, passed, failed, failures }` of each suite, a failure as `{ name, reason }`. */
async function runLane(names, options) {
  const results = [];
  for (const name of names) {
    const { title, run } = SUITES[name];
    say();
    const { passed, failed, failures = [], output = '' } = await stage(title, () => run(options));
    if (output) {
      say(output.trimEnd());
    }
    say(`  ${title}: ${passed} passed, ${failed} failed`);
    results.push({ title, passed, failed, failures });
  }
  return results;
}

/** Once more at the end, where it is seen: what came before is long. */
function tell({ name, reason = '' }) {
  const lines = stripVTControlCharacters(reason).trim().split('\n').slice(0, REASON_LINES);
  say(`FAILED ${name}`);
  lines.forEach(line => say(`  ${line.slice(0, 200)}`));
  say();
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

await main(async () => {
  const options = readArguments();
  // What tests read to choose their counts of kill points, property cases and soaks.
  process.env.JUPYTERLAB_RUNTIMES_TEST_LONG = options.long ? '1' : '';
  try {
    await setup();
    await build();
  } catch (error) {
    // The last line is there for programs too: what can't be built is one failure.
    complain(error instanceof Problem ? error.message : String(error.stack));
    say('0 passed, 1 failed');
    return 1;
  }
  const lanes = options.serial
    ? [options.suites]
    : (options.long ? LONG_LANES : LANES)
        .map(lane => lane.filter(name => options.suites.includes(name)))
        .filter(lane => lane.length > 0);
  const results = (
    await Promise.all(
      lanes.map((lane, index) => runLane(lane, { ...options, show: index === lanes.length - 1 }))
    )
  ).flat();
  const total = {
    passed: sum(results.map(({ passed }) => passed)),
    failed: sum(results.map(({ failed }) => failed))
  };
  const broken = results.filter(({ failed }) => failed > 0).map(({ title }) => title);
  say();
  results.forEach(({ failures }) => failures.forEach(tell));
  if (broken.length > 0) {
    say(
      `Failed in: ${broken.join('; ')}. Run one suite alone with --only ${Object.keys(SUITES).join(' | ')}.`
    );
  }
  say(`${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 ? 0 : 1;
});
