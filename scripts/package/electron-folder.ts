import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { installedElectron } from '../electron-binary.ts';

/** Marks the names of whatever was packed without Electron's program, so that nobody ships it. */
export const STAND_IN_MARK = 'without-electron';

/** The folder of Electron's own files to pack: the installed one, or one that stands for it. */
export type ElectronFolder = { readonly kind: 'real' | 'stand-in'; readonly path: string };

/** What Electron's program shows where it is started without an app. */
export const DEFAULT_APP = 'default_app.asar';

const script = `#!/bin/sh
echo "This package was made without Electron's program, to test the rest. It cannot be started." >&2
exit 1
`;

/** Electron's fuses as its program carries them: a mark, the wire's version and length, then each as shipped ("0", "1"). */
const fuseWire = Buffer.concat([
  Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX', 'latin1'),
  Buffer.of(1, 8),
  Buffer.from('10110001', 'latin1'),
]);

/** @param scratch where a folder that stands for Electron's own may be made */
export async function electronFolder(scratch: string): Promise<ElectronFolder> {
  const binary = installedElectron();
  // On a Mac the program lies in Electron.app/Contents/MacOS.
  if (binary !== undefined) {
    const path = process.platform === 'darwin' ? join(dirname(binary), '..', '..', '..') : dirname(binary);
    return { kind: 'real', path };
  }
  const path = join(scratch, 'electron');
  await mkdir(join(path, 'resources'), { recursive: true });
  // So that flipping them is tried too.
  await writeFile(join(path, 'electron'), Buffer.concat([Buffer.from(script), fuseWire]));
  await chmod(join(path, 'electron'), 0o755);
  // So that taking it out is tried too.
  await writeFile(join(path, 'resources', DEFAULT_APP), '');
  return { kind: 'stand-in', path };
}
