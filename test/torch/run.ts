// `npm run test:torch`: the trainee in PyTorch, on the processor, and every way a run through it can go.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { toErrorData } from '../../electron/domain/errors.ts';
import { ensurePython, type PythonNeeds } from '../bench/python.ts';
import { fewDigits } from './runs.ts';
import { scenarios } from './scenarios.ts';

const needs: PythonNeeds = {
  name: 'torch',
  requirements: join(import.meta.dirname, 'requirements.txt'),
  gigabytes: 9,
  notice: [
    'It downloads about 3 GB and takes 5.5 GB on disk. Most of that is CUDA packages, which torch brings along',
    'and cannot be imported without; nothing here uses a graphics card.',
  ],
};

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const seconds = (since: number): string => `${((performance.now() - since) / 1_000).toFixed(0)} s`;

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { only: { type: 'string' }, python: { type: 'string' } } });
  const wanted = Object.entries(scenarios).filter(([name]) => values.only === undefined || name.includes(values.only));
  const python = values.python ?? (await ensurePython(say, needs)).python;
  const folder = await mkdtemp(join(tmpdir(), 'studio-torch-'));
  const began = performance.now();
  let failed = 0;
  try {
    const set = await fewDigits();
    for (const [name, scenario] of wanted) {
      const start = performance.now();
      try {
        await scenario({ python, folder, set, say });
        say(`passed  ${name} (${seconds(start)})`);
      } catch (error) {
        failed += 1;
        say(`FAILED  ${name} (${seconds(start)}): ${toErrorData(error).message}`);
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  say(`${wanted.length - failed} passed, ${failed} failed: ${seconds(began)}`);
  return failed === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  const { message, detail } = toErrorData(error);
  say([message, ...(detail === undefined ? [] : [detail])].join('\n'));
  process.exitCode = 1;
}
