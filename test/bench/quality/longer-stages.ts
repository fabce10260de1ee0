import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrainingSpec } from '../../../electron/domain/experiment.ts';
import { writeJson } from '../../../electron/files/atomic.ts';
import type { LikelihoodFigures } from './likelihood.ts';

/** The preset that is trained for longer. */
export const LONGER = 'variational-conv';

export interface Stage {
  readonly training: Pick<TrainingSpec, 'seed' | 'learningRate' | 'batchSize' | 'epochs' | 'betaWarmupEpochs'> &
    Partial<TrainingSpec>;
  /** Slanted copies of each training image beside it. */
  readonly copies: number;
}

const further = { batchSize: 64, betaWarmupEpochs: 0 } as const;

/** Each begins with the last weights of the one before. */
export const stages: readonly Stage[] = [
  { training: { seed: 1, batchSize: 128, learningRate: 0.004, epochs: 80, betaWarmupEpochs: 2 }, copies: 0 },
  { training: { ...further, seed: 2, learningRate: 0.003, epochs: 90 }, copies: 0 },
  { training: { ...further, seed: 3, learningRate: 0.0015, epochs: 10, validationCount: 200 }, copies: 8 },
  {
    training: { ...further, seed: 4, learningRate: 0.0006, epochs: 5, validationCount: 200, importanceSamples: 3 },
    copies: 2,
  },
];

/** What came of a stage. */
export interface StageResult {
  readonly steps: number;
  readonly minutes: number;
}

export interface LongerResult {
  readonly stages: readonly StageResult[];
  readonly samples: number;
  readonly figures: LikelihoodFigures;
  /** Written by hand: what was otherwise than this bench does it. */
  readonly remark?: string;
}

const longerFile = join(import.meta.dirname, '..', '..', '..', 'docs', 'quality-longer.json');

export function readLonger(file = longerFile): LongerResult | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as LongerResult) : undefined;
}

export const writeLonger = (result: LongerResult): Promise<void> => writeJson(longerFile, result);

/** A chapter of docs/quality.md; nothing where it was not run. */
export function longerLines(result: LongerResult | undefined): readonly string[] {
  if (result === undefined) return [];
  const { samples, figures } = result;
  const nats = (value: number | undefined): string => value?.toFixed(2) ?? 'not run';
  return [
    '',
    '## Trained longer',
    '',
    `\`${LONGER}\`, trained by \`npm run bench:longer\` in ${stages.length} stages, each from the last weights of the one before. Slanted copies are made of`,
    'the training images: turned and slanted by some degrees, with their extent and their grey levels kept.',
    '',
    '| stage | images | epochs | batch size | learning rate | samples an image | steps | minutes |',
    '|---|---|---|---|---|---|---|---|',
    ...stages.map(({ training, copies }, index) => {
      const { epochs, batchSize, learningRate, importanceSamples = 1 } = training;
      const images =
        copies === 0 ? 'training images' : `and ${copies} slanted ${copies === 1 ? 'copy' : 'copies'} of each`;
      const { steps, minutes } = result.stages[index] ?? { steps: 0, minutes: 0 };
      const cells = [index + 1, images, epochs, batchSize, learningRate, importanceSamples, steps, minutes.toFixed(0)];
      return `| ${cells.join(' | ')} |`;
    }),
    '',
    `The 10,000 test images, ${samples} samples each: **−ELBO ${nats(figures.negativeElbo)}, NLL ${nats(figures.negativeLogLikelihood)}** nats with N(0, 1);`,
    `${nats(figures.fittedNegativeElbo)} and ${nats(figures.fittedNegativeLogLikelihood)} with the fitted prior. Published for convolutions: 86.47 and 81.02. Minutes are as they were, on`,
    'a machine that others used at the same time.',
    ...(result.remark === undefined ? [] : [result.remark]),
  ];
}
