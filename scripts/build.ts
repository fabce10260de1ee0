import { createHash } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot, runNode, tools } from './step.ts';

const STAMP = join(projectRoot, 'out', 'built-from');

/** Whether the app in out/ was built from just these sources. */
export const isBuilt = async (): Promise<boolean> => (await builtFrom()) === (await fingerprint());

/** Builds the app into out/ unless it was built from just these sources; resolves to the build's exit status. */
export async function buildIfChanged(): Promise<number> {
  const sources = await fingerprint();
  if ((await builtFrom()) === sources) return 0;
  const status = await runNode(tools.electronVite, ['build', '--logLevel', 'warn']);
  if (status === 0) await writeFile(STAMP, sources);
  return status;
}

const builtFrom = (): Promise<string | undefined> => readFile(STAMP, 'utf8').catch(() => undefined);

/** Changes when a source, a dependency's version or the build's settings do. */
async function fingerprint(): Promise<string> {
  const folders = await Promise.all(['electron', 'renderer', 'resources'].map(filesUnder));
  const files = [...folders.flat(), 'electron.vite.config.ts', 'package.json', 'package-lock.json'].sort();
  const hash = createHash('sha256');
  for (const file of files) {
    const { size, mtimeMs } = await stat(join(projectRoot, file));
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(join(projectRoot, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(projectRoot.length + 1));
}
