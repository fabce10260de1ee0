import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { Zip, ZipDeflate, ZipPassThrough } from 'fflate';
import { StudioError } from '../domain/errors.ts';
import { writeFully, writeWholeBy } from './atomic.ts';
import type { RunFolder } from './run-folder.ts';

/** What the file of an exported run ends in. */
export const ARCHIVE_ENDING = '.aestudio';
/** Says that a zip holds a run, and by which version's rules; raised when older apps could not read it. */
export const MANIFEST_FILE = 'aestudio.json';
export const ARCHIVE_VERSION = 1;

/** Of all files together: an archive without the 64-bit extension holds no more. */
export const MOST_ARCHIVE_BYTES = 2 ** 32 - 2 ** 20;

/** The files of a run that an archive holds; checkpoints are not among them. */
const archived =
  /^(?:experiment\.json|run\.json|annotations\.json|merit\.json|metrics\.jsonl|snapshots\/epoch-\d{4,6}\.safetensors|model\/(?:best|last)\/(?:model-spec\.json|weights\.safetensors))$/;

export function isArchived(name: string): boolean {
  return archived.test(name);
}

/**
 * Writes a run as one zip file, whole or not at all, checkpoints left out.
 * @throws StudioError `refused` beyond 4 GB; `disk-full`; `not-found` where a file goes away meanwhile
 */
export async function writeArchive(run: RunFolder, path: string): Promise<void> {
  const files = await filesOf(run);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  if (bytes > MOST_ARCHIVE_BYTES) {
    const most = MOST_ARCHIVE_BYTES.toLocaleString('en');
    throw new StudioError(
      'refused',
      `${run.path}: expected at most ${most} bytes, found ${bytes.toLocaleString('en')}.`,
    );
  }
  await writeWholeBy(path, async (file) => {
    const chunks: Uint8Array[] = [];
    const zip = new Zip((error, chunk) => {
      if (error) throw error;
      chunks.push(chunk);
    });
    const drain = async (): Promise<void> => {
      for (const chunk of chunks.splice(0)) await writeFully(file, chunk);
    };
    const manifest = new ZipPassThrough(MANIFEST_FILE);
    zip.add(manifest);
    manifest.push(
      Buffer.from(`${JSON.stringify({ format: 'autoencoder-studio-run', version: ARCHIVE_VERSION })}\n`),
      true,
    );
    for (const { name, source } of files) {
      // Weights and pixels hardly shrink.
      const entry = name.endsWith('.safetensors') ? new ZipPassThrough(name) : new ZipDeflate(name, { level: 6 });
      zip.add(entry);
      for await (const chunk of contentOf(run, name, source)) {
        entry.push(chunk);
        await drain();
      }
      entry.push(new Uint8Array(0), true);
    }
    zip.end();
    await drain();
  });
}

/** A line of the metrics that a crash has torn is left out. */
async function* contentOf(run: RunFolder, name: string, source: string): AsyncIterable<Uint8Array> {
  if (name === 'metrics.jsonl') {
    const { metrics } = await run.readMetrics();
    yield Buffer.from(metrics.map((epoch) => `${JSON.stringify(epoch)}\n`).join(''));
  } else yield* createReadStream(source) as AsyncIterable<Uint8Array>;
}

async function filesOf({ path }: RunFolder) {
  const found = await readdir(path, { recursive: true, withFileTypes: true });
  const sources = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const named = sources.map((source) => ({ source, name: relative(path, source).split(sep).join('/') }));
  const kept = named.filter(({ name }) => isArchived(name)).sort((a, b) => a.name.localeCompare(b.name));
  return Promise.all(kept.map(async (file) => ({ ...file, bytes: (await stat(file.source)).size })));
}
