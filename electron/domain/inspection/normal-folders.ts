import { truthOfGroup } from './groups.ts';

/** A folder of pictures, and what becomes of them where something says so. */
export interface Folder {
  readonly folder: string;
  readonly split?: 'training' | 'validation' | 'test' | 'out';
}

/**
 * Which folders hold what is normal, to be trained on, and which are to be checked. Of folders for training and validation all are
 * normal but those that are called something else beside one called normal (MVTec's train/good beside nothing); where no folder says
 * what it is for, those called normal are; where none is called so, all are.
 */
export function normalFolders(folders: readonly Folder[]): { readonly normal: string[]; readonly checked: string[] } {
  const kept = folders.filter(({ split }) => split !== 'out');
  const splits = kept.some(({ split }) => split === 'training');
  const candidates = splits
    ? kept.filter(({ split }) => split === 'training' || split === 'validation')
    : kept.filter(({ split }) => split !== 'test');
  const called = candidates.filter(({ folder }) => truthOfGroup(folder) === 'normal');
  const normal = called.length > 0 ? called : candidates;
  return {
    normal: normal.map(({ folder }) => folder),
    checked: kept.filter((each) => !normal.includes(each)).map(({ folder }) => folder),
  };
}
