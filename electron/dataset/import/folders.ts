import type { FolderSplit, Reading } from '../../contract/import-options.ts';
import type { FolderLook } from '../../contract/import-plan.ts';
import { byName, commonDepth, splitOfFolder, UNSORTED } from './labels.ts';
import { masksIn } from './masks.ts';
import type { SourceSplit } from './source.ts';

/** Where a picture belongs, by the folders it lies in. */
export interface Place {
  readonly label?: string;
  readonly split?: SourceSplit;
  /** The split was chosen by a person. */
  readonly chosen?: true;
  /** Why it is no picture of the set; absent for one that is. */
  readonly out?: 'mask' | 'stray' | 'chosen';
  /** The path of its mask among those given. */
  readonly mask?: number;
}

export interface Places {
  readonly places: readonly Place[];
  /** What becomes of each folder; empty where all lie in one. */
  readonly folders: readonly FolderLook[];
}

/** Folders are called after splits where this share of the pictures lies in such; the others lie beside them. */
const LEAST_IN_SPLITS = 0.8;
/** So few pictures beside the folders of classes are no class: a sample, a plot. */
const MOST_STRAYS = 0.1;

/** A folder's path, taken apart. */
interface Taken {
  readonly split: SourceSplit | undefined;
  /** The folder that is called after it. */
  readonly splitFolder: string;
  /** Before and after that folder; without one, all are after it. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Pictures in it. */
  readonly count: number;
}

/**
 * Reads labels, splits and masks from paths relative to what was given ("train/cats/1.png"). Folders that hold everything are
 * passed over, then train, validation and test wherever they stand, then the first folder is the label; where nothing lies
 * below them ("cats/train/1.png"), the first folder above. A validation folder counts as test where there is none. Names are
 * compared as Unicode composes them (NFC).
 * @param paths of pictures, with `/` between folders.
 */
export function placesOf(paths: readonly string[], chosen: Reading['folders'] = []): Places {
  const masks = masksIn(paths);
  const parts = partsOnce();
  // All pictures in a folder have the same place: it is found once a folder.
  const groups = new Map<readonly string[], number[]>();
  for (const [index, path] of paths.entries()) {
    if (masks.has(index)) continue;
    const folder = parts(path);
    const known = groups.get(folder);
    if (known === undefined) groups.set(folder, [index]);
    else known.push(index);
  }
  const taken = takenApart([...groups].map(([folder, { length }]) => ({ parts: folder, count: length })));
  const labels = labelsIn(taken);
  const choices = new Map(chosen.map(({ folder, split }) => [folder, split]));
  const rows = new Map<string, { count: number; split: FolderSplit | undefined }>();
  const places: Place[] = paths.map(() => MASK);
  for (const [row, indices] of [...groups.values()].entries()) {
    const { folder, place, becomes } = placeOf(taken[row]!, labels[row]!, choices);
    const known = rows.get(folder);
    if (known === undefined) rows.set(folder, { count: indices.length, split: becomes });
    else known.count += indices.length;
    for (const index of indices) places[index] = place;
  }
  for (const [mask, picture] of masks) if (picture !== undefined) places[picture] = { ...places[picture]!, mask };
  return { places, folders: rows.size < 2 ? [] : [...rows].map(lookAt).sort((a, b) => byName(a.folder, b.folder)) };
}

const MASK: Place = { out: 'mask' };

function placeOf(
  { split, splitFolder }: Taken,
  { label, isStray }: Labelled,
  choices: ReadonlyMap<string, FolderSplit>,
): { readonly folder: string; readonly place: Place; readonly becomes: FolderSplit | undefined } {
  const folder = isStray ? '' : [splitFolder, label ?? ''].filter((name) => name !== '').join('/');
  const choice = choices.get(folder);
  const becomes = choice ?? (isStray ? 'out' : split);
  const place = {
    ...(label === undefined ? {} : { label }),
    ...(becomes === undefined || becomes === 'out' ? {} : { split: becomes }),
    ...(choice === undefined || choice === 'out' ? {} : { chosen: true as const }),
    ...(becomes === 'out' ? { out: choice === undefined ? ('stray' as const) : ('chosen' as const) } : {}),
  };
  return { folder, place, becomes };
}

/** A path's folders: one and the same list for all paths in a folder. */
function partsOnce(): (path: string) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (path) => {
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    const parts = known.get(folder) ?? (folder === '' ? [] : folder.normalize('NFC').split('/'));
    known.set(folder, parts);
    return parts;
  };
}

function lookAt([folder, { count, split }]: [string, { count: number; split: FolderSplit | undefined }]): FolderLook {
  return { folder, count, ...(split === undefined ? {} : { split }) };
}

function untaken(parts: readonly string[]): Omit<Taken, 'count'> {
  return { split: undefined, splitFolder: '', before: [], after: parts };
}

function bySplit(parts: readonly string[]): Omit<Taken, 'count'> {
  const at = parts.findIndex((name) => splitOfFolder(name) !== undefined);
  if (at < 0) return untaken(parts);
  const split = splitOfFolder(parts[at]!);
  // Unpacked archives lie in a folder of their own name: training_set/training_set.
  let end = at + 1;
  while (end < parts.length && splitOfFolder(parts[end]!) === split) end += 1;
  return { split, splitFolder: parts[at]!, before: parts.slice(0, at), after: parts.slice(end) };
}

/** A folder's parts, and how many pictures lie in it. */
interface Folder {
  readonly parts: readonly string[];
  readonly count: number;
}

function takenApart(folders: readonly Folder[]): Taken[] {
  const whole = folders.map(({ parts, count }) => ({ ...untaken(parts), count }));
  const found = folders.map(({ parts, count }) => ({ ...bySplit(parts), count }));
  const splits = new Set(found.flatMap(({ split }) => split ?? []));
  // What lies directly beside such folders is no class of its own.
  const above = new Set(found.flatMap(({ split, before }) => (split === undefined ? [] : [before.join('/')])));
  const inFolders = found.filter(({ split, after }) => split !== undefined || !above.has(after.join('/')));
  const inSplits = countOf(inFolders.filter(({ split }) => split !== undefined));
  if (splits.size < 2 || inSplits < countOf(inFolders) * LEAST_IN_SPLITS) return whole;
  const asTest = (split: Taken['split']): Taken['split'] =>
    split === 'validation' && !splits.has('test') ? 'test' : split;
  return found.map((taken) => ({ ...taken, split: asTest(taken.split) }));
}

const countOf = (folders: readonly { readonly count: number }[]): number =>
  folders.reduce((sum, { count }) => sum + count, 0);

/** Large sets come in several archives, which are no classes: part1/cats, part2/dogs. */
const PIECE = /^(?:part|piece|chunk|shard|batch|archive|vol|volume|disk)[-_ ]?\d+$/i;

/** How many folders come before that of the label: those that hold everything, and the pieces that everything was cut into. */
function depthOfLabels(paths: readonly (readonly string[])[]): number {
  const depth = commonDepth(paths);
  const isCut = paths.every((parts) => parts.length > depth + 1 && PIECE.test(parts[depth]!));
  return paths.length > 0 && isCut ? depth + 1 : depth;
}

interface Labelled {
  readonly label: string | undefined;
  /** It lies beside the folders and is left out unless somebody wants it. */
  readonly isStray: boolean;
}

function labelsIn(taken: readonly Taken[]): Labelled[] {
  const hasSplits = taken.some(({ split }) => split !== undefined);
  const within = taken.filter(({ split }) => !hasSplits || split !== undefined);
  const below = within.map(({ after }) => after);
  const depth = depthOfLabels(below);
  const isBelow = below.some((parts) => parts.length > depth);
  const above = commonDepth(within.map(({ before }) => before));
  const labels = taken.map(({ before, after }) => (isBelow ? after[depth] : before[above]));
  const classes = new Set(labels.filter((label) => label !== undefined));
  const isBeside = (row: number): boolean => (hasSplits ? taken[row]!.split === undefined : labels[row] === undefined);
  const beside = countOf(taken.filter((_, row) => isBeside(row)));
  const areStrays = hasSplits || (classes.size > 1 && beside <= countOf(taken) * MOST_STRAYS);
  return labels.map((label, row) => {
    if (areStrays && isBeside(row)) return { label: undefined, isStray: true };
    return { label: classes.size === 0 ? undefined : (label ?? UNSORTED), isStray: false };
  });
}
