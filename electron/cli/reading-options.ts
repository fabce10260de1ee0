import { InvalidArgumentError, Option, type Command } from 'commander';
import { StudioError } from '../domain/errors.ts';
import {
  columnRoles,
  folderSplits,
  type ColumnRole,
  type FolderSplit,
  type Reading,
  type Table,
} from '../contract/import-options.ts';
import type { FolderLook, TableLook } from '../contract/import-plan.ts';

/** How a person wants files to be read, in the words of the command line. */
export interface ReadingArguments {
  readonly column?: readonly ColumnChange[];
  readonly header?: boolean;
  readonly labelColumn?: number;
  readonly order?: Reading['order'];
  readonly folder?: Reading['folders'];
}

/** `column`: its name, its number from 1, or such as 2-785. */
interface ColumnChange {
  readonly column: string;
  readonly role: ColumnRole;
}

/** Roles as the import sheet names them, with `none` for columns that are not used. */
const roleWords: Readonly<Record<string, ColumnRole>> = {
  ...Object.fromEntries(columnRoles.map((role) => [role, role])),
  none: 'ignored',
};

export function addReadingOptions(command: Command): Command {
  return command
    .option(
      '--column <column=role>',
      `what a column of a CSV holds, by its name or number, such as id=none or 2-785=pixels: ${columnRoles.filter((role) => role !== 'ignored').join(', ')} or none; may be given again`,
      gathered(columnChange),
    )
    .option('--header <yes|no>', 'whether the first row of a CSV names its columns', yesOrNo)
    .option('--label-column <number>', 'of labels that have several columns, the one that is taken', labelColumn)
    .addOption(
      new Option('--order <way>', 'how rows hold colours: R G B R G B …, or all of R first').choices([
        'interleaved',
        'planar',
      ]),
    )
    .option(
      '--folder <folder=split>',
      `what becomes of a folder, as --plan names it: ${folderSplits.join(', ')}; may be given again`,
      gathered(folderChange),
    );
}

/** What can be said before the files are looked at; columns are changed in what was found (`changedTable`). */
export function plainReading({ labelColumn: column, order, folder }: ReadingArguments): Reading {
  return {
    ...(column === undefined ? {} : { labelColumn: column }),
    ...(order === undefined ? {} : { order }),
    ...(folder === undefined ? {} : { folders: folder }),
  };
}

/**
 * The columns that were found, changed as asked for; nothing where nothing was.
 * @throws StudioError `bad-request` where there is no table, or no such column in it
 */
export function changedTable(
  found: TableLook | undefined,
  { column: changes = [], header }: ReadingArguments,
): Table | undefined {
  if (changes.length === 0 && header === undefined) return undefined;
  if (found === undefined) {
    throw new StudioError('bad-request', '--column and --header: expected CSV files among the paths, found none.');
  }
  const roles = found.columns.flatMap(({ from, to, role }) => new Array<ColumnRole>(to - from + 1).fill(role));
  for (const change of changes) {
    const { from, to } = columnsOf(found, change.column, roles.length);
    // One column is the label, or the name: another one takes its place.
    if (change.role !== 'pixels') roles.forEach((role, at) => role === change.role && (roles[at] = 'ignored'));
    roles.fill(change.role, from, to + 1);
  }
  return { header: header ?? found.header, columns: inRuns(roles) };
}

function columnsOf(
  { columns }: TableLook,
  wanted: string,
  count: number,
): { readonly from: number; readonly to: number } {
  const named = columns.find(({ name }) => name === wanted);
  if (named !== undefined) return named;
  const [, first = '', last = first] = /^(\d+)(?:-(\d+))?$/.exec(wanted) ?? [];
  const [from, to] = [Number(first) - 1, Number(last) - 1];
  if (first !== '' && from >= 0 && to >= from && to < count) return { from, to };
  const names = columns.map(({ name }) => name).join(', ');
  throw new StudioError(
    'bad-request',
    `--column: expected one of ${names}, or a number of 1 to ${count}, found "${wanted}".`,
  );
}

function inRuns(roles: readonly ColumnRole[]): Table['columns'] {
  const runs: { from: number; to: number; role: ColumnRole }[] = [];
  roles.forEach((role, at) => {
    const last = runs.at(-1);
    if (last?.role === role) last.to = at;
    else runs.push({ from: at, to: at, role });
  });
  return runs;
}

/** @throws StudioError `bad-request` for a folder that was not found */
export function checkFolders(found: readonly FolderLook[], { folder: changes = [] }: ReadingArguments): void {
  const names = found.map(({ folder }) => folder);
  const wrong = changes.find(({ folder }) => !names.includes(folder));
  if (wrong === undefined) return;
  const expected =
    names.length === 0 ? 'pictures in several folders' : `one of ${names.map((name) => `"${name}"`).join(', ')}`;
  throw new StudioError('bad-request', `--folder: expected ${expected}, found "${wrong.folder}".`);
}

/** An option that may be given several times. */
const gathered =
  <T>(parse: (text: string) => T) =>
  (text: string, before: readonly T[] = []): readonly T[] => [...before, parse(text)];

function columnChange(text: string): ColumnChange {
  const [column, word] = halves(text);
  const role = roleWords[word];
  if (column !== '' && role !== undefined) return { column, role };
  throw new InvalidArgumentError(
    `Expected a column and one of ${Object.keys(roleWords).join(', ')}, such as digit=label.`,
  );
}

function folderChange(text: string): { readonly folder: string; readonly split: FolderSplit } {
  const [folder, word] = halves(text);
  const split = folderSplits.find((each) => each === word);
  if (split !== undefined) return { folder, split };
  throw new InvalidArgumentError(`Expected a folder and one of ${folderSplits.join(', ')}, such as extra/cats=out.`);
}

/** Around the last "=": names may hold others. */
function halves(text: string): readonly [string, string] {
  const at = text.lastIndexOf('=');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function yesOrNo(text: string): boolean {
  if (text === 'yes' || text === 'no') return text === 'yes';
  throw new InvalidArgumentError('Expected yes or no.');
}

function labelColumn(text: string): number {
  const column = Number(text);
  if (Number.isInteger(column) && column >= 1) return column - 1;
  throw new InvalidArgumentError('Expected a whole number from 1.');
}
