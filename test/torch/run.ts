// `npm run test:torch`: the trainee in PyTorch, on the processor or another device, and every way a run through it can go.
// With --speed: how quick it is, and nothing else.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { DeviceNameSchema } from '../../electron/contract/torch.ts';
import { StudioError, toErrorData } from '../../electron/domain/errors.ts';
import { ensurePython, type PythonNeeds } from '../bench/python.ts';
import { fewDigits, type Around } from './runs.ts';
import { scenarios } from './scenarios.ts';
import { measureSpeed } from './speed.ts';

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
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      python: { type: 'string' },
      device: { type: 'string', default: 'cpu' },
      speed: { type: 'boolean', default: false },
    },
  });
  const device = values.device.replace(/^torch-/, '');
  if (!v.is(DeviceNameSchema, device)) {
    throw new StudioError('bad-request', `--device: expected torch-cpu, cuda, mps, xpu or cuda:1, found ${device}.`);
  }
  const wanted = Object.entries(scenarios).filter(([name]) => values.only === undefined || name.includes(values.only));
  const python = values.python ?? (await ensurePython(say, needs)).python;
  const folder = await mkdtemp(join(tmpdir(), 'studio-torch-'));
  const began = performance.now();
  let failed = 0;
  try {
    const set = await fewDigits();
    const around: Around = { python, device, folder, set, say };
    if (values.speed) {
      await measureSpeed(around);
      return 0;
    }
    for (const [name, scenario] of wanted) {
      const start = performance.now();
      try {
        await scenario(around);
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
