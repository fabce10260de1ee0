// `npm run fuzz`: hands every reader of files thousands of damaged ones, each reader in a process of its own; then runs whole the tests
// that read a tenth of theirs elsewhere.
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runNode, tools } from '../../scripts/step.ts';
import type { FuzzOutcome } from './fuzz.ts';
import { readers } from './readers.ts';
import { FUZZ_VARIABLE } from './share.ts';
import { specReaders } from './spec-readers.ts';

const all = { ...readers, ...specReaders };
const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    reader: { type: 'string', multiple: true, default: Object.keys(all) },
  },
});
/** Longer for one input is a hang: HDF5's library is given up after ten seconds, four times at most for one file. */
const MOST_MS = 120_000;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** The outcome; a sentence where the process ended without one, or one input took too long. */
function fuzzed(name: string): Promise<FuzzOutcome | string> {
  return new Promise((resolve) => {
    const child = fork(join(import.meta.dirname, 'child.ts'), [name, values.inputs, values.seed], {
      execArgv: ['--no-warnings'],
    });
    let [at, outcome] = [-1, undefined as FuzzOutcome | undefined];
    const hung = setTimeout(() => child.kill('SIGKILL'), MOST_MS);
    child.on('message', (message: number | FuzzOutcome) => {
      hung.refresh();
      if (typeof message !== 'number') outcome = message;
      else {
        at = message;
        if (at > 0 && at % 1_000 === 0) process.stderr.write(`${name}: ${at.toLocaleString('en')} inputs\n`);
      }
    });
    child.on('exit', (status, signal) => {
      clearTimeout(hung);
      resolve(outcome ?? `ended by ${signal ?? `status ${status}`} at input ${at}`);
    });
  });
}

let failed = 0;
for (const name of values.reader) {
  if (!Object.hasOwn(all, name)) throw new Error(`--reader: expected one of ${Object.keys(all).join(', ')}.`);
  const outcome = await fuzzed(name);
  if (typeof outcome === 'string') {
    failed += 1;
    say(`${name}: ${outcome}`);
    continue;
  }
  const { inputs, read, peakBytes, seconds, slowestMs, problems } = outcome;
  const memory = peakBytes === undefined ? 'not measured' : `${(peakBytes / 2 ** 20).toFixed(1)} MB`;
  say(
    `${name}: ${inputs} inputs, ${read} read, ${inputs - read} refused, ${problems.length} problems; ` +
      `${seconds.toFixed(0)} s, slowest ${slowestMs.toFixed(0)} ms, most memory for one ${memory}`,
  );
  failed += problems.length;
  for (const problem of problems.slice(0, 10)) say(`  ${problem}`);
}
const named = values.reader.length < Object.keys(all).length;
const tests = ['dataset/idx-fuzz', 'dataset/import/fuzz', 'host/malformed'].map((name) => `test/${name}.test.ts`);
if (!named && (await runNode(tools.vitest, ['run', ...tests], { env: { [FUZZ_VARIABLE]: 'whole' } })) !== 0)
  failed += 1;
say(`seed ${values.seed}: ${failed === 0 ? 'no problems' : `${failed} problems`}`);
process.exitCode = failed === 0 ? 0 : 1;
