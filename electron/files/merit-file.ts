import { join } from 'node:path';
import * as v from 'valibot';
import type { Merit } from '../contract/models.ts';
import { JsonFile } from './json-file.ts';
import type { RunFolder } from './run-folder.ts';

/** Raised when what is computed changes, so that older files are not read. */
const VERSION = 1;

const Share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const FiguresSchema = v.strictObject({
  neighbourAccuracy: v.exactOptional(Share),
  /** JSON has no NaN. */
  trustworthiness: v.nullable(v.pipe(v.number(), v.minValue(-1), v.maxValue(1))),
  silhouette: v.exactOptional(v.pipe(v.number(), v.minValue(-1), v.maxValue(1))),
});
const EntrySchema = v.strictObject({
  /** Of the weights and the images. */
  fingerprint: v.string(),
  model: FiguresSchema,
  pca: FiguresSchema,
  sampled: v.pipe(v.number(), v.integer(), v.minValue(0)),
});
/** merit.json: the figures of the best weights and of the last. */
const MeritSchema = v.strictObject({
  /** What the run itself has measured of its best weights. */
  neighbours: v.exactOptional(v.strictObject({ fingerprint: v.string(), accuracy: Share })),
  best: v.exactOptional(EntrySchema),
  last: v.exactOptional(EntrySchema),
});
type Figures = v.InferOutput<typeof FiguresSchema>;
export type Weights = 'best' | 'last';

/** The figures kept with a run, where they are of these weights and images; a damaged file counts as none. */
export async function readMerit(run: RunFolder, weights: Weights, fingerprint: string): Promise<Merit | undefined> {
  const stored = await fileOf(run)
    .readIfThere()
    .catch(() => undefined);
  const entry = stored?.[weights];
  if (entry?.fingerprint !== fingerprint) return undefined;
  const { model, pca, sampled } = entry;
  const withNaN = ({ trustworthiness, ...others }: Figures) => ({
    ...others,
    trustworthiness: trustworthiness ?? Number.NaN,
  });
  return { model: withNaN(model), pca: withNaN(pca), sampled };
}

/** Throws as `writeJson`. */
export async function writeMerit(run: RunFolder, weights: Weights, fingerprint: string, merit: Merit): Promise<void> {
  await fileOf(run).update((stored) => ({ ...stored, [weights]: { fingerprint, ...merit } }), {});
}

/** What the run has measured itself of how well the codes keep the classes together, where it is of these weights and images. */
export async function readNeighbours(run: RunFolder, fingerprint: string): Promise<number | undefined> {
  const stored = await fileOf(run)
    .readIfThere()
    .catch(() => undefined);
  return stored?.neighbours?.fingerprint === fingerprint ? stored.neighbours.accuracy : undefined;
}

/** Throws as `writeJson`. */
export async function writeNeighbours(run: RunFolder, fingerprint: string, accuracy: number): Promise<void> {
  await fileOf(run).update((stored) => ({ ...stored, neighbours: { fingerprint, accuracy } }), {});
}

function fileOf({ path }: RunFolder) {
  return new JsonFile(join(path, 'merit.json'), VERSION, MeritSchema);
}
