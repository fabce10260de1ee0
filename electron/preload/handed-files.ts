import { webUtils } from 'electron';
import { MOST_LOOSE_BYTES, type GivenFile } from '../contract/files.ts';
import { StudioError } from '../domain/errors.ts';

interface Handed {
  readonly file: File;
  /** As the page calls it; only names what lies nowhere. */
  readonly path: string;
}

/** What the page has handed over since the last time. */
export class HandedFiles {
  #handed: Handed[] = [];

  hand(file: File, path: string): void {
    this.#handed.push({ file, path });
  }

  /**
   * Where the files lie; the files of a chosen folder stand for that folder. What lies nowhere comes as its bytes.
   * @throws StudioError `refused` for one of those that is too large.
   */
  async take(): Promise<GivenFile[]> {
    const handed = this.#handed;
    this.#handed = [];
    const paths = new Set<string>();
    const loose: Handed[] = [];
    for (const one of handed) {
      const path = webUtils.getPathForFile(one.file);
      if (path === '') loose.push(one);
      // The browser's word for the folder, not the page's: a page could name one further up.
      else paths.add(chosenRoot(path, one.file.webkitRelativePath));
    }
    const given: GivenFile[] = [...paths].map((path) => ({ kind: 'path', path }));
    for (const { file, path } of loose) given.push(await bytesOf(file, path));
    return given;
  }
}

/** The folder that was chosen when this file was found in it ("pets/cats/1.png" below /home/me); else the file itself. */
export function chosenRoot(path: string, relativePath: string): string {
  const below = `/${relativePath}`;
  if (relativePath === '' || !path.replaceAll('\\', '/').endsWith(below)) return path;
  const [root = ''] = relativePath.split('/');
  return path.slice(0, path.length - below.length + 1 + root.length);
}

async function bytesOf(file: File, path: string): Promise<GivenFile> {
  if (file.size > MOST_LOOSE_BYTES) {
    const found = `${(file.size / 2 ** 20).toFixed(0)} MiB`;
    throw new StudioError(
      'refused',
      `${path}: expected at most 256 MiB of a picture that is no file, found ${found}. Save it first, then drop the file.`,
    );
  }
  return { kind: 'bytes', path, bytes: new Uint8Array(await file.arrayBuffer()) };
}
