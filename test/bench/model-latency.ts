// node test/bench/model-latency.ts [preset]: how long a person waits for a trained model, through the engine's own process.
// Prints one JSON object, in milliseconds; the weights are as they were drawn, which costs the same time.
import { loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { launchEngine } from '../../electron/cli/launch-engine.ts';
import type { Answer, EngineChannel, Request } from '../../electron/contract/contract.ts';
import { unwrap } from '../../electron/domain/errors.ts';
import { presetExperiment, presets } from '../../electron/domain/presets.ts';
import { buildNetwork } from '../../electron/engine/network.ts';
import { RunFolder } from '../../electron/files/run-folder.ts';
import { EngineProcess } from '../../electron/host/engine-process.ts';
import { saveModel } from '../../electron/model/weights-file.ts';
import { temporaryFolder } from '../app/harness/app.ts';
import { normal, randomFrom } from '../random.ts';

const preset = presets.find(({ id }) => id === (process.argv[2] ?? 'map-2d')) ?? presets[0]!;
const model = { runId: 'bench', weights: 'best' } as const;
const options = { invert: 'auto', centre: 'auto' } as const;
const random = randomFrom(1);

async function saveRun(dataFolder: string): Promise<number> {
  const experiment = presetExperiment(preset, 'mnist', [28, 28, 1]);
  const run = RunFolder.under(dataFolder, model.runId);
  const startedAt = new Date().toISOString();
  await run.create(experiment, { version: 1, id: model.runId, startedAt, status: 'finished', processId: process.pid });
  const network = buildNetwork(experiment.model, 1);
  await saveModel(network, run.modelFolder('best'));
  network.dispose();
  return experiment.model.code.size;
}

/** Pictures of a drawn stroke: what a person drops. */
async function pictures(folder: string, count: number, side: number, kind: 'png' | 'jpeg'): Promise<string[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const point = (): string => `${Math.round(side * random())} ${Math.round(side * random())}`;
      const stroke = `<path d="M ${point()} Q ${point()} ${point()} T ${point()}" fill="none" stroke="#223" stroke-width="${side / 14}"/>`;
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}"><rect width="100%" height="100%" fill="#eee"/>${stroke}</svg>`;
      const path = join(folder, `${kind}-${side}-${index}.${kind}`);
      await sharp(Buffer.from(svg)).toFormat(kind).toFile(path);
      return path;
    }),
  );
}

async function elapsed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** Median, 95th percentile and longest of some runs. */
async function spread(runs: number, work: (run: number) => Promise<unknown>) {
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) times.push(await elapsed(() => work(run)));
  times.sort((a, b) => a - b);
  const at = (share: number): number => rounded(times[Math.min(runs - 1, Math.floor(share * runs))]!);
  return { p50: at(0.5), p95: at(0.95), most: at(1) };
}

const rounded = (value: number): number => Number(value.toFixed(1));

async function measure(engine: EngineProcess, folder: string, codeSize: number) {
  const call = async <C extends EngineChannel>(channel: C, request: Request<C>): Promise<Answer<C>> =>
    unwrap(await engine.call(channel, request));
  const staged = async (id: string, paths: string[]) => call('engine:stage', { staged: id, paths });
  const reconstruct = (id: string, first: number, count: number) =>
    call('model:reconstruct', {
      model,
      source: { kind: 'staged', staged: id, first, count },
      options,
      neighbours: 8,
    });
  const codes = (count: number): Float32Array<ArrayBuffer> =>
    Float32Array.from({ length: count * codeSize }, () => 2 * normal(random));
  await call('engine:describe', {});
  const open = rounded(await elapsed(() => call('model:open', { model })));
  const encodeTraining = rounded(await elapsed(() => call('model:codes', { model, split: 'training' })));
  const encodeTest = rounded(await elapsed(() => call('model:codes', { model, split: 'test' })));
  const mapOfTest = rounded(await elapsed(() => call('model:measures', { model, split: 'test' })));

  const single = await pictures(folder, 51, 400, 'png');
  const drop = async (run: number): Promise<void> => {
    await staged('one', [single[run + 1]!]);
    await reconstruct('one', 0, 1);
  };
  await drop(-1);
  const droppedPicture = await spread(50, drop);

  const dropMany = async (paths: string[]): Promise<number> =>
    rounded(
      await elapsed(async () => {
        await staged('many', paths);
        for (let first = 0; first < paths.length; first += 64) await reconstruct('many', first, 64);
      }),
    );
  const thousandSmall = await dropMany(await pictures(folder, 1_000, 64, 'png'));
  const thousandJpeg = await dropMany(await pictures(folder, 1_000, 400, 'jpeg'));

  const decode = (count: number) => call('model:decode', { model, codes: codes(count) });
  await decode(1);
  const underTheCursor = await spread(200, () => decode(1));
  const manifold64 = await spread(10, () => decode(4_096));
  return {
    open,
    encodeTraining,
    encodeTest,
    mapOfTest,
    droppedPicture,
    thousandSmall,
    thousandJpeg,
    underTheCursor,
    manifold64,
  };
}

const folder = await temporaryFolder();
const entry = resolve(import.meta.dirname, '../../electron/engine-process/engine-entry.ts');
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const engine = new EngineProcess(() => launchEngine(entry, folder.path, undefined), say);
try {
  const codeSize = await saveRun(folder.path);
  const before = rounded(loadavg()[0]!);
  const times = await measure(engine, folder.path, codeSize);
  process.stdout.write(`${JSON.stringify({ preset: preset.id, loadBefore: before, ...times }, null, 2)}\n`);
} finally {
  await engine.close();
  await folder.remove();
}
