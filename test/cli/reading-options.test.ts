import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import {
  addReadingOptions,
  changedTable,
  checkFolders,
  plainReading,
  type ReadingArguments,
} from '../../electron/cli/reading-options.ts';
import type { TableLook } from '../../electron/contract/import-plan.ts';
import { planImport } from '../../electron/dataset/import/plan-import.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';

function given(...args: readonly string[]): ReadingArguments {
  const command = addReadingOptions(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  return command.parse(args, { from: 'user' }).opts();
}

/** A number, sixteen pixels, then how many holes and what it is: as found, the holes are the label. */
function digits(): string {
  const header = ['id', ...Array.from({ length: 16 }, (_, at) => `p${at}`), 'holes', 'what'];
  const rows = Array.from({ length: 8 }, (_, row) => {
    const pixels = Array.from({ length: 16 }, (_, at) => ((row * 37 + at * 11) % 250) + 1);
    return [100 + row, ...pixels, row % 2, ['one', 'two', 'three', 'four'][row % 4]];
  });
  return [header, ...rows].map((row) => row.join(',')).join('\n');
}

async function planned(path: string, options: ReadingArguments) {
  const { table: found } = await planImport([path], 'Digits');
  const table = changedTable(found, options);
  return planImport([path], 'Digits', {}, { ...plainReading(options), ...(table === undefined ? {} : { table }) });
}

describe('how a person wants files to be read, on the command line', () => {
  it('columns of a CSV by name and by number: another label takes the place of the one that was found', async () => {
    using folder = new TemporaryFolder();
    const path = join(folder.path, 'digits.csv');
    await writeFile(path, digits());
    const rolesOf = ({ columns }: TableLook) => columns.map(({ name, role }) => `${name}: ${role}`);
    const found = await planned(path, given());
    expect(rolesOf(found.table!)).toEqual(['id: name', 'p0 … p15: pixels', 'holes: label', 'what: ignored']);
    const byName = await planned(path, given('--column', 'what=label', '--column', 'id=none'));
    expect(rolesOf(byName.table!)).toEqual(['id: ignored', 'p0 … p15: pixels', 'holes: ignored', 'what: label']);
    expect(byName.labels.map(({ name }) => name)).toEqual(['four', 'one', 'three', 'two']);
    const byNumber = await planned(path, given('--column', '19=label', '--column', '1=none'));
    expect(byNumber.table).toEqual(byName.table);
  });

  it('a first row that is no header is a picture', () => {
    const table = {
      file: 'a.csv',
      header: true,
      columns: [{ from: 0, to: 15, role: 'pixels', name: '0 … 15', examples: [] }],
    } as const;
    expect(changedTable(table, given('--header', 'no'))).toEqual({
      header: false,
      columns: [{ from: 0, to: 15, role: 'pixels' }],
    });
    expect(changedTable(table, given('--column', '3-4=none'))!.columns).toEqual([
      { from: 0, to: 1, role: 'pixels' },
      { from: 2, to: 3, role: 'ignored' },
      { from: 4, to: 15, role: 'pixels' },
    ]);
  });

  it('names what it cannot find', async () => {
    using folder = new TemporaryFolder();
    const path = join(folder.path, 'digits.csv');
    await writeFile(path, digits());
    await expect(planned(path, given('--column', 'digit=label'))).rejects.toThrow(
      '--column: expected one of id, p0 … p15, holes, what, or a number of 1 to 19, found "digit".',
    );
    expect(() => changedTable(undefined, given('--column', '1=label'))).toThrow('expected CSV files among the paths');
    expect(() => given('--column', '1=weight')).toThrow('such as digit=label');
    const folders = [{ folder: 'train/cats', count: 3 }];
    expect(() => checkFolders(folders, given('--folder', 'train/cats=test'))).not.toThrow();
    expect(() => checkFolders(folders, given('--folder', 'dogs=out'))).toThrow('one of "train/cats", found "dogs"');
    expect(plainReading(given('--folder', 'a=b=out', '--order', 'planar', '--label-column', '2'))).toEqual({
      folders: [{ folder: 'a=b', split: 'out' }],
      order: 'planar',
      labelColumn: 1,
    });
  });
});
