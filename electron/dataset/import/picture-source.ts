import type { Reading } from '../../contract/import-options.ts';
import type { OtherFiles, SkippedFile } from '../../contract/import-plan.ts';
import { notAnImage } from '../picture/decode.ts';
import { kindOfFile, pictureKinds, SNIFF_BYTES, type FileKind } from '../picture/sniff.ts';
import { readAtOf, tiffPages, tiffPagesOfFile, type TiffPage } from '../picture/tiff-header.ts';
import { holdsNumbers, numberTypeOf, tiffNumbers } from '../picture/tiff-numbers.ts';
import { deepPngNumbers, isDeepPng, PNG_HEAD_BYTES } from '../picture/deep-png.ts';
import { annotationsIn, type Annotations } from './annotations.ts';
import { placesOf, type Place } from './folders.ts';
import { tally } from './labels.ts';
import { NumberKinds } from './number-kinds.ts';
import { isCalledPicture, type ListedFile } from './listed-file.ts';
import { stopIfAsked } from './listing.ts';
import type { Source, SourceItem } from './source.ts';
import type { ListedPicture } from './table-source.ts';

/** Files whose numbers are looked at, spread over all of them; a folder of large ones would take minutes. */
const NUMBERS_LOOKED_AT = 64;
/** Kinds that are told with their reason: a person may think that they are pictures, or hold some. */
const REFUSED: ReadonlySet<FileKind> = new Set([
  'heic',
  'raw',
  'layers',
  'medical',
  'video',
  'svg',
  'packed',
  'hdf5',
  'matlab',
  'pickle',
  'columns',
]);
/** Files called so are looked at before they are promised. */
const SELDOM_READ = /\.(?:hei[cf]|svg)$/i;

/** A file that is a picture, or several in its pages. */
interface PictureFile {
  readonly file: ListedFile;
  readonly pages?: readonly TiffPage[];
}

type Placed = PictureFile & { readonly place: Place };

/**
 * Picture files as one source: those that are called pictures, and others that are pictures by their first bytes.
 * @param listed what a list of them says, by their names
 */
export async function pictureSource(
  files: readonly ListedFile[],
  reading: Reading,
  listed: ReadonlyMap<string, ListedPicture>,
  signal: AbortSignal | undefined,
): Promise<Source> {
  const { pictures, others, refused } = await sorted(files, signal);
  const { places, folders } = placesOf(
    pictures.map(({ name }) => name),
    reading.folders,
  );
  const taken = pictures.flatMap((file, index) =>
    places[index]!.out === undefined ? [{ file, place: places[index]! }] : [],
  );
  const skipped = [...refused, ...pictures.flatMap((file, index) => left(file, places[index]!))];
  // Folders and lists are how people sort; what a detector is taught with speaks only where these say nothing.
  const isSorted = listed.size > 0 || taken.some(({ place }) => place.label !== undefined);
  const takenFiles = taken.map(({ file }) => file);
  const annotations = isSorted ? undefined : await annotationsIn(others, takenFiles, signal);
  const withPages: Placed[] = [];
  for (const one of taken) {
    stopIfAsked(signal);
    withPages.push({ ...one, ...(await pagesOf(one.file)) });
  }
  const kinds = await kindsOf(withPages, signal);
  const numbers = kinds.all;
  const { looks: numberKinds, dark } = kinds;
  const bands = Math.max(0, ...withPages.flatMap(({ pages = [] }) => pages.map((page) => extraBands(page))));
  const abouts = withPages.map((one) => ({
    one,
    pages: Math.max(1, one.pages?.length ?? 1),
    about: aboutOf(one, listed, annotations),
  }));
  return {
    count: abouts.reduce((sum, { pages }) => sum + pages, 0),
    labelCounts: tally(
      abouts.flatMap(({ pages, about: { label } }) => Array<string>(label === undefined ? 0 : pages).fill(label!)),
    ),
    splits: new Set(abouts.map(({ about }) => about.split)),
    skipped,
    others: countedEndings(others.filter((file) => annotations?.files.has(file) !== true)),
    ...(annotations === undefined ? {} : { annotations: annotations.look }),
    folders,
    masks: taken.filter(({ place }) => place.mask !== undefined).length,
    ...(numbers.isEmpty ? {} : { numbers }),
    ...(numberKinds.length === 0 ? {} : { numberKinds }),
    ...(dark === undefined ? {} : { dark }),
    ...(bands === 0 ? {} : { bands }),
    *items(): Generator<SourceItem> {
      for (const { one, about } of abouts) yield* itemsOf(one, { ...about, ...maskOf(one, pictures) }, kinds);
    },
    close: () => Promise.resolve(),
  };
}

/** Bands of a page that has more than colours and opacity; else 0. */
function extraBands({ bands, alpha }: TiffPage): number {
  const colours = bands - (alpha ? 1 : 0);
  return colours === 1 || colours === 3 ? 0 : bands;
}

function aboutOf(
  { file, place }: Placed,
  listed: ReadonlyMap<string, ListedPicture>,
  annotations: Annotations | undefined,
): Pick<SourceItem, 'label' | 'split' | 'chosen'> {
  const told = listed.get(file.name);
  const label = told?.label ?? (listed.size > 0 ? undefined : (place.label ?? annotations?.labels.get(file.name)));
  const split = place.chosen === true ? place.split : (told?.split ?? place.split);
  return {
    ...(label === undefined ? {} : { label }),
    ...(split === undefined ? {} : { split }),
    ...(place.chosen === undefined ? {} : { chosen: true }),
  };
}

function maskOf({ place }: Placed, pictures: readonly ListedFile[]): Pick<SourceItem, 'mask'> {
  const file = place.mask === undefined ? undefined : pictures[place.mask];
  return file === undefined ? {} : { mask: { name: file.name, read: () => file.read() } };
}

function* itemsOf({ file, pages }: PictureFile, about: Partial<SourceItem>, kinds: NumberKinds): Generator<SourceItem> {
  const { name } = file;
  const read = (): Promise<Uint8Array> => file.read();
  const size = (): Promise<number> => file.size();
  const head = (bytes: number): Promise<Uint8Array> => file.head(bytes);
  const tail = file.tail === undefined ? {} : { tail: (bytes: number) => file.tail!(bytes) };
  const rangeOf = (page?: TiffPage): Pick<SourceItem, 'range'> => {
    const type = page === undefined ? DEEP_PNG : numberTypeOf(page);
    const range = page !== undefined && !holdsNumbers(page) ? undefined : kinds.rangeOf(placeOf(file, page), type);
    return range === undefined ? {} : { range };
  };
  if (pages === undefined || pages.length < 2) {
    yield { name, ...about, ...rangeOf(pages?.[0]), content: { kind: 'file', read, size, head, ...tail } };
  } else {
    for (const [row, page] of pages.entries()) {
      yield { name: `${name}[${row}]`, ...about, ...rangeOf(page), content: { kind: 'file', read, page: page.index } };
    }
  }
}

function left({ name }: ListedFile, { out }: Place): SkippedFile[] {
  if (out === 'stray') return [{ name, reason: 'expected a picture in one of the folders, found it beside them.' }];
  return out === 'chosen'
    ? [{ name, reason: 'expected a picture of another folder: this one is left out, as chosen.' }]
    : [];
}

/** So few files without a picture among them are each told what they are. */
const FEW = 8;

/** Tells pictures from other files. */
async function sorted(files: readonly ListedFile[], signal: AbortSignal | undefined) {
  const pictures: ListedFile[] = [];
  const refused: SkippedFile[] = [];
  const others: ListedFile[] = [];
  for (const file of files) {
    stopIfAsked(signal);
    const isCalled = isCalledPicture(file.name) && !SELDOM_READ.test(file.name);
    // Also what cannot be read: its reason is told when it is tried.
    const kind = isCalled
      ? 'png'
      : await file.head(SNIFF_BYTES).then(
          (head) => kindOfFile(head, file.name),
          () => 'png' as const,
        );
    if (pictureKinds.has(kind)) pictures.push(file);
    else if (REFUSED.has(kind)) refused.push({ name: file.name, reason: notAnImage(kind) });
    else others.push(file);
  }
  if (pictures.length === 0 && files.length <= FEW) return { pictures: files, refused: [], others: [] };
  return { pictures, refused, others };
}

function countedEndings(files: readonly ListedFile[]): OtherFiles {
  const endings = files.map(({ name }) => /\.[^./]{1,12}$/.exec(name)?.[0].toLowerCase() ?? '');
  const counted = [...tally(endings)].map(([ending, count]) => ({ ending, count }));
  return { count: endings.length, endings: counted.sort((a, b) => b.count - a.count) };
}

async function pagesOf(file: ListedFile): Promise<Pick<PictureFile, 'pages'>> {
  if (!/\.tiff?$/i.test(file.name)) return {};
  // What cannot be read is told when it is tried.
  const pages = await (
    file.path === undefined ? file.read().then((bytes) => tiffPages(readAtOf(bytes))) : tiffPagesOfFile(file.path)
  ).catch(() => []);
  return pages.length === 0 ? {} : { pages };
}

/** What PNG files of more than 8 bits hold. */
const DEEP_PNG = { kind: 'u', bits: 16 } as const;

const placeOf = ({ name }: ListedFile, page?: TiffPage): string => `${name}[${page?.index ?? 0}]`;

/** The numbers of pictures of more than 8 bits, of a sample of them. */
async function kindsOf(files: readonly PictureFile[], signal: AbortSignal | undefined): Promise<NumberKinds> {
  const kinds = new NumberKinds();
  const deep = files.filter(({ pages }) => pages?.some(holdsNumbers) === true);
  const png = files.filter(({ file }) => /\.png$/i.test(file.name));
  for (const { file, pages = [] } of spread(deep)) {
    stopIfAsked(signal);
    const bytes = await file.read().catch(() => undefined);
    for (const page of bytes === undefined ? [] : pages.filter(holdsNumbers).slice(0, NUMBERS_LOOKED_AT)) {
      const numbers = await tiffNumbers(bytes!, page, file.name).catch(() => undefined);
      if (numbers !== undefined) kinds.add(placeOf(file, page), numbers.values, numberTypeOf(page));
    }
  }
  for (const { file } of spread(png)) {
    stopIfAsked(signal);
    const head = await file.head(PNG_HEAD_BYTES).catch(() => undefined);
    if (head === undefined || !isDeepPng(head)) continue;
    const numbers = await file
      .read()
      .then(deepPngNumbers)
      .catch(() => undefined);
    // Opacity is no lightness.
    if (numbers !== undefined && !numbers.alpha) kinds.add(placeOf(file), numbers.values, DEEP_PNG);
  }
  kinds.settle(Math.max(deep.length, ...deep.map(({ pages = [] }) => pages.length)) <= NUMBERS_LOOKED_AT);
  return kinds;
}

function spread<T>(all: readonly T[]): T[] {
  const step = Math.max(1, all.length / NUMBERS_LOOKED_AT);
  return Array.from({ length: Math.min(all.length, NUMBERS_LOOKED_AT) }, (_, index) => all[Math.floor(index * step)]!);
}
