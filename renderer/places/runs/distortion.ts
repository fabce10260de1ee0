import type { Distortion } from '../../../electron/contract/sweep.ts';
import type { RunSummary } from '../../../electron/domain/words.ts';
import { toCsv } from '../../files/csv.ts';
import type { ErrorWords } from '../../widgets/error-unit.ts';
import type { Point } from './smoothing.ts';

/** One line of a distortion chart. */
export interface DistortionLine {
  readonly id: 'autoencoder' | 'pca' | 'quantised' | 'jpeg' | 'webp';
  readonly name: string;
  readonly points: readonly Point[];
}

const ascending = (points: readonly Point[]): readonly Point[] =>
  // A logarithmic axis has no place for zero, nor for what is not a number.
  points.filter(({ x, y }) => x > 0 && y > 0 && Number.isFinite(y)).sort((a, b) => a.x - b.x || a.y - b.y);

/** The same with its errors in the unit that was chosen: all runs are on one image set. */
export function distortionIn({ of }: Pick<ErrorWords, 'of'>, { images, runs, codecs }: Distortion): Distortion {
  return {
    images,
    runs: runs.map((run) => ({
      ...run,
      squaredError: of(run.squaredError),
      ...(run.pcaSquaredError === undefined ? {} : { pcaSquaredError: of(run.pcaSquaredError) }),
      quantisedSquaredError: of(run.quantisedSquaredError),
    })),
    codecs: codecs.map((codec) => ({ ...codec, squaredError: of(codec.squaredError) })),
  };
}

/** The error (y) against code size in units (x). */
export function errorBySize({ runs }: Distortion): readonly DistortionLine[] {
  const pca = new Map(
    runs.flatMap(({ codeSize, pcaSquaredError }) =>
      pcaSquaredError === undefined ? [] : [[codeSize, pcaSquaredError]],
    ),
  );
  return [
    {
      id: 'autoencoder',
      name: 'autoencoder',
      points: ascending(runs.map(({ codeSize, squaredError }) => ({ x: codeSize, y: squaredError }))),
    },
    { id: 'pca', name: 'PCA', points: ascending([...pca].map(([x, y]) => ({ x: x!, y: y! }))) },
  ];
}

/** The error (y) against bytes an image (x): the contact sheet's bytes, shared by its images. */
export function errorByBytes({ images, runs, codecs }: Distortion): readonly DistortionLine[] {
  const codec = (format: 'jpeg' | 'webp'): readonly Point[] =>
    ascending(
      codecs
        .filter((one) => one.format === format)
        .map(({ bytes, squaredError }) => ({ x: bytes / images, y: squaredError })),
    );
  return [
    {
      id: 'quantised',
      name: 'codes in 8 bits',
      points: ascending(runs.map((run) => ({ x: run.codeBytes / images, y: run.quantisedSquaredError }))),
    },
    { id: 'jpeg', name: 'JPEG', points: codec('jpeg') },
    { id: 'webp', name: 'WebP', points: codec('webp') },
  ];
}

/**
 * The error of a codec at as many bytes, between its two nearest measurements on logarithmic axes;
 * undefined outside of what was measured.
 * @param points ascending in x, all positive
 */
export function errorAtBytes(points: readonly Point[], bytes: number): number | undefined {
  const above = points.findIndex(({ x }) => x >= bytes);
  const right = points[above];
  if (!right) return undefined;
  if (right.x === bytes) return right.y;
  const left = points[above - 1];
  if (!left) return undefined;
  const share = Math.log(bytes / left.x) / Math.log(right.x / left.x);
  return left.y * (right.y / left.y) ** share;
}

/** All the numbers, one measurement a row; errors are squared errors per image, whatever they are shown in. */
export function distortionCsv({ images, runs, codecs }: Distortion, summaries: readonly RunSummary[]): string {
  const name = (runId: string) => summaries.find(({ id }) => id === runId)?.name ?? runId;
  const head = [
    'kind',
    'run',
    'code size',
    'quality',
    'bytes',
    'images',
    'bytes per image',
    'squared error per image',
    'squared error on all test images',
    'PCA squared error on all test images',
    'decoder bytes',
  ];
  return toCsv([
    head,
    ...runs.map((run) => [
      'codes in 8 bits',
      name(run.runId),
      run.codeSize,
      undefined,
      run.codeBytes,
      images,
      run.codeBytes / images,
      run.quantisedSquaredError,
      run.squaredError,
      run.pcaSquaredError,
      run.decoderBytes,
    ]),
    ...codecs.map(({ format, quality, bytes, squaredError }) => [
      format,
      undefined,
      undefined,
      quality,
      bytes,
      images,
      bytes / images,
      squaredError,
    ]),
  ]);
}
