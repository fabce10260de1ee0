import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { StudioError } from '../domain/errors.ts';
import type { RunFolder } from './run-folder.ts';
import { writeZip } from './write-zip.ts';

/** What the file of an exported run ends in. */
export const ARCHIVE_ENDING = '.aestudio';
/** Says that a zip holds a run, and by which version's rules; raised when older apps could not read it. */
export const MANIFEST_FILE = 'aestudio.json';
export const ARCHIVE_VERSION = 2;

/** Of all files together, and how many there may be: what is read back. */
export const MOST_ARCHIVE_BYTES = 2 ** 36;
export const MOST_ARCHIVE_FILES = 200_000;

/** The files of a run that an archive holds; checkpoints are not among them. */
const archived =
  /^(?:experiment\.json|run\.json|annotations\.json|merit\.json|metrics\.jsonl|snapshots\/(?:epoch|kept)-\d{4,6}\.safetensors|model\/(?:best|last)\/(?:model-spec\.json|weights\.safetensors))$/;

/** Older apps know of no such files, and read every other archive. */
const ofVersion2 = /^snapshots\/kept-/;

export function isArchived(name: string): boolean {
  return archived.test(name);
}

/**
 * Writes a run as one zip file (of the 64-bit form, where it needs that), whole or not at all, checkpoints left out.
 * @throws StudioError `refused` beyond 64 GB or 200,000 files; `disk-full`; `not-found` where a file goes away meanwhile
 */
export async function writeArchive(run: RunFolder, path: string): Promise<void> {
  const files = await filesOf(run);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  expectAtMost(run, MOST_ARCHIVE_BYTES, bytes, 'bytes');
  expectAtMost(run, MOST_ARCHIVE_FILES, files.length, 'files');
  const version = files.some(({ name }) => ofVersion2.test(name)) ? ARCHIVE_VERSION : 1;
  const manifest = JSON.stringify({ format: 'autoencoder-studio-run', version });
  await writeZip(path, async (zip) => {
    zip.addBuffer(Buffer.from(`${manifest}\n`), MANIFEST_FILE, { compress: false });
    for (const { name, source } of files) {
      if (name === 'metrics.jsonl') zip.addBuffer(await wholeMetrics(run), name);
      // Weights and pixels hardly shrink.
      else zip.addFile(source, name, { compress: !name.endsWith('.safetensors') });
    }
  });
}

function expectAtMost({ path }: RunFolder, most: number, found: number, what: string): void {
  if (found <= most) return;
  const numbers = `expected at most ${most.toLocaleString('en')} ${what}, found ${found.toLocaleString('en')}`;
  throw new StudioError('refused', `${path}: ${numbers}.`);
}

/** Without a line that a crash has torn. */
async function wholeMetrics(run: RunFolder): Promise<Buffer> {
  const { metrics } = await run.readMetrics();
  return Buffer.from(metrics.map((epoch) => `${JSON.stringify(epoch)}\n`).join(''));
}

async function filesOf({ path }: RunFolder) {
  const found = await readdir(path, { recursive: true, withFileTypes: true });
  const sources = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const named = sources.map((source) => ({ source, name: relative(path, source).split(sep).join('/') }));
  const kept = named.filter(({ name }) => isArchived(name)).sort((a, b) => a.name.localeCompare(b.name));
  return Promise.all(kept.map(async (file) => ({ ...file, bytes: (await stat(file.source)).size })));
}
