import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { IdSchema } from '../domain/ids.ts';
import { StudioError } from '../domain/errors.ts';
import { SetNotesSchema, type ImageSetDescription } from '../contract/images.ts';
import { ImportOptionsSchema, MOST_LABELS, SetNameSchema } from '../contract/import-options.ts';
import type { ImageSetSummary } from '../domain/words.ts';
import { JsonFile } from './json-file.ts';

const Count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 32));
const Text = v.pipe(v.string(), v.maxLength(4_096));

/** index.json: what images.u8 and labels.u8 hold. */
const IndexSchema = v.strictObject({
  name: SetNameSchema,
  /** [height, width, channels]. */
  shape: v.strictTuple([v.pipe(Count, v.minValue(1)), v.pipe(Count, v.minValue(1)), v.picklist([1, 3])]),
  /** The training images come first, in an order drawn once, so that any first few of them are like the rest. */
  trainingCount: v.pipe(Count, v.minValue(1)),
  /** So many of the first training images were found in a folder for validation. */
  validationCount: v.exactOptional(v.pipe(Count, v.minValue(1))),
  testCount: v.pipe(Count, v.minValue(1)),
  /** By label number; empty without labels, and then there is no labels.u8. */
  labelNames: v.pipe(v.array(Text), v.maxLength(MOST_LABELS)),
  labelCounts: v.array(Count),
  /** Principal components that keep 95 % of the variance of some of the training images; older sets do not say. */
  components95: v.exactOptional(Count),
  /** Images that have a mask; left out, none has. */
  maskCount: v.exactOptional(Count),
  options: ImportOptionsSchema,
  inverted: v.boolean(),
  sources: v.array(Text),
  importedAt: v.pipe(v.string(), v.isoTimestamp()),
  /** What a person has written about the set. */
  notes: v.exactOptional(SetNotesSchema),
  /** The set whose newer version this is: its images were changed, and a set's images never change under one id. */
  follows: v.exactOptional(IdSchema),
  /** What was done to the images since they were imported, oldest first. */
  changes: v.exactOptional(
    v.pipe(v.array(v.strictObject({ at: v.pipe(v.string(), v.isoTimestamp()), words: Text })), v.maxLength(10_000)),
  ),
});
export type ImageSetIndex = v.InferOutput<typeof IndexSchema>;

/** The files of one image set: the one place that knows their names. */
export class ImageSetFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** uint8 [trainingCount + testCount, height, width, channels]. */
  get imagesPath(): string {
    return join(this.path, 'images.u8');
  }

  /** One byte an image. */
  get labelsPath(): string {
    return join(this.path, 'labels.u8');
  }

  /** What each image was called, one JSON string a line, in the order of the images. */
  get namesPath(): string {
    return join(this.path, 'names.jsonl');
  }

  /** uint8 [masks, height, width]: 255 where a pixel is marked, as a defect or an object. Absent without masks. */
  get masksPath(): string {
    return join(this.path, 'masks.u8');
  }

  /** The place among the images of each mask's image, ascending. */
  get maskPlacesPath(): string {
    return join(this.path, 'masks.json');
  }

  get indexPath(): string {
    return join(this.path, 'index.json');
  }

  async writeIndex(index: ImageSetIndex): Promise<void> {
    await this.index.write(index);
  }

  /** Throws as `readIndex` does of the file itself, and as `writeJson`. */
  async changeIndex(changes: Partial<Pick<ImageSetIndex, 'name' | 'notes'>>): Promise<ImageSetIndex> {
    return this.index.update((index) => ({ ...index, ...changes }));
  }

  /** @throws StudioError `not-found` or `bad-file`, naming the file, what was expected and what was found. */
  async readIndex(): Promise<ImageSetIndex> {
    const index = await this.index.read();
    const count = index.trainingCount + index.testCount;
    await checkBytes(this.imagesPath, count * imageBytes(index));
    if (index.labelNames.length > 0) await checkBytes(this.labelsPath, count);
    return index;
  }

  private get index(): JsonFile<ImageSetIndex> {
    return new JsonFile(this.indexPath, 1, IndexSchema);
  }

  async describe(id: string): Promise<ImageSetDescription> {
    const index = await this.readIndex();
    const { options, inverted, sources, importedAt, labelCounts, notes = '', maskCount = 0, changes = [] } = index;
    const { follows } = index;
    const paths = [
      this.imagesPath,
      this.labelsPath,
      this.namesPath,
      this.masksPath,
      this.maskPlacesPath,
      this.indexPath,
    ];
    const sizes = await Promise.all(paths.map(bytesOf));
    const bytesOnDisk = sizes.reduce((sum: number, bytes) => sum + (bytes ?? 0), 0);
    const summary = summaryOf(id, index);
    const history = { changes, ...(follows === undefined ? {} : { follows }) };
    return {
      ...summary,
      options,
      inverted,
      sources,
      importedAt,
      labelCounts,
      maskCount,
      bytesOnDisk,
      notes,
      ...history,
    };
  }
}

/** Whether a folder holds an imported image set. */
export async function isImageSetFolder(path: string): Promise<boolean> {
  return (await bytesOf(new ImageSetFolder(path).indexPath)) !== undefined;
}

export function imageBytes({ shape: [height, width, channels] }: Pick<ImageSetIndex, 'shape'>): number {
  return height * width * channels;
}

export function summaryOf(id: string, index: ImageSetIndex): ImageSetSummary {
  const { name, trainingCount, testCount, shape, labelNames, validationCount, components95 } = index;
  const held = {
    ...(validationCount === undefined ? {} : { validationCount }),
    ...(components95 === undefined ? {} : { components95 }),
  };
  return { id: v.parse(IdSchema, id), name, trainingCount, testCount, shape, labelNames, ...held };
}

async function checkBytes(path: string, expected: number): Promise<void> {
  const found = await bytesOf(path);
  if (found === expected) return;
  throw new StudioError('bad-file', `${path}: expected ${expected} bytes, found ${found ?? 'no such file'}.`);
}

async function bytesOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ size }) => size,
    () => undefined,
  );
}
