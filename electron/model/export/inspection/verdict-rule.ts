import { join } from 'node:path';
import type { Evening } from '../../../domain/inspection/scores.ts';
import type { Level } from '../../../engine/inspection/evening.ts';
import type { Normality, Part } from '../../../engine/inspection/learn-normal.ts';
import type { SingleKind, Statistics } from '../../../engine/inspection/score-picture.ts';
import { writeJson } from '../../../files/atomic.ts';
import { lineArrays } from '../../line-arrays.ts';
import { variationArrays, type NamedArray } from '../../variation-arrays.ts';
import { describeStatistics, type StoredNormality } from '../../normality-file.ts';

/** The verdict as every format carries it: a rule in JSON, and arrays by name of what is normal. */
export interface VerdictRule {
  readonly rule: {
    readonly score: StoredNormality['verdict']['score'];
    /** A picture is odd whose score is above it. */
    readonly threshold: number;
    /** The side of the tiles, in pixels of a large picture, by whose worst it is judged; absent for whole pictures. */
    readonly tiles?: number;
    /** Above it a map's value is odd; null for scores that do not say where. */
    readonly mapThreshold: number | null;
    readonly level: Level;
    /** Of the combined score; none of others. */
    readonly parts: readonly Part[];
    readonly statistics: readonly ReturnType<typeof describeStatistics>[];
    /** The part of each picture that counts, in pixels of the model's images. */
    readonly window?: StoredNormality['window'];
  };
  readonly arrays: readonly NamedArray[];
}

/** Of the chosen score only; of the combined one, of its parts. */
export function verdictRule({ normality, verdict, window }: StoredNormality): VerdictRule {
  const kinds = verdict.score === 'combined' ? normality.parts.map(({ kind }) => kind) : [verdict.score];
  const statistics = normality.statistics.filter(({ kind }) => kinds.includes(kind));
  const mapThreshold = normality.mapThresholds[verdict.score];
  return {
    rule: {
      score: verdict.score,
      threshold: verdict.threshold,
      ...(verdict.tiles === undefined ? {} : { tiles: verdict.tiles }),
      mapThreshold: Number.isFinite(mapThreshold) ? mapThreshold : null,
      level: normality.level,
      parts: verdict.score === 'combined' ? normality.parts : [],
      statistics: statistics.map(describeStatistics),
      ...(window === undefined ? {} : { window }),
    },
    arrays: statistics.flatMap((one) => arraysOf(one, normality)),
  };
}

/** inspection/rule.json: the rule for people, and for scripts that look up the threshold. */
export const writeRule = (folder: string, { rule }: VerdictRule): Promise<void> =>
  writeJson(join(folder, 'inspection', 'rule.json'), rule);

/** The score and the evening of each of a rule's parts. */
export type RuleStatistics = { readonly kind: SingleKind; readonly evening: Evening } & ReturnType<
  typeof describeStatistics
>;

function arraysOf(
  { kind, spread, code, known, pieces, lines, variations }: Statistics,
  { shape: [height, width] }: Normality,
) {
  const arrays: NamedArray[] = [];
  if (spread !== undefined) arrays.push({ name: `${kind}-spread`, shape: [height, width], data: spread });
  if (code !== undefined) {
    arrays.push({ name: 'code-mean', shape: [code.size], data: code.mean });
    arrays.push({ name: 'code-whitening', shape: [code.size, code.size], data: code.whitening });
  }
  if (known !== undefined) arrays.push({ name: 'known', shape: [known.length], data: known });
  if (lines !== undefined) arrays.push(...lineArrays(lines));
  if (variations !== undefined) arrays.push(...variationArrays(variations, [height, width]));
  if (pieces === undefined) return arrays;
  const { rows, columns, filters } = pieces;
  const { size, mean } = filters;
  const count = pieces.known.length / (rows * columns * size);
  arrays.push({ name: 'pieces-mean', shape: [mean.length], data: mean });
  arrays.push({ name: 'pieces-filters', shape: [size, mean.length], data: filters.filters });
  arrays.push({ name: 'pieces-known', shape: [rows, columns, count, size], data: pieces.known });
  arrays.push({ name: 'pieces-distance-mean', shape: [rows, columns], data: pieces.mean });
  arrays.push({ name: 'pieces-distance-deviation', shape: [rows, columns], data: pieces.deviation });
  return arrays;
}
