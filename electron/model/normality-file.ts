import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { StudioError } from '../domain/errors.ts';
import { evenings, scoreKinds, ScoreKindSchema, type ScoreKind } from '../domain/inspection/scores.ts';
import type { Normality } from '../engine/inspection/learn-normal.ts';
import type { SingleKind, Statistics, Window } from '../engine/inspection/score-picture.ts';
import { writeWhole } from '../files/atomic.ts';
import { JsonFile } from '../files/json-file.ts';
import { decodeSafetensors, safetensorsPieces, type StoredTensor } from '../files/safetensors.ts';
import { lineArrays, linesFrom } from './line-arrays.ts';
import { variationArrays, variationsFrom, type NamedArray } from './variation-arrays.ts';

const TENSORS_FILE = 'normality.safetensors';
const JSON_FILE = 'normality.json';

/** What a model folder holds besides the model once it has inspected pictures. */
export const normalityFiles: readonly string[] = [JSON_FILE, TENSORS_FILE];

const Count = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_536));
const single = v.picklist(scoreKinds.filter((kind): kind is SingleKind => kind !== 'combined'));
/** JSON has no NaN: what could not be measured is null. */
const Measured = v.nullable(v.number());
const WindowSchema = v.strictObject({ left: v.number(), top: v.number(), width: Count, height: Count });

const NormalitySchema = v.strictObject({
  /** Of the model's images: [height, width, channels]. */
  shape: v.strictTuple([Count, Count, v.picklist([1, 3])]),
  level: v.strictObject({ mean: v.number(), deviation: v.number() }),
  statistics: v.array(
    v.strictObject({
      kind: single,
      evening: v.picklist(evenings),
      pieces: v.exactOptional(
        v.strictObject({ side: Count, stride: Count, size: Count, columns: Count, rows: Count, local: v.boolean() }),
      ),
    }),
  ),
  parts: v.array(v.strictObject({ kind: single, mean: v.number(), deviation: v.number() })),
  madeFaults: v.record(v.string(), Measured),
  mapThresholds: v.record(v.string(), Measured),
  window: v.exactOptional(WindowSchema),
  /** The verdict: odd is what scores above the threshold. */
  verdict: v.strictObject({ score: ScoreKindSchema, threshold: v.number(), tiles: v.exactOptional(Count) }),
});

/** What is kept of normal pictures beside a model, and the verdict that it gives. */
export interface StoredNormality {
  readonly normality: Normality;
  readonly verdict: {
    readonly score: ScoreKind;
    readonly threshold: number;
    /** The side of the tiles, in pixels of large pictures, of whose worst the threshold is; absent where it is one of whole pictures. */
    readonly tiles?: number;
  };
  /** The part of each picture that counted. */
  readonly window?: Window;
}

/** What a score keeps of normal pictures, but for its arrays. */
export function describeStatistics({ kind, evening, pieces }: Statistics) {
  if (pieces === undefined) return { kind, evening };
  const { filters, columns, rows } = pieces;
  const { side, stride, local } = filters;
  return { kind, evening, pieces: { side, stride, columns, rows, local } };
}

/** Writes what is normal for a model into its folder: numbers as JSON, maps and codes as safetensors. */
export async function saveNormality(folder: string, { normality, verdict, window }: StoredNormality): Promise<void> {
  const { shape, level, parts, statistics, madeFaults, mapThresholds } = normality;
  await writeWhole(join(folder, TENSORS_FILE), safetensorsPieces(tensorsOf(normality)));
  await jsonFile(folder).write({
    shape: [shape[0], shape[1], shape[2] === 3 ? 3 : 1],
    level: { ...level },
    parts: [...parts],
    statistics: statistics.map((one) => {
      const { pieces, ...inWords } = describeStatistics(one);
      return { ...inWords, ...(pieces && { pieces: { ...pieces, size: one.pieces!.filters.size } }) };
    }),
    madeFaults: numbersOrNull(madeFaults),
    mapThresholds: numbersOrNull(mapThresholds),
    ...(window === undefined ? {} : { window }),
    verdict,
  });
}

/** Changes the verdict alone. Throws as `JsonFile.update`. */
export async function saveVerdict(folder: string, verdict: StoredNormality['verdict']): Promise<void> {
  await jsonFile(folder).update((known) => ({ ...known, verdict }));
}

/** What `saveNormality` wrote; nothing where there is none, or where it lacks one of the scores. @throws StudioError `bad-file` naming the file */
export async function loadNormality(folder: string): Promise<StoredNormality | undefined> {
  const stored = await jsonFile(folder).readIfThere();
  // What was learnt before a score was thought of is learnt again.
  if (stored === undefined || !knowsEveryScore(stored.statistics)) return undefined;
  const path = join(folder, TENSORS_FILE);
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new StudioError('bad-file', `${path}: expected what ${JSON_FILE} describes, found no such file.`, { cause });
  });
  const { tensors } = decodeSafetensors(bytes, path);
  const floats = (name: string): Float32Array => {
    const data = tensors[name]?.data;
    if (data instanceof Float32Array) return data;
    throw new StudioError(
      'bad-file',
      `${path}: expected "${name}" of type F32, found ${data === undefined ? 'none' : 'another'}.`,
    );
  };
  const statistics = stored.statistics.map((one): Statistics => {
    const { kind, evening, pieces } = one;
    if (kind === 'code-distance') {
      const mean = floats('code.mean');
      return { kind, evening, code: { size: mean.length, mean, whitening: floats('code.whitening') } };
    }
    if (kind === 'code-neighbours') return { kind, evening, known: floats('known') };
    if (kind === 'variations') return { kind, evening, variations: variationsFrom(floats, stored.shape) };
    if (kind === 'lines') return { kind, evening, lines: linesFrom(floats, stored.shape) };
    if (kind === 'spread-error' || kind === 'worst-spot') return { kind, evening, spread: floats(`${kind}.spread`) };
    if (kind !== 'pieces' || pieces === undefined) return { kind, evening };
    const { columns, rows, ...filters } = pieces;
    return {
      kind,
      evening,
      pieces: {
        columns,
        rows,
        filters: { ...filters, mean: floats('pieces.mean'), filters: floats('pieces.filters') },
        known: floats('pieces.known'),
        mean: floats('pieces.distance.mean'),
        deviation: floats('pieces.distance.deviation'),
      },
    };
  });
  const record = (of: (kind: ScoreKind) => number): Record<ScoreKind, number> =>
    Object.fromEntries(scoreKinds.map((kind) => [kind, of(kind)])) as Record<ScoreKind, number>;
  return {
    normality: {
      shape: stored.shape,
      level: stored.level,
      parts: stored.parts,
      statistics,
      madeFaults: record((kind) => stored.madeFaults[kind] ?? Number.NaN),
      mapThresholds: record((kind) => stored.mapThresholds[kind] ?? Number.NaN),
      heldOut: Object.fromEntries(scoreKinds.map((kind) => [kind, floats(`heldOut.${kind}`)])) as Normality['heldOut'],
    },
    verdict: stored.verdict,
    ...(stored.window === undefined ? {} : { window: stored.window }),
  };
}

function tensorsOf({ statistics, heldOut, shape: [height, width] }: Normality): Record<string, StoredTensor> {
  const tensors: Record<string, StoredTensor> = {};
  const add = (name: string, data: Float32Array | undefined, shape: readonly number[]): void => {
    if (data !== undefined) tensors[name] = { shape, data };
  };
  for (const { kind, spread, code, known, pieces, lines, variations } of statistics) {
    const addAll = (arrays: readonly NamedArray[]): void =>
      arrays.forEach(({ name, data, shape }) => add(name, data, shape));
    if (lines !== undefined) addAll(lineArrays(lines));
    if (variations !== undefined) addAll(variationArrays(variations, [height, width]));
    add(`${kind}.spread`, spread, [height, width]);
    if (code !== undefined) {
      add('code.mean', code.mean, [code.size]);
      add('code.whitening', code.whitening, [code.size, code.size]);
    }
    if (known !== undefined) add('known', known, [known.length]);
    if (pieces === undefined) continue;
    const { size, mean, filters } = pieces.filters;
    add('pieces.mean', mean, [mean.length]);
    add('pieces.filters', filters, [size, mean.length]);
    add('pieces.known', pieces.known, [
      pieces.rows,
      pieces.columns,
      pieces.known.length / (pieces.rows * pieces.columns * size),
      size,
    ]);
    add('pieces.distance.mean', pieces.mean, [pieces.rows, pieces.columns]);
    add('pieces.distance.deviation', pieces.deviation, [pieces.rows, pieces.columns]);
  }
  for (const kind of scoreKinds) add(`heldOut.${kind}`, heldOut[kind], [heldOut[kind].length]);
  return tensors;
}

const knowsEveryScore = (statistics: readonly { readonly kind: SingleKind }[]): boolean =>
  scoreKinds.every((kind) => kind === 'combined' || statistics.some((one) => one.kind === kind));

const jsonFile = (folder: string) => new JsonFile(join(folder, JSON_FILE), 1, NormalitySchema);

const numbersOrNull = (numbers: Readonly<Record<string, number>>): Record<string, number | null> =>
  Object.fromEntries(Object.entries(numbers).map(([name, number]) => [name, Number.isFinite(number) ? number : null]));
