import type { ImportOptions } from '../contract/import-options.ts';
import type { FolderLook, ImportPlan } from '../contract/import-plan.ts';
import { StudioError } from '../domain/errors.ts';
import { LEAST_NORMAL, tooFewNormal } from '../domain/inspection/recipe-for-normal.ts';
import { TILE_IMAGE, type Tiling } from '../domain/inspection/tile-places.ts';
import { normalFolders } from '../domain/inspection/normal-folders.ts';

/** Large normal pictures become a set of tiles, and those to be checked stay whole: they are left out of it. */
const tiled = (options: ImportOptions, tiles: Tiling): ImportOptions => ({
  ...options,
  width: TILE_IMAGE,
  height: TILE_IMAGE,
  fit: 'stretch',
  centre: false,
  test: { kind: 'every', n: 10 },
  tiles,
});

export interface NormalImport {
  /** Folders whose pictures are trained on, and those that are put aside to be checked. */
  readonly normal: readonly string[];
  readonly checked: readonly string[];
  /** How the pictures are imported so that they are: what is odd becomes test images. */
  readonly options: ImportOptions;
}

/** So seldom that no picture of a few is set aside: the rule has no "none". */
const HARDLY_ANY = 1_000;

/**
 * How to import what was planned so that only normal pictures are trained on.
 * @param tiles how large pictures are cut; left out, they are not
 * @throws StudioError `bad-file` where none are, `refused` where they are too few to say what is usual
 */
export function normalImport(
  { count, folders, options }: Pick<ImportPlan, 'count' | 'folders' | 'options'>,
  tiles?: Tiling,
): NormalImport {
  const { normal, checked } = normalFolders(folders);
  if (folders.length > 0 && normal.length === 0) {
    const found = folders.map(({ folder }) => `"${folder}"`).join(', ');
    throw new StudioError('bad-file', `Expected a folder of normal pictures to train on, found ${found}.`);
  }
  if (tiles !== undefined) {
    const choices = checked.map((folder) => ({ folder, split: 'out' as const }));
    return {
      normal,
      checked,
      options: { ...tiled(options, tiles), ...(choices.length === 0 ? {} : { folders: choices }) },
    };
  }
  const own = folders.filter(({ folder }) => normal.includes(folder));
  const pictures = folders.length === 0 ? count : own.reduce((sum, look) => sum + look.count, 0);
  if (pictures < LEAST_NORMAL) throw tooFewNormal(pictures);
  const moved = (look: FolderLook): boolean => checked.includes(look.folder) && look.split !== 'test';
  const choices = folders.filter(moved).map(({ folder }) => ({ folder, split: 'test' as const }));
  const test = testOf(options.test, pictures);
  return { normal, checked, options: { ...options, test, ...(choices.length === 0 ? {} : { folders: choices }) } };
}

/** Where every picture counts, none of those to learn from is set aside for a test. */
function testOf(test: ImportOptions['test'], pictures: number): ImportOptions['test'] {
  if (test.kind !== 'every') return test;
  return pictures - Math.ceil(pictures / test.n) < LEAST_NORMAL ? { ...test, n: HARDLY_ANY } : test;
}
