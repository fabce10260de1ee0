import sharp from 'sharp';
import type { Experiment, ModelSpec } from '../../../electron/domain/experiment.ts';
import type { ModelProgress } from '../../../electron/contract/models.ts';
import type { ImageSet } from '../../../electron/dataset/image-set.ts';
import { buildNetwork } from '../../../electron/engine/network.ts';
import { RunFolder } from '../../../electron/files/run-folder.ts';
import { saveModel } from '../../../electron/model/weights-file.ts';
import { ImageSets } from '../../../electron/engine-process/image-sets.ts';
import { ModelService } from '../../../electron/engine-process/models/model-service.ts';
import { StagedFiles } from '../../../electron/engine-process/staged-files.ts';
import { setWeights, weightsByName } from '../../engine/samples.ts';

export const MODEL = { runId: 'a-run', weights: 'best' } as const;
export const AUTO = { invert: 'auto', centre: 'auto' } as const;

/** A run's files with best weights drawn from the seed. */
export async function saveRun(
  dataFolder: string,
  experiment: Experiment,
  options: { readonly seed?: number; readonly broken?: true } = {},
): Promise<RunFolder> {
  const run = RunFolder.under(dataFolder, MODEL.runId);
  const state = { version: 1, id: MODEL.runId, startedAt: '2026-01-01', status: 'finished', processId: 1 } as const;
  await run.create(experiment, state);
  await saveWeights(run, experiment.model, options.seed ?? 1, options.broken);
  return run;
}

export async function saveWeights(run: RunFolder, spec: ModelSpec, seed: number, broken = false): Promise<void> {
  const network = buildNetwork(spec, seed);
  try {
    if (broken) {
      const all = Object.entries(weightsByName(network));
      setWeights(network, Object.fromEntries(all.map(([name, values]) => [name, values.map(() => Number.NaN)])));
    }
    await saveModel(network, run.modelFolder('best'));
  } finally {
    network.dispose();
  }
}

export interface Desk {
  readonly service: ModelService;
  readonly staged: StagedFiles;
  readonly imageSets: ImageSets;
  /** Breaths taken so far. */
  readonly breaths: () => number;
  readonly told: readonly ModelProgress[];
}

/** A service over a data folder, with these sets beside MNIST. */
export function deskOver(dataFolder: string, ...sets: readonly ImageSet[]): Desk {
  const imageSets = new ImageSets(dataFolder);
  sets.forEach((set) => imageSets.add(set));
  const staged = new StagedFiles();
  let breaths = 0;
  const told: ModelProgress[] = [];
  const service = new ModelService({
    dataFolder,
    imageSets,
    staged,
    breathe: async () => void (breaths += 1),
    report: () => undefined,
    emit: (name, payload) => void (name === 'model:progressed' && told.push(payload as ModelProgress)),
    namesOf: async (_set, split, indices) => Array.from(indices, (index) => `${split} ${index}`),
  });
  return { service, staged, imageSets, breaths: () => breaths, told };
}

/** A PNG of one grey value, or of what a function of x and y gives. */
export async function png(
  width: number,
  height: number,
  value: number | ((x: number, y: number) => number),
): Promise<Uint8Array<ArrayBuffer>> {
  const at = typeof value === 'number' ? () => value : value;
  const pixels = Uint8Array.from({ length: width * height }, (_, index) =>
    at(index % width, Math.floor(index / width)),
  );
  return new Uint8Array(
    await sharp(pixels, { raw: { width, height, channels: 1 } })
      .png()
      .toBuffer(),
  );
}
