import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StudioError } from '../../../electron/domain/errors.ts';
import { aurocInterval, type Interval } from '../../../electron/domain/inspection/ranking.ts';
import { ensurePython } from '../python.ts';
import type { OddSet } from './measure.ts';

/** Of Anomalib, those that need no weights of others: the rest begin with a network trained on foreign photographs. */
export const anomalibModels = ['ganomaly', 'draem'] as const;
export type AnomalibModel = (typeof anomalibModels)[number];

/** Of training; as long as this project gives itself. */
const PROCESSOR_SECONDS = 300;

/** What a model of Anomalib made of one set. */
export interface BesideResult {
  readonly model: AnomalibModel;
  readonly set: string;
  readonly split: number;
  readonly interval: Interval;
  /** Begun within the time. */
  readonly epochs: number;
  readonly processorSeconds: number;
}

/**
 * Trains a model of Anomalib on a set's normal pictures, in an environment of its own, and tells its test pictures apart.
 * @throws StudioError `refused` with what Python said
 */
export async function measureBeside(
  model: AnomalibModel,
  { id, split, normal, odd }: OddSet,
  say: (line: string) => void,
): Promise<BesideResult> {
  const { python } = await ensurePython(say, {
    name: 'anomalib',
    requirements: join(import.meta.dirname, 'requirements-anomalib.txt'),
    gigabytes: 12,
    notice: ['It downloads Anomalib and PyTorch, about 4 GB with the CUDA packages that torch brings along.'],
  });
  const folder = await mkdtemp(join(tmpdir(), 'autoencoder-studio-beside-'));
  try {
    const { training, test } = normal;
    await writeFile(join(folder, 'trained.u8'), training.images.pixels);
    await writeFile(join(folder, 'tested.u8'), test.images.pixels);
    const told = { side: test.images.height, trained: training.images.count, tested: test.images.count };
    await writeFile(join(folder, 'set.json'), JSON.stringify(told));
    const script = join(import.meta.dirname, 'anomalib_beside.py');
    const { status, stderr } = spawnSync(python, [script, model, folder, String(PROCESSOR_SECONDS)], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    if (status !== 0) throw new StudioError('refused', `anomalib_beside.py, ${model}: ${stderr.slice(-2_000)}`);
    const { scores, epochs, processorSeconds } = JSON.parse(await readFile(join(folder, 'scores.json'), 'utf8')) as {
      scores: number[];
      epochs: number;
      processorSeconds: number;
    };
    const of = (is: number): number[] => scores.filter((_, at) => odd[at] === is);
    return { model, set: id, split, interval: aurocInterval(of(0), of(1)), epochs, processorSeconds };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
