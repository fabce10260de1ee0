import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { StudioError } from '../../domain/errors.ts';
import type { SkippedFile, TableLook } from '../../contract/import-plan.ts';
import { DiskFile, type ListedFile } from './listed-file.ts';
import type { ImportSystem } from './system.ts';
import type { ListedPicture } from './table-source.ts';

/** A CSV file that says which picture has which label. */
export interface FileList {
  readonly file: ListedFile;
  readonly look: TableLook;
  readonly labelGuess?: string;
  readonly pictures: readonly ListedPicture[];
}

/**
 * Finds the pictures that lists name: among those given by their paths, by their file names, with or without ending; else beside
 * the list on disk.
 * @param names the given pictures by every name that a list may call them by
 * @param onBad told of lists of which no picture was found
 * @returns what is said of each by its name, the files that were not given, the lists that name any, and what these name that is
 * nowhere
 */
export async function matchLists(
  lists: readonly FileList[],
  names: PictureNames,
  system: ImportSystem,
  onBad: (name: string, error: unknown) => void,
): Promise<{
  readonly listed: ReadonlyMap<string, ListedPicture>;
  readonly found: readonly ListedFile[];
  readonly used: readonly FileList[];
  readonly missing: readonly SkippedFile[];
}> {
  const listed = new Map<string, ListedPicture>();
  const found: ListedFile[] = [];
  const used: FileList[] = [];
  const missing: SkippedFile[] = [];
  for (const list of lists) {
    const { file, pictures } = list;
    const absent = new Set<string>();
    let matched = 0;
    for (const picture of pictures) {
      const known = names.called(picture.file);
      const meant = known.length > 0 ? known : besideList(file, picture.file, system);
      if (meant.length === 0) absent.add(picture.file);
      for (const one of meant) {
        if (known.length === 0 && !listed.has(one.name)) found.push(one);
        listed.set(one.name, picture);
        matched += 1;
      }
    }
    if (matched === 0) onBad(file.name, nowhere(file, pictures));
    else {
      used.push(list);
      const reason = `expected this picture, as ${file.name} names it, found none.`;
      for (const name of absent) missing.push({ name: name === '' ? '(no name)' : name, reason });
    }
  }
  return { listed, found, used, missing };
}

function nowhere({ name }: ListedFile, pictures: readonly ListedPicture[]): StudioError {
  const some = pictures.slice(0, 3).map(({ file }) => file);
  const list = pictures.length > some.length ? `${some.join(', ')}, …` : some.join(', ');
  return new StudioError(
    'bad-file',
    `${name}: expected the pictures that it lists beside it (${list}), found none of the ${pictures.length.toLocaleString('en')}.`,
  );
}

const keyOf = (path: string): string =>
  path
    .replaceAll('\\', '/')
    .replace(/^(?:\.\/)+/, '')
    .normalize('NFC');
const baseOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const stemOf = (path: string): string => path.replace(/\.[^./]*$/, '');

/** Pictures by path, by name and by name without ending; a name that several have stands for all of them. */
export class PictureNames {
  private readonly files: readonly ListedFile[];
  /** Made when a list is there that asks: there may be a million pictures. */
  private names: Map<string, ListedFile[]> | undefined;

  constructor(files: readonly ListedFile[]) {
    this.files = files;
  }

  called(name: string): readonly ListedFile[] {
    const key = keyOf(name);
    const names = (this.names ??= byEveryName(this.files));
    return names.get(key) ?? names.get(baseOf(key)) ?? [];
  }
}

function byEveryName(files: readonly ListedFile[]): Map<string, ListedFile[]> {
  const names = new Map<string, ListedFile[]>();
  for (const file of files) {
    const path = keyOf(file.name);
    for (const key of new Set([path, baseOf(path), stemOf(baseOf(path))])) {
      const known = names.get(key);
      if (known === undefined) names.set(key, [file]);
      else known.push(file);
    }
  }
  return names;
}

/** A file below the folder that the list lies in; a list reaches no other. */
function besideList(list: ListedFile, listed: string, system: ImportSystem): ListedFile[] {
  if (list.path === undefined || listed === '') return [];
  const folder = dirname(list.path);
  const path = join(folder, keyOf(listed));
  const inside = relative(folder, path);
  if (inside === '' || inside.startsWith('..') || isAbsolute(inside) || !existsSync(path)) return [];
  return [new DiskFile(path, keyOf(listed), system)];
}
