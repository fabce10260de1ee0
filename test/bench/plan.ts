import type { ImportName } from './import-race.ts';
import { type Job, type JobKind, type JobOptions, makeJob } from './jobs.ts';
import { type SweepName } from './results.ts';

/** One thing to measure, under the name by which `--only` asks for it. */
export type Task = { readonly only: string } & (
  | { readonly kind: 'job'; readonly job: Job; readonly encode: boolean; readonly prepareAgain: boolean }
  | { readonly kind: 'quality'; readonly job: Job; readonly times: number }
  | { readonly kind: 'import'; readonly name: ImportName; readonly count: number; readonly rounds: number }
  | { readonly kind: 'sweep'; readonly job: Job; readonly sweep: SweepName; readonly value: number | string }
);

export const TARGET_MSE = 0.004;

/** Every name that `--only` knows. */
export const taskNames = [
  'article',
  'modern',
  'deep',
  'conv',
  'vae',
  'quality',
  'import',
  'batch',
  'width',
  'size',
  'convolution',
] as const;

/** What to measure, the most telling first: a quick run may end before the last. */
export function plan(quick: boolean, only: readonly string[]): readonly Task[] {
  const quality: Task = { only: 'quality', kind: 'quality', job: makeJob('modern'), times: quick ? 1 : 3 };
  const jobs = [task('modern'), task('conv', { batch: 128 }), quality, task('article'), task('vae'), task('deep')];
  const tasks = [...jobs, ...imports(quick), ...(quick && !only.length ? [] : [task('conv'), ...sweeps()])];
  return only.length ? tasks.filter((one) => only.includes(one.only)) : tasks;
}

function task(kind: JobKind, options: JobOptions = {}): Task {
  const modern = kind === 'modern';
  const encode = modern || (kind === 'conv' && options.batch === 128);
  return { only: kind, kind: 'job', job: makeJob(kind, options), encode, prepareAgain: modern };
}

/** Fewer pictures in a quick run: torchvision decodes some two 12-megapixel photographs a second. */
function imports(quick: boolean): readonly Task[] {
  const one = (name: ImportName, count: number, rounds: number): Task => ({
    only: 'import',
    kind: 'import',
    name,
    count,
    rounds,
  });
  return quick
    ? [one('small-png', 4_000, 3), one('small-photographs', 1_000, 3), one('photographs', 48, 2)]
    : [one('small-png', 10_000, 7), one('small-photographs', 1_000, 7), one('photographs', 60, 3)];
}

function sweeps(): readonly Task[] {
  const point = (sweep: SweepName, value: number, options: JobOptions): Task => ({
    only: sweep,
    kind: 'sweep',
    sweep,
    value,
    job: makeJob('modern', options),
  });
  return [
    ...[64, 256, 1_024, 4_096].map((batch) => point('batch', batch, { batch })),
    ...[0.5, 1, 2, 4].map((width) => point('width', width, { width })),
    ...([28, 64, 128] as const).map((side) => point('size', side, { side })),
    ...convolutions(),
  ];
}

/** Small batches are what small sets need, large images what people bring. */
function convolutions(): readonly Task[] {
  const images = [
    { words: '28² grey', side: 28, channels: 1 },
    { words: '64² grey', side: 64, channels: 1 },
    { words: '128² RGB', side: 128, channels: 3 },
  ] as const;
  return images.flatMap(({ words, side, channels }) =>
    [16, 128].map((batch): Task => ({
      only: 'convolution',
      kind: 'sweep',
      sweep: 'convolution',
      value: `${words}, batch ${batch}`,
      job: makeJob('conv', { side, channels, batch }),
    })),
  );
}
