import { FIT, IMAGE_FOLDER, JAX, KERAS, OURS, PEERS, PILLOW, TORCH } from './entrants.ts';
import type { ImportName } from './import-race.ts';
import type { Entry } from './rounds.ts';
import type { JobResult, Results, SweepPoint } from './results.ts';

/** One line of the table of targets. */
export interface Verdict {
  readonly measure: string;
  readonly mustReach: string;
  readonly found: string;
  /** Absent where it was not measured. */
  readonly reached?: boolean;
}

type Figure = (entry: Entry) => number | undefined;

const speed: Figure = (entry) => entry.stepsPerSecond?.median;
const encoded: Figure = (entry) => entry.encodedPerSecond?.median;

/** Seconds within which the curve must have its first point: in a process that has trained nothing yet, and after that. */
const FIRST_POINT_SECONDS = { cold: 2.5, warm: 2 };

/** Seconds for a thousand small photographs. */
const THOUSAND_SECONDS = 3;

/** Bytes resident at most while the modern recipe trains. */
const MOST_BYTES = 600e6;

const pictureWords: Readonly<Record<ImportName, string>> = {
  'small-png': 'importing small PNG files',
  'small-photographs': 'importing JPEG files of 400 × 300',
  photographs: 'importing 12-megapixel JPEG files',
};

/** What the benchmark is there to show, each with what was found. */
export function judge(results: Results): readonly Verdict[] {
  const job = (kind: string, batch = 256): JobResult | undefined =>
    results.jobs.find((one) => one.kind === kind && one.batch === batch);
  const modern = job('modern');
  return [
    ...(['article', 'modern'] as const).flatMap((kind) => [
      against(`${kind}, steps/s`, job(kind), [JAX], 1, speed),
      against(`${kind}, steps/s`, job(kind), [TORCH], 2, speed),
      against(`${kind}, steps/s`, job(kind), [KERAS], 2, speed),
      against(`${kind}, steps/s`, job(kind), [FIT], 5, speed),
    ]),
    against('deep 784-1000-500-250-30, steps/s', job('deep'), PEERS, 1, speed),
    against('convolutional, batch 128, steps/s', job('conv', 128), PEERS, 1.2, speed),
    against('convolutional, batch 256, steps/s', job('conv'), PEERS, 1.2, speed),
    against('variational, 20-D code, steps/s', job('vae'), PEERS, 1, speed),
    ...results.sweeps.flatMap((point) => sweepVerdict(point) ?? []),
    against('encoding 70,000 images, modern', modern, PEERS, 1, encoded),
    against('encoding 70,000 images, convolutional', job('conv', 128), PEERS, 1, encoded),
    memory(modern),
    ...[TORCH, KERAS].map((name) => memoryBelow(modern, name)),
    quality(results),
    firstPoint(modern, 'cold', (entry) => entry.prepareSeconds),
    firstPoint(modern, 'warm', (entry) => entry.prepareAgainSeconds),
    importing(results, 'small-png', PILLOW, 2),
    importing(results, 'small-png', IMAGE_FOLDER, 1),
    thousandImported(results, 'small-photographs'),
    importing(results, 'photographs', PILLOW, 1.5),
    importing(results, 'photographs', IMAGE_FOLDER, 1),
  ];
}

/** Ours over the best of `names`, for a figure of which more is better. */
function against(
  measure: string,
  job: JobResult | undefined,
  names: readonly string[],
  least: number,
  figure: Figure,
): Verdict {
  const rivals = names.length === 1 ? names[0]! : 'the best peer';
  const mustReach = `≥ ${least} × ${rivals}`;
  const ours = figureOf(job, OURS, figure);
  const theirs = names.flatMap((name) => {
    const value = figureOf(job, name, figure);
    return value === undefined ? [] : [{ name, value }];
  });
  const best = theirs.toSorted((a, b) => b.value - a.value)[0];
  if (ours === undefined || best === undefined) return { measure, mustReach, found: 'not measured' };
  const ratio = ours / best.value;
  return { measure, mustReach, found: `${ratio.toFixed(2)} × ${best.name}`, reached: ratio >= least };
}

function memoryBelow(job: JobResult | undefined, name: string): Verdict {
  const [measure, mustReach] = ['peak memory, modern', `below ${name}`];
  const ours = figureOf(job, OURS, (entry) => entry.peakBytes);
  const theirs = figureOf(job, name, (entry) => entry.peakBytes);
  if (ours === undefined || theirs === undefined) return { measure, mustReach, found: 'not measured' };
  const found = `${(ours / 1e6).toFixed(0)} MB against ${(theirs / 1e6).toFixed(0)} MB`;
  return { measure, mustReach, found, reached: ours < theirs };
}

function quality({ quality: measured }: Results): Verdict {
  const [measure, mustReach] = ['time to validation MSE 0.0040, modern', 'less than every peer'];
  const seconds = (name: string): number | undefined => {
    const entry = measured?.entries.find((one) => one.contender === name);
    return entry?.problem === undefined ? entry?.seconds?.median : undefined;
  };
  const ours = seconds(OURS);
  const theirs = PEERS.flatMap((name) => seconds(name) ?? []);
  if (ours === undefined || !theirs.length) return { measure, mustReach, found: 'not measured' };
  const best = Math.min(...theirs);
  return { measure, mustReach, found: `${ours.toFixed(1)} s; best peer ${best.toFixed(1)} s`, reached: ours < best };
}

function memory(job: JobResult | undefined): Verdict {
  const [measure, mustReach] = ['peak memory, modern', `at most ${MOST_BYTES / 1e6} MB`];
  const ours = figureOf(job, OURS, (entry) => entry.peakBytes);
  if (ours === undefined) return { measure, mustReach, found: 'not measured' };
  return { measure, mustReach, found: `${(ours / 1e6).toFixed(0)} MB`, reached: ours <= MOST_BYTES };
}

/** Those points of sweeps that something must be reached at. */
function sweepVerdict(point: SweepPoint): Verdict | undefined {
  if (point.sweep === 'convolution') return against(`convolutional, ${point.value}`, point, PEERS, 1.2, speed);
  if (point.sweep === 'batch' && point.value === 1_024) return against('modern, batch 1,024', point, [JAX], 1, speed);
  return undefined;
}

function firstPoint(job: JobResult | undefined, engine: keyof typeof FIRST_POINT_SECONDS, figure: Figure): Verdict {
  const most = FIRST_POINT_SECONDS[engine];
  const [measure, mustReach] = [`request to first loss, ${engine} engine, modern`, `under ${most} s`];
  const ours = figureOf(job, OURS, figure);
  if (ours === undefined) return { measure, mustReach, found: 'not measured' };
  return { measure, mustReach, found: `${ours.toFixed(2)} s`, reached: ours < most };
}

function importing(results: Results, name: ImportName, rival: string, least: number): Verdict {
  const measure = pictureWords[name];
  const mustReach = `≥ ${least} × ${rival}`;
  const entries = results.imports.find((one) => one.name === name)?.entries;
  const [ours, theirs] = [OURS, rival].map(
    (contender) => entries?.find((entry) => entry.contender === contender)?.perSecond?.median,
  );
  if (ours === undefined || theirs === undefined) return { measure, mustReach, found: 'not measured' };
  return { measure, mustReach, found: `${(ours / theirs).toFixed(2)} ×`, reached: ours / theirs >= least };
}

function thousandImported(results: Results, name: ImportName): Verdict {
  const [measure, mustReach] = [`${pictureWords[name]}, 1,000`, `at most ${THOUSAND_SECONDS} s`];
  const entries = results.imports.find((one) => one.name === name)?.entries;
  const rate = entries?.find(({ contender }) => contender === OURS)?.perSecond?.median;
  if (rate === undefined) return { measure, mustReach, found: 'not measured' };
  const seconds = 1_000 / rate;
  return { measure, mustReach, found: `${seconds.toFixed(1)} s`, reached: seconds <= THOUSAND_SECONDS };
}

function figureOf(job: JobResult | undefined, name: string, figure: Figure): number | undefined {
  const entry = job?.entries.find((one) => one.contender === name);
  return entry && figure(entry);
}
