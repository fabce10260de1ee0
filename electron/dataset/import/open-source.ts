import { StudioError, toErrorData } from '../../domain/errors.ts';
import type { NumberRange, Reading } from '../../contract/import-options.ts';
import type { SkippedFile, TableLook, TablesLook } from '../../contract/import-plan.ts';
import { NumberSurvey } from '../picture/number-survey.ts';
import { openArchives } from './archives.ts';
import { openNpyFiles, openNpz } from './array-source.ts';
import { openIdxFiles } from './idx-source.ts';
import { darkAmong } from './number-kinds.ts';
import { matchLists, PictureNames, type FileList } from './file-lists.ts';
import type { ListedFile, ListedKind } from './listed-file.ts';
import { listFiles, pathsText, stopIfAsked, type Listing } from './listing.ts';
import { pictureSource } from './picture-source.ts';
import type { Source, SourceItem } from './source.ts';
import type { ImportSystem } from './system.ts';
import { isYolo } from './yolo.ts';
import { lookAtTables } from './table-layout.ts';
import { labelGuessOf, openTable, readList, tableSource } from './table-source.ts';

/** How sources are opened. */
export interface Opening {
  /** What a person has decided; the rest is told from the files. */
  readonly reading?: Reading;
  readonly signal?: AbortSignal | undefined;
  /** Told how many files there are so far. */
  readonly onFound?: (found: number) => void;
}

/**
 * Opens everything below the given paths as one source: pictures, archives, arrays and tables.
 * @throws StudioError `not-found` for a path that is not there; `bad-file` where nothing holds a picture, with the reason of the
 * first file that was tried; `stopped`.
 */
export async function openSource(paths: readonly string[], system: ImportSystem, opening?: Opening): Promise<Source> {
  const { sources, skipped, notes } = await openSources(paths, system, opening);
  return { ...merge(sources, skipped), notes };
}

/** The same, not yet joined: where one cannot be read to its end, the others still can. Throws as `openSource`. */
export async function openSources(
  paths: readonly string[],
  system: ImportSystem,
  { reading = {}, signal, onFound }: Opening = {},
): Promise<{ readonly sources: readonly Source[] } & Pick<Listing, 'skipped' | 'notes'>> {
  const listing = await listFiles(paths, signal, onFound, system);
  const failed: SkippedFile[] = [...listing.skipped];
  let firstError: unknown;
  const onBad = (name: string, error: unknown): void => {
    if (toErrorData(error).code === 'stopped') throw error;
    firstError ??= error;
    failed.push({ name, reason: toErrorData(error).message.replace(`${name}: `, '') });
  };
  const opened = await openArchives(listing.files, system, signal, onBad);
  const sources: Source[] = [];
  const closeAll = async (): Promise<void> => {
    for (const source of sources.toReversed()) await source.close();
    await opened.close();
  };
  try {
    for (const { name, open } of await openersOf(opened.files, { system, reading, signal, onBad })) {
      try {
        sources.push(await open());
      } catch (error) {
        onBad(name, error);
      }
    }
    const skipped = [...failed, ...opened.skipped];
    const count = sources.reduce((sum, source) => sum + source.count, 0);
    if (count === 0) throw firstError ?? nothingIn(paths, [...skipped, ...sources.flatMap((source) => source.skipped)]);
    // The archives are closed with the first of what is inside them, which merged sources close last.
    const [first, ...others] = sources as [Source, ...Source[]];
    const closesAll = { ...first, close: async () => void (await first.close(), await opened.close()) };
    return { sources: [closesAll, ...others], skipped, notes: listing.notes };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** That no picture was found, with the first reason. */
export function nothingIn(paths: readonly string[], skipped: readonly SkippedFile[]): StudioError {
  const [first] = skipped;
  const found = first === undefined ? 'none' : `none (${first.name}: ${first.reason.replace(/\.$/, '')})`;
  return new StudioError('bad-file', `${pathsText(paths)}: expected at least one image, found ${found}.`);
}

interface Opener {
  readonly name: string;
  readonly open: () => Promise<Source>;
}

interface Context {
  readonly system: ImportSystem;
  readonly reading: Reading;
  readonly signal: AbortSignal | undefined;
  readonly onBad: (name: string, error: unknown) => void;
}

async function openersOf(files: readonly ListedFile[], context: Context): Promise<Opener[]> {
  const { system, reading, signal } = context;
  const of = (...kinds: readonly ListedKind[]): ListedFile[] => files.filter(({ kind }) => kinds.includes(kind));
  const together = (group: readonly ListedFile[], open: (group: readonly ListedFile[]) => Promise<Source>): Opener[] =>
    group.length === 0 ? [] : [{ name: group.map(({ name }) => name).join(', '), open: () => open(group) }];
  const names = new PictureNames(files.filter((file) => file.kind === 'picture' || isUnnamedKind(file)));
  const { texts, others } = await textLists(of('unknown'), names, signal);
  const { tables, lists } = await tablesIn([...of('csv'), ...texts], names, context);
  const { listed, found, used, missing } = await matchLists(lists, names, system, context.onBad);
  const looks = lookAtTables(used.map(({ look }) => look));
  const { labelGuess } = used.find((one) => one.labelGuess !== undefined) ?? {};
  const table = {
    ...(looks === undefined ? {} : { table: looks }),
    ...(labelGuess === undefined ? {} : { labelGuess }),
  };
  return [
    ...together([...of('picture'), ...others, ...found], async (group) => {
      const source = await pictureSource(group, reading, listed, signal);
      return { ...source, ...table, skipped: [...source.skipped, ...missing] };
    }),
    ...together(of('idx'), (group) => openIdxFiles(group, system)),
    ...together(of('npy'), (group) => openNpyFiles(group, system, reading)),
    ...of('npz').map((file) => ({ name: file.name, open: () => openNpz(file, system, reading) })),
    ...tables,
  ];
}

/** The CSV files that hold pixels, and those that list pictures. */
async function tablesIn(files: readonly ListedFile[], names: PictureNames, { reading, signal, onBad }: Context) {
  const isGiven = (field: string): boolean => field.trim() !== '' && names.called(field.trim()).length > 0;
  const tables: Opener[] = [];
  const lists: FileList[] = [];
  for (const file of files) {
    stopIfAsked(signal);
    try {
      const table = await openTable(file, reading, isGiven);
      if (table.layout.shape !== undefined) tables.push({ name: file.name, open: () => tableSource(table, reading) });
      else lists.push({ file, look: table.look, ...labelGuessOf(table), pictures: await readList(table) });
    } catch (error) {
      onBad(file.name, error);
    }
  }
  return { tables, lists };
}

/** Not said by its name what it is: perhaps a picture, by its first bytes. */
const isUnnamedKind = ({ kind, name }: ListedFile): boolean => kind === 'unknown' && !/\.[^./]+$/.test(name);

/** Endings of texts that may say what pictures show, a line each, as CSV files do. */
const TEXT_LIST = /\.(?:txt|lst|list|label|labels)$/i;
const TEXT_LIST_BYTES = 4_096;
/** Texts that are looked at: where each picture has one of its own, none lists them. */
const MOST_TEXTS = 64;

/** Tells the texts whose first lines name given pictures, and something of each, from all other files. */
async function textLists(files: readonly ListedFile[], names: PictureNames, signal: AbortSignal | undefined) {
  const called = files.filter(({ name }) => TEXT_LIST.test(name));
  const texts = new Set<ListedFile>();
  for (const file of called.length > MOST_TEXTS ? [] : called) {
    stopIfAsked(signal);
    const { name } = file;
    const head = await file.head(TEXT_LIST_BYTES).catch(() => Buffer.alloc(0));
    const [first = '', second = ''] = head.toString('utf8').split(/\r?\n/);
    // Of pictures called by numbers, an object's class looks like one of them.
    if (isYolo(first) && names.called(name.replace(TEXT_LIST, '')).length > 0) continue;
    const lists = [first, second].some((line) => {
      const fields = line.split(/[\s,;|]+/).filter((field) => field !== '');
      return fields.length > 1 && fields.some((field) => names.called(field).length > 0);
    });
    if (lists) texts.add(file);
  }
  return { texts: [...texts], others: files.filter((file) => !texts.has(file)) };
}

function merge(sources: readonly Source[], failed: readonly SkippedFile[]): Source {
  const [first] = sources;
  const shapes = new Set(sources.map(({ shape }) => JSON.stringify(shape)));
  const labelCounts = new Map<string, number>();
  for (const source of sources) {
    for (const [label, count] of source.labelCounts ?? [])
      labelCounts.set(label, (labelCounts.get(label) ?? 0) + count);
  }
  const numbers = surveyOf(sources);
  // One scale for all numbers of an import, but for picture files that hold several kinds.
  const range = rangeOf(sources.filter(({ numberKinds }) => numberKinds === undefined));
  return {
    count: sources.reduce((sum, source) => sum + source.count, 0),
    ...(shapes.size === 1 && first?.shape !== undefined ? { shape: first.shape } : {}),
    labelCounts,
    splits: new Set(sources.flatMap((source) => [...source.splits])),
    skipped: [...failed, ...sources.flatMap((source) => source.skipped)],
    others: sources.find(({ others }) => others !== undefined)?.others ?? { count: 0, endings: [] },
    masks: sources.reduce((sum, { masks = 0 }) => sum + masks, 0),
    folders: sources.flatMap(({ folders = [] }) => folders),
    ...(numbers.isEmpty ? {} : { numbers }),
    ...tableOf(sources),
    ...firstOf(sources, 'annotations'),
    ...firstOf(sources, 'bands'),
    ...firstOf(sources, 'numberKinds'),
    ...darkOf(sources, range.range),
    ...firstOf(sources, 'order'),
    ...firstOf(sources, 'labelColumns'),
    ...firstOf(sources, 'labelGuess'),
    async *items(): AsyncGenerator<SourceItem> {
      for (const source of sources) {
        const shared = source.numberKinds === undefined ? range : {};
        for await (const item of source.items()) yield { ...item, ...shared };
      }
    },
    close: async () => {
      for (const source of sources.toReversed()) await source.close();
    },
  };
}

function surveyOf(sources: readonly Source[]): NumberSurvey {
  const numbers = new NumberSurvey();
  for (const source of sources) if (source.numbers !== undefined) numbers.addAll(source.numbers);
  return numbers;
}

function rangeOf(sources: readonly Source[]): Pick<SourceItem, 'range'> {
  const numbers = surveyOf(sources);
  return numbers.isEmpty ? {} : { range: numbers.range() };
}

/** Of picture files as they found them; of arrays and tables on the scale that all of these share. */
function darkOf(sources: readonly Source[], range: NumberRange | undefined): Pick<Source, 'dark'> {
  const known = firstOf(sources, 'dark');
  const brightest = sources.flatMap((source) => source.brightest ?? []).flatMap((some) => Array.from(some));
  const dark = known.dark ?? (range && darkAmong(brightest, range));
  return dark === undefined ? {} : { dark };
}

function firstOf<K extends 'annotations' | 'bands' | 'numberKinds' | 'dark' | 'order' | 'labelColumns' | 'labelGuess'>(
  sources: readonly Source[],
  key: K,
): Partial<Pick<Source, K>> {
  const source = sources.find((one) => one[key] !== undefined);
  return source === undefined ? {} : ({ [key]: source[key] } as Pick<Source, K>);
}

function tableOf(sources: readonly Source[]): { readonly table?: TablesLook } {
  const tables = sources.flatMap(({ table }) => table ?? []);
  const files = tables.reduce((sum, table) => sum + table.files, 0);
  const looks = tables.flatMap(({ file, header, columns, decimalComma, others }): TableLook[] => {
    return [{ file, header, columns, ...(decimalComma === undefined ? {} : { decimalComma }) }, ...others];
  });
  const table = lookAtTables(looks, files);
  return table === undefined ? {} : { table };
}
