// `npm run test:cluster`: a real Ray cluster of two nodes on this machine, and every way a run on it can go.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { toErrorData } from '../../../electron/domain/errors.ts';
import { ensurePython, type PythonNeeds } from '../../bench/python.ts';
import { RealCluster } from './cluster.ts';
import { writeFewDigits } from './images.ts';
import { scenarios, type Around } from './scenarios.ts';

const needs: PythonNeeds = {
  name: 'cluster',
  requirements: join(import.meta.dirname, 'requirements.txt'),
  gigabytes: 10,
  notice: [
    'It downloads about 3 GB and takes 6 GB on disk. Most of that is CUDA packages, which torch brings along',
    'and cannot be imported without; nothing here uses a graphics card.',
  ],
};

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const seconds = (since: number): string => `${((performance.now() - since) / 1_000).toFixed(0)} s`;

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  const wanted = Object.entries(scenarios).filter(([name]) => values.only === undefined || name.includes(values.only));
  const { python } = await ensurePython(say, needs);
  const folder = await mkdtemp(join(tmpdir(), 'studio-ray-'));
  const began = performance.now();
  let cluster: RealCluster | undefined;
  let most = 0;
  let failed = 0;
  try {
    await writeFewDigits(join(folder, 'digits'));
    await mkdir(join(folder, 'config'));
    cluster = await RealCluster.start(python, folder);
    say(`Two nodes are up after ${seconds(began)}: ${cluster.address}`);
    const running = cluster;
    const watch = setInterval(() => (most = Math.max(most, running.memoryBytes())), 2_000);
    const around: Around = { cluster, python, folder, say };
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
    clearInterval(watch);
  } finally {
    await cluster?.close();
    await rm(folder, { recursive: true, force: true });
  }
  say(
    `${wanted.length - failed} passed, ${failed} failed: ${seconds(began)}, ${(most / 1e9).toFixed(1)} GB at the cluster's peak`,
  );
  return failed === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  const { message, detail } = toErrorData(error);
  say([message, ...(detail === undefined ? [] : [detail])].join('\n'));
  process.exitCode = 1;
}
