import { execFile } from 'node:child_process';
import { createReadStream, createWriteStream, existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createBrotliDecompress } from 'node:zlib';
import { projectRoot } from './step.ts';

/** The package that carries Chromium's headless shell for Linux on x64, as Chromium itself is released: a fifth quicker than Debian's. */
const PACKAGE = join('node_modules', '@sparticuz', 'chromium');

const KEPT = join('node_modules', '.cache', 'headless-shell');

/** Where the program of the package that is installed is to lie: another version's is not taken for it. */
function placeOf(root: string): string | undefined {
  const about = join(root, PACKAGE, 'package.json');
  if (process.platform !== 'linux' || process.arch !== 'x64' || !existsSync(about)) return undefined;
  const { version } = JSON.parse(readFileSync(about, 'utf8')) as { readonly version: string };
  return join(root, KEPT, version);
}

/** Where the package's program lies, once it has been unpacked and has started here. */
export function unpackedShell(root: string = projectRoot): string | undefined {
  const place = placeOf(root);
  return place !== undefined && existsSync(place) ? place : undefined;
}

/**
 * Unpacks the package's program where it has not been, which takes two seconds.
 * @returns its path; nothing where it is not for this system, or does not start: a bare system lacks libraries, such as NSS
 */
export async function unpackShell(root: string = projectRoot): Promise<string | undefined> {
  const place = placeOf(root);
  if (place === undefined || existsSync(place)) return place;
  const packed = join(root, PACKAGE, 'bin', 'chromium.br');
  const making = `${place}-${process.pid}`;
  try {
    await mkdir(join(root, KEPT), { recursive: true });
    await pipeline(createReadStream(packed), createBrotliDecompress(), createWriteStream(making, { mode: 0o755 }));
    await promisify(execFile)(making, ['--version']);
    await rename(making, place);
    return place;
  } catch {
    // Another browser serves as well.
    await rm(making, { force: true });
    return undefined;
  }
}
