import type { HandedFile } from '../../../electron/contract/files.ts';
import { imagePng } from '../../files/png.ts';
import type { WallEntry } from '../../pictures/picture-entries.ts';
import { isPicture } from './odd-ones.ts';

/** Pictures encoded between two breaths of the window. */
const AT_ONCE = 32;

/**
 * The pictures of the wall as PNG files, as if somebody had dropped them: as they came, no larger than the wall keeps them
 * (`keptSide`), under their own names and folders. What could not be read is left out.
 */
export async function picturesAsFiles(entries: readonly WallEntry[]): Promise<readonly HandedFile[]> {
  const files: HandedFile[] = [];
  const taken = new Set<string>();
  for (const { name, original } of entries.filter(isPicture)) {
    const path = freeName(name.replace(/(?:\.[a-z][a-z\d]{1,4})?$/i, '.png'), taken);
    const file = new File([imagePng(original)], path.slice(path.lastIndexOf('/') + 1), { type: 'image/png' });
    files.push({ file, path });
    if (files.length % AT_ONCE === 0) await new Promise((resolve) => setTimeout(resolve));
  }
  return files;
}

/** "a.png", "a (2).png": pictures handed over at different times may share a name. */
function freeName(path: string, taken: Set<string>): string {
  let free = path;
  for (let number = 2; taken.has(free); number += 1) free = path.replace(/\.png$/, ` (${number}).png`);
  taken.add(free);
  return free;
}
