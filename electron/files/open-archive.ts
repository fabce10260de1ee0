import { open, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import * as v from 'valibot';
import { getFileNameLowLevel, validateFileName, type Entry, type ZipFile } from 'yauzl';
import { StudioError } from '../domain/errors.ts';
import { ModelSpecSchema, type Experiment } from '../domain/experiment.ts';
import { readExperiment } from '../domain/migrate-experiment.ts';
import { naming, writeFully, writeJson } from './atomic.ts';
import { makeDeep } from './make-deep.ts';
import { checkFitting } from './fitting-weights.ts';
import { decodeSafetensors } from './safetensors.ts';
import { readAnnotations } from './run-annotations.ts';
import { ARCHIVE_VERSION, isArchived, MANIFEST_FILE, MOST_ARCHIVE_BYTES, MOST_ARCHIVE_FILES } from './run-archive.ts';
import { readChecked } from './json-file.ts';
import { RunFolder, type RunState } from './run-folder.ts';
import { openZip } from './zip-reader.ts';

/** Of a JSON file and of the metrics. */
const MOST_TEXT_BYTES = 128 * 2 ** 20;
/** Deflate packs no tighter. */
const DEFLATE_LIMIT = 1_032;

/** What a person can do about a file that is not whole. */
const COPY_AGAIN = 'copy the file again, or export the run anew';

const ManifestSchema = v.object({
  format: v.literal('autoencoder-studio-run'),
  version: v.pipe(v.number(), v.integer(), v.minValue(1)),
});

/**
 * Unpacks an exported run into an empty folder and checks every file of it.
 * @param name what messages call the archive
 * @param signal ends it within one piece of a file; what was unpacked stays in the folder
 * @returns what its run.json says
 * @throws StudioError `bad-file` naming the archive and the file in it, what was expected and what was found
 */
export async function openArchive(
  archive: string,
  name: string,
  folder: string,
  signal?: AbortSignal,
): Promise<RunState> {
  await withZip(archive, name, (zip) => unpack(zip, name, folder, signal));
  return checkRun(folder, signal).catch((error: unknown) => {
    throw error instanceof StudioError ? within(name, folder, error) : error;
  });
}

/** The experiment of an exported run, without unpacking the rest. Throws as `openArchive`. */
export async function archivedExperiment(archive: string, name: string): Promise<Experiment> {
  return withZip(archive, name, async (zip) => {
    for await (const entry of zip.eachEntry()) {
      if (entryName(entry) !== 'experiment.json' || entry.uncompressedSize > MOST_TEXT_BYTES) continue;
      const text = await textOf(await zip.openReadStreamPromise(entry));
      return readExperiment(JSON.parse(text), `${name}: experiment.json`);
    }
    throw new StudioError('bad-file', `${name}: expected a run with a file "experiment.json", found none.`);
  });
}

async function withZip<T>(archive: string, name: string, work: (zip: ZipFile) => Promise<T>): Promise<T> {
  const zip = await openZip(archive).catch((cause: unknown) => {
    throw unreadable(name, cause);
  });
  try {
    return await work(zip);
  } catch (error) {
    throw error instanceof StudioError ? error : unreadable(name, error);
  } finally {
    zip.close();
  }
}

async function unpack(zip: ZipFile, name: string, folder: string, signal: AbortSignal | undefined): Promise<void> {
  const bad = (expected: string, found: string) =>
    new StudioError('bad-file', `${name}: expected ${expected}, found ${found}.`);
  if (zip.entryCount > MOST_ARCHIVE_FILES) throw bad(`at most ${MOST_ARCHIVE_FILES} files`, `${zip.entryCount}`);
  const entries = new Map<string, Entry>();
  let bytes = 0;
  let packed = 0;
  for await (const entry of zip.eachEntry()) {
    signal?.throwIfAborted();
    const file = entryName(entry);
    if (file.endsWith('/') && validateFileName(file) === null) continue;
    if (entries.has(file)) throw bad('each file once', `"${file}" twice`);
    if (entry.isEncrypted()) throw bad('files without a password', `"${file}" with one`);
    entries.set(file, entry);
    bytes += entry.uncompressedSize;
    packed += entry.compressedSize;
    const most = file.endsWith('.safetensors') ? MOST_ARCHIVE_BYTES : MOST_TEXT_BYTES;
    if (entry.uncompressedSize > Math.min(most, entry.compressedSize * DEFLATE_LIMIT + 64)) {
      throw bad(`"${file}" of a size it can have`, `${entry.uncompressedSize} bytes packed in ${entry.compressedSize}`);
    }
    if (bytes > MOST_ARCHIVE_BYTES) throw bad(`at most ${MOST_ARCHIVE_BYTES} bytes unpacked`, 'more');
    if (packed > zip.fileSize) throw bad('files beside each other', 'some that overlap');
  }
  const manifest = entries.get(MANIFEST_FILE);
  if (manifest === undefined) throw bad(`an exported run, with a file "${MANIFEST_FILE}"`, 'none');
  // First: a newer version's archives may hold files of other kinds.
  await unpackOne(zip, name, MANIFEST_FILE, manifest, folder, bad, signal);
  await checkManifest(folder, name);
  entries.delete(MANIFEST_FILE);
  // Before any is written: none of these names climbs.
  const foreign = [...entries.keys()].find((file) => !isArchived(file));
  if (foreign !== undefined) throw bad('only the files of a run', JSON.stringify(foreign));
  for (const [file, entry] of entries) await unpackOne(zip, name, file, entry, folder, bad, signal);
  await rm(join(folder, MANIFEST_FILE));
}

async function unpackOne(
  zip: ZipFile,
  name: string,
  file: string,
  entry: Entry,
  folder: string,
  bad: (expected: string, found: string) => StudioError,
  signal: AbortSignal | undefined,
): Promise<void> {
  const path = join(folder, ...file.split('/'));
  // What the system refuses is no fault of the archive.
  const ofSystem = <T>(work: () => Promise<T>): Promise<T> => naming(`${name}: ${file}`, work);
  await ofSystem(() => makeDeep(dirname(path)));
  const target = await ofSystem(() => open(path, 'wx'));
  let sum = 0;
  try {
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      signal?.throwIfAborted();
      sum = crc32(chunk as Buffer, sum);
      await ofSystem(() => writeFully(target, chunk as Buffer));
    }
    await ofSystem(() => target.sync());
  } finally {
    await target.close();
  }
  if (sum !== entry.crc32) throw bad(`"${file}" of the checksum the archive states`, `another: ${COPY_AGAIN}`);
}

async function checkManifest(folder: string, name: string): Promise<void> {
  const { version } = await readChecked(join(folder, MANIFEST_FILE), ManifestSchema).catch((error: unknown) => {
    throw error instanceof StudioError ? within(name, folder, error) : error;
  });
  if (version <= ARCHIVE_VERSION) return;
  throw new StudioError(
    'bad-file',
    `${name}: written by a newer version of the app: version ${version}, this version of the app reads up to ${ARCHIVE_VERSION}.`,
  );
}

/** Reads every file as the app would. */
async function checkRun(path: string, signal: AbortSignal | undefined): Promise<RunState> {
  const run = new RunFolder(path);
  const state = await run.readState();
  const experiment = await run.readExperiment();
  const { problems } = await run.readMetrics();
  if (problems[0] !== undefined) throw new StudioError('bad-file', problems[0]);
  await readAnnotations(run);
  const kept = await run.keptPictures();
  for (const epoch of [...(await run.snapshotEpochs()), ...(kept === undefined ? [] : [kept])]) {
    signal?.throwIfAborted();
    await run.readSnapshot(state.id, epoch);
  }
  for (const weights of ['best', 'last'] as const) {
    signal?.throwIfAborted();
    await checkModel(run.modelFolder(weights));
  }
  // As this version writes it, whatever version wrote the archive.
  await writeJson(join(path, 'experiment.json'), experiment);
  return state;
}

async function checkModel(folder: string): Promise<void> {
  const weights = join(folder, 'weights.safetensors');
  const bytes = await readFile(weights).catch(() => undefined);
  const spec = join(folder, 'model-spec.json');
  const model = await readChecked(spec, ModelSpecSchema).catch((error: unknown) => {
    if (error instanceof StudioError && error.code === 'not-found') return undefined;
    throw error;
  });
  const tensors = bytes === undefined ? undefined : decodeSafetensors(bytes, weights).tensors;
  if (model !== undefined && tensors !== undefined) return checkFitting(model, tensors, weights, COPY_AGAIN);
  if (model === undefined && tensors === undefined) return;
  const missing = model === undefined ? spec : weights;
  throw new StudioError('bad-file', `${missing}: expected this file beside the other, found none: ${COPY_AGAIN}.`);
}

/** The same error, the file named as it lies in the archive. */
function within(name: string, folder: string, { code, message }: StudioError): StudioError {
  const files = message.replaceAll(`${folder}/`, `${name}: `).replaceAll(`${folder}\\`, `${name}: `);
  return new StudioError(code === 'not-found' ? 'bad-file' : code, files);
}

function unreadable(name: string, cause: unknown): StudioError {
  const reason = (cause as Error).message.split('\n')[0];
  return new StudioError(
    'bad-file',
    `${name}: expected an exported run, found a file that cannot be read (${reason}): ${COPY_AGAIN}.`,
    {
      cause,
    },
  );
}

function entryName(entry: Entry): string {
  const raw = entry as unknown as { readonly fileNameRaw: Buffer; readonly extraFields: Entry['extraFields'] };
  return getFileNameLowLevel(entry.generalPurposeBitFlag, raw.fileNameRaw, raw.extraFields, false);
}
