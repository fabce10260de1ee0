import { StudioError } from '../../domain/errors.ts';
import type { Reading } from '../../contract/import-options.ts';
import type { SkippedFile } from '../../contract/import-plan.ts';
import { ZipArchive, type ZipEntry } from '../../files/zip-archive.ts';
import { NumberSurvey } from '../picture/number-survey.ts';
import { canBeLabels, hasNumbers, labelsOf, type ArrayLabels, type LabelArray } from './array-labels.ts';
import { placesOf, type Place } from './folders.ts';
import { splitOfName, tally } from './labels.ts';
import { after, headOf, type ListedFile } from './listed-file.ts';
import { surveyArray, type NpyArray } from './npy-elements.ts';
import { MOST_HEAD_BYTES, readAnyHeader, shapeText } from './npy-header.ts';
import { describeArrays, imageLayout, imagesOf, pictureLayout, withOrder, type ImageLayout } from './npy-images.ts';
import type { Source, SourceItem, SourceSplit } from './source.ts';
import type { ImportSystem } from './system.ts';

/** Arrays whose names are said. */
const MOST_NAMED = 8;

/** An array that is images, and the labels that go with it. */
interface ImagesArray {
  readonly images: NpyArray;
  readonly layout: ImageLayout;
  readonly labels?: LabelArray;
}

/** The same, looked through. */
interface Part extends Omit<ImagesArray, 'labels'> {
  readonly labels?: ArrayLabels;
  readonly numbers: NumberSurvey;
  /** Of each picture. */
  readonly brightest: ArrayLike<number>;
  readonly place: Place;
  readonly split: SourceSplit | undefined;
}

/** .npy files given together: images and, where one fits by its name or length, labels; or a picture a file. */
export async function openNpyFiles(
  files: readonly ListedFile[],
  system: ImportSystem,
  reading: Reading,
): Promise<Source> {
  const arrays: LabelArray[] = [];
  const skipped: SkippedFile[] = [];
  for (const file of files) {
    try {
      arrays.push(await npyFile(file));
    } catch (error) {
      if (files.length === 1) throw error;
      skipped.push(asSkipped(file.name, error));
    }
  }
  const name = files.map((file) => file.name).join(', ');
  return sourceOf({ name, arrays, skipped, close: () => Promise.resolve() }, system, reading);
}

/** A .npz archive, as `np.savez` and `np.savez_compressed` write it. */
export async function openNpz(file: ListedFile, system: ImportSystem, reading: Reading): Promise<Source> {
  const { name, path } = file;
  const archive =
    path === undefined ? await ZipArchive.ofBytes(await file.read(), name) : await ZipArchive.open(path, name);
  const close = async (): Promise<void> => archive.close();
  try {
    const arrays: LabelArray[] = [];
    const skipped: SkippedFile[] = [...archive.skipped];
    for (const entry of archive.entries.filter((inside) => inside.name.endsWith('.npy'))) {
      try {
        arrays.push(await npzEntry(archive, entry));
      } catch (error) {
        // An array beside the images may hold anything.
        skipped.push({ ...asSkipped(entry.name.replace(/\.npy$/, ''), error), name: `${name}: ${entry.name}` });
      }
    }
    return await sourceOf({ name, arrays, skipped, close }, system, reading);
  } catch (error) {
    archive.close();
    throw error;
  }
}

/** @throws what is no fault of the file's. */
function asSkipped(name: string, error: unknown): SkippedFile {
  if (!(error instanceof StudioError)) throw error;
  return { name, reason: error.message.replace(`${name}: `, '') };
}

async function npyFile(file: ListedFile): Promise<LabelArray> {
  const bytes = await file.size();
  const header = readAnyHeader(await file.head(Math.min(bytes, MOST_HEAD_BYTES)), bytes, file.name);
  return { name: file.name, header, open: () => file.stream(header.start) } as LabelArray;
}

async function npzEntry(archive: ZipArchive, entry: ZipEntry): Promise<LabelArray> {
  const name = entry.name.replace(/\.npy$/, '');
  const header = readAnyHeader(await headOf(archive.stream(entry), MOST_HEAD_BYTES), entry.bytes, name);
  return { name, header, open: () => after(archive.stream(entry), header.start) } as LabelArray;
}

interface Arrays {
  readonly name: string;
  readonly arrays: readonly LabelArray[];
  readonly skipped: readonly SkippedFile[];
  readonly close: () => Promise<void>;
}

async function sourceOf(from: Arrays, system: ImportSystem, reading: Reading): Promise<Source> {
  const { parts: found, skipped } = await partsOf(from, system, reading);
  const classes = classNames(found);
  const parts = found.map((part, at) => (classes === undefined ? part : withLabel(part, classes[at]!)));
  const numbers = new NumberSurvey();
  for (const part of parts) numbers.addAll(part.numbers);
  const labelled = parts.flatMap(({ labels, place, layout }): readonly (string | undefined)[] => {
    return labels?.labels ?? Array.from({ length: layout.count }, () => place.label);
  });
  const several = parts.find(({ labels }) => labels?.columns !== undefined)?.labels?.columns;
  const flat = parts.find(({ layout }) => layout.flat === true && layout.channels === 3)?.layout;
  return {
    count: parts.reduce((sum, { layout }) => sum + layout.count, 0),
    ...commonShape(parts),
    labelCounts: tally(labelled.flatMap((label) => label ?? [])),
    splits: new Set(parts.map(({ split }) => split)),
    skipped: [...from.skipped, ...skipped],
    numbers,
    brightest: parts.map(({ brightest }) => brightest),
    ...(classes === undefined ? {} : { labelGuess: namesWords(classes) }),
    ...(several === undefined ? {} : { labelColumns: several }),
    ...(flat === undefined ? {} : { order: flat.planar ? 'planar' : 'interleaved' }),
    close: from.close,
    async *items(): AsyncGenerator<SourceItem> {
      for (const part of parts) yield* itemsOf(part, system.memoryBytes);
    },
  };
}

const withLabel = (part: Part, label: string): Part => ({ ...part, place: { ...part.place, label } });

function namesWords(classes: readonly string[]): string {
  const named = classes.slice(0, MOST_NAMED).join(', ');
  const all = classes.length > MOST_NAMED ? `${named}, … (${classes.length} arrays)` : named;
  return `Labels are the names of the arrays, a guess as none of them holds labels: ${all}`;
}

async function* itemsOf(
  { images, layout, labels, place, split }: Part,
  memoryBytes: number,
): AsyncGenerator<SourceItem> {
  let row = 0;
  for await (const numbers of imagesOf(images, layout, memoryBytes)) {
    const label = labels?.labels[row] ?? place.label;
    yield {
      name: layout.count === 1 ? images.name : `${images.name}[${row}]`,
      ...(label === undefined ? {} : { label }),
      ...(split === undefined ? {} : { split }),
      ...(place.chosen === undefined ? {} : { chosen: true }),
      content: { kind: 'numbers', numbers },
    };
    row += 1;
  }
}

function commonShape(parts: readonly Part[]): Pick<Source, 'shape'> {
  const { width, height, channels } = parts[0]!.layout;
  const alike = parts.every(
    ({ layout }) => layout.width === width && layout.height === height && layout.channels === channels,
  );
  return alike ? { shape: { width, height, channels: channels === 1 ? 1 : 3 } } : {};
}

/** The arrays that are images, looked through; the others with their reasons. @throws the first reason where none is left. */
async function partsOf({ name, arrays }: Arrays, system: ImportSystem, reading: Reading) {
  const all = pair(name, arrays);
  const { places } = placesOf(
    all.map(({ images }) => images.name),
    reading.folders,
  );
  const parts: Part[] = [];
  const skipped: SkippedFile[] = unused(arrays, all);
  let firstError: unknown;
  for (const [index, { images, layout: shape, labels }] of all.entries()) {
    const place = places[index]!;
    if (place.out === 'chosen') continue;
    const first = parts[0];
    if (first !== undefined && shape.count > 1 && !isAlike(shape, first.layout)) {
      const { width, height, channels } = first.layout;
      const expected = `images of ${height} × ${width} × ${channels} as in ${first.images.name}`;
      skipped.push({ name: images.name, reason: `expected ${expected}, found ${shapeText(images.header.shape)}.` });
      continue;
    }
    try {
      const { survey: numbers, brightest } = await surveyArray(images, shape.count);
      const layout = await withOrder(images, shape, reading.order, system.memoryBytes);
      const about = { images, layout, numbers, brightest, place, split: place.split ?? splitOfName(images.name) };
      parts.push({
        ...about,
        ...(labels === undefined ? {} : { labels: await labelsOf(labels, reading.labelColumn) }),
      });
    } catch (error) {
      firstError ??= error;
      skipped.push(asSkipped(images.name, error));
    }
  }
  if (parts.length > 0) return { parts, skipped };
  throw (
    firstError ??
    new StudioError('bad-file', `${name}: expected at least one array of images, found none that is taken.`)
  );
}

/** Arrays that could hold pictures, but were taken for neither images nor labels. */
function unused(arrays: readonly LabelArray[], taken: readonly ImagesArray[]): SkippedFile[] {
  const used = new Set(
    taken.flatMap(({ images, labels }): readonly LabelArray[] => [images, ...(labels ? [labels] : [])]),
  );
  return arrays
    .filter((array) => !used.has(array) && hasNumbers(array) && array.header.shape.length > 1)
    .map(({ name, header: { shape } }) => ({
      name,
      reason: `expected images as in the other arrays, or labels of as many, found ${shapeText(shape)}.`,
    }));
}

function isAlike(one: ImageLayout, other: ImageLayout): boolean {
  return one.width === other.width && one.height === other.height && one.channels === other.channels;
}

/** Finds the arrays that are images, and to each the labels of the same length and the nearest name. */
function pair(name: string, arrays: readonly LabelArray[]): ImagesArray[] {
  const numbers = arrays.filter(hasNumbers);
  const singles = pictureEach(numbers, arrays.length);
  if (singles !== undefined) return singles;
  const withLayout = numbers.map((images) => ({ images, layout: imageLayout(images.header.shape) }));
  const known = withLayout.filter((part): part is ImagesArray => part.layout !== undefined);
  // Two axes may be anything; where real images are about, they are not.
  const real = known.filter(({ images }) => images.header.shape.length > 2);
  const parts = real.length > 0 ? real : known;
  if (parts.length === 0) {
    throw new StudioError(
      'bad-file',
      `${name}: expected an array of images [count, height, width] or [count, height, width, 3], found ${describeArrays(arrays)}.`,
    );
  }
  const images = new Set<LabelArray>(parts.map((part) => part.images));
  return parts.map((part) => {
    const split = splitOfName(part.images.name);
    const fitting = arrays.filter(
      (array) => !images.has(array) && canBeLabels(array, part.layout.count) && splitOfName(array.name) === split,
    );
    const named = fitting.find((array) => /label|target|class|(?:^|[^a-z])y(?:$|[^a-z])/i.test(array.name));
    // One number or text an image, whatever it is called; several only where the name says what they are.
    const single = fitting.filter(({ header: { shape, kind } }) => (shape[1] ?? 1) === 1 && kind !== 'f');
    const labels = named ?? (single.length === 1 ? single[0] : undefined);
    return { ...part, ...(labels === undefined ? {} : { labels }) };
  });
}

/** Names of arrays of many images. */
const OF_MANY = /(?:^|[^a-z])(?:x|images?|data|features?|train|test|val)(?:$|[^a-z])/i;

/** Names of arrays that belong together picture by picture, or say nothing of what pictures show. */
const NO_CLASS = /(?:^|[^a-z])(?:y|inputs?|outputs?|targets?|labels?|masks?|noisy|clean|truth|gt)(?:$|[^a-z])/i;

const baseOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1).replace(/\.npy$/i, '');

/**
 * The names of arrays of many pictures each, `cats` and `dogs`, as labels, like those of folders; undefined where labels are told
 * otherwise, and for names that only count (`arr_0`, `arr_1`) or say something else (`x_train`).
 */
function classNames(parts: readonly Part[]): string[] | undefined {
  const names = parts.map(({ images }) => baseOf(images.name));
  const stems = new Set(names.map((name) => name.replaceAll(/\d+/g, '')));
  if (parts.length < 2 || stems.size < parts.length) return undefined;
  const areClasses = parts.every(
    ({ layout, labels, place, split }, at) =>
      layout.count > 1 &&
      labels === undefined &&
      place.label === undefined &&
      split === undefined &&
      !OF_MANY.test(names[at]!) &&
      !NO_CLASS.test(names[at]!),
  );
  return areClasses ? names.map((name) => name.normalize('NFC')) : undefined;
}

/** Several arrays that are a picture each, as in folders of classes; undefined where they are something else. */
function pictureEach(arrays: readonly NpyArray[], all: number): ImagesArray[] | undefined {
  if (arrays.length < 2 || arrays.length < all) return undefined;
  const parts = arrays.map((images) => ({ images, layout: pictureLayout(images.header.shape) }));
  const each = parts.every(({ images, layout }) => layout !== undefined && !OF_MANY.test(baseOf(images.name)));
  return each ? (parts as ImagesArray[]) : undefined;
}
