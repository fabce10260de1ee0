import type { ImportOptions } from '../contract/import-options.ts';
import type { FolderLook, ImportPlan } from '../contract/import-plan.ts';
import { StudioError } from '../domain/errors.ts';
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

/**
 * How to import what was planned so that only normal pictures are trained on.
 * @param tiles how large pictures are cut; left out, they are not
 * @throws StudioError `bad-file` where none are */
export function normalImport(
  { folders, options }: Pick<ImportPlan, 'folders' | 'options'>,
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
  const moved = (look: FolderLook): boolean => checked.includes(look.folder) && look.split !== 'test';
  const choices = folders.filter(moved).map(({ folder }) => ({ folder, split: 'test' as const }));
  return { normal, checked, options: { ...options, ...(choices.length === 0 ? {} : { folders: choices }) } };
}
