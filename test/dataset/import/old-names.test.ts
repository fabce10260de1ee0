import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { importImages } from '../../../electron/dataset/import/import-images.ts';
import { planImport } from '../../../electron/dataset/import/plan-import.ts';
import { readStoredSet } from '../../../electron/dataset/stored-set.ts';
import { TemporaryFolder } from '../idx-bytes.ts';
import { greyPng, plain } from './fixtures.ts';

const reason = 'its name is not UTF-8; it was read as Western European (Windows-1252).';

let place: TemporaryFolder;
let pets: string;
beforeEach(() => {
  place = new TemporaryFolder();
  pets = join(place.path, 'pets');
  mkdirSync(pets);
});
afterEach(() => place[Symbol.dispose]());

/** A path below the folder whose letters are one byte each, as old disks wrote them. */
const old = (name: string): Buffer => Buffer.concat([Buffer.from(`${pets}/`), Buffer.from(name, 'latin1')]);

// Other systems have no such names.
describe.runIf(process.platform === 'linux')('names that are not UTF-8', () => {
  beforeEach(async () => {
    for (const [at, folder] of ['Müller', 'Möller', 'Meier'].entries()) {
      mkdirSync(folder === 'Meier' ? join(pets, folder) : old(folder));
      for (const picture of [1, 2, 3]) {
        writeFileSync(old(`${folder}/${picture}.png`), await greyPng(50 * at + picture));
      }
    }
  });

  it('are read, told apart, and said', async () => {
    writeFileSync(old('Meier/café.png'), await greyPng(200));
    writeFileSync(old('Meier/Müll.zip'), zipSync({ 'packed.png': await greyPng(210) }));
    const plan = await planImport([pets], 'Pets');
    expect(plan.labels.map(({ name, count }) => [name, count])).toEqual([
      ['Meier', 5],
      ['Möller', 3],
      ['Müller', 3],
    ]);
    expect(plan.skipped).toEqual([]);
    const folder = join(place.path, 'set');
    const report = await importImages({ paths: [pets], options: plain, folder, id: 'pets' });
    expect(report).toMatchObject({ imported: 11, skipped: [] });
    expect(report.notes).toEqual(
      ['Meier/café.png', 'Meier/Müll.zip', 'Möller', 'Müller'].map((name) => ({ name, reason })),
    );
    const set = await readStoredSet(folder, 'pets');
    expect(set.labelNames).toEqual(['Meier', 'Möller', 'Müller']);
  });

  it('are found by what a command line makes of them', async () => {
    // As Node decodes an argument: one of these two it cannot be told from the other.
    const given = join(pets, 'M\uFFFDller');
    await expect(planImport([given], 'Pets')).rejects.toMatchObject({
      message: `${given}: expected a file or folder, but its name is not UTF-8: rename it.`,
    });
    mkdirSync(old('Schäfer'));
    for (const picture of [1, 2]) writeFileSync(old(`Schäfer/${picture}.png`), await greyPng(230 + picture));
    expect((await planImport([join(pets, 'Sch\uFFFDfer')], 'Pets')).count).toBe(2);
    expect((await planImport([join(pets, 'Sch\uFFFDfer', '1.png'), join(pets, 'Meier')], 'Pets')).count).toBe(4);
  });
});
