import { join } from 'node:path';
import type { Normality } from '../../../engine/inspection/learn-normal.ts';
import type { Statistics } from '../../../engine/inspection/score-picture.ts';
import { writeJson, writeWhole } from '../../../files/atomic.ts';
import { encodeNpy } from '../../../files/npy.ts';
import { variationArrays, type NamedArray } from '../../variation-arrays.ts';
import { describeStatistics, type StoredNormality } from '../../normality-file.ts';

/**
 * Writes the verdict's rule and what it needs of normal pictures: inspection/rule.json and one NumPy array a file beside it, of the
 * chosen score only (of the combined one, of its parts).
 */
export async function writeRule(folder: string, { normality, verdict, window }: StoredNormality): Promise<void> {
  const kinds = verdict.score === 'combined' ? normality.parts.map(({ kind }) => kind) : [verdict.score];
  const statistics = normality.statistics.filter(({ kind }) => kinds.includes(kind));
  const inner = join(folder, 'inspection');
  await writeJson(join(inner, 'rule.json'), {
    score: verdict.score,
    threshold: verdict.threshold,
    level: normality.level,
    parts: verdict.score === 'combined' ? normality.parts : [],
    statistics: statistics.map(describeStatistics),
    ...(window === undefined ? {} : { window }),
  });
  for (const { name, shape, data } of statistics.flatMap((one) => arraysOf(one, normality))) {
    await writeWhole(join(inner, `${name}.npy`), encodeNpy(data, shape));
  }
}

function arraysOf(
  { kind, spread, code, known, pieces, variations }: Statistics,
  { shape: [height, width] }: Normality,
) {
  const arrays: NamedArray[] = [];
  if (spread !== undefined) arrays.push({ name: `${kind}-spread`, shape: [height, width], data: spread });
  if (code !== undefined) {
    arrays.push({ name: 'code-mean', shape: [code.size], data: code.mean });
    arrays.push({ name: 'code-whitening', shape: [code.size, code.size], data: code.whitening });
  }
  if (known !== undefined) arrays.push({ name: 'known', shape: [known.length], data: known });
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
