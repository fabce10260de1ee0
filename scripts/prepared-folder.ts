import { createHash, type Hash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { MNIST_VARIABLE } from '../electron/dataset/mnist.ts';
import { LIBRARY_MARKER } from './kept-steps.ts';
import { projectRoot } from './suitable-node.js';

/** Where the folder is told to those who share it. */
export const PREPARED_VARIABLE = 'AUTOENCODER_STUDIO_TEST_PREPARED';

/** What is prepared follows from these: all that trains and measures, and what has it done. */
const SOURCES = ['electron', 'package-lock.json', 'scripts/mnist-part.ts', 'test/app/harness'];

/** So many stay, of sources as they were: whoever goes back and forth between two finds both. */
const MOST_KEPT = 3;

/**
 * The folder in which Playwright's workers share what specs need (test/app/harness/prepared.ts). It stays for the next time, as that
 * takes most of a minute of a processor's time: as long as nothing has changed that it follows from, it would be the same again.
 * Playwright's configuration is read by its workers too, which find it told already.
 */
export function sharePreparedFolder(env: NodeJS.ProcessEnv = process.env, root = projectRoot): void {
  if (env[PREPARED_VARIABLE] !== undefined) return;
  const all = join(root, 'node_modules', '.cache', 'prepared');
  const hash = createHash('sha256');
  const { model } = cpus()[0] ?? {};
  const told = [env['TF_NUM_INTRAOP_THREADS'], env['TF_ENABLE_ONEDNN_OPTS'], env[MNIST_VARIABLE]];
  hash.update([process.version, model, availableParallelism(), ...told].join('\n'));
  for (const path of [...SOURCES, LIBRARY_MARKER]) addTo(hash, root, path);
  const folder = join(all, hash.digest('hex').slice(0, 16));
  mkdirSync(folder, { recursive: true });
  const now = new Date();
  utimesSync(folder, now, now);
  const names = readdirSync(all).map((name) => join(all, name));
  const old = names.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs).slice(MOST_KEPT);
  for (const path of old) rmSync(path, { recursive: true, force: true });
  env[PREPARED_VARIABLE] = folder;
}

/** A file's name and content, of a folder those of all in it. */
function addTo(hash: Hash, root: string, path: string): void {
  const place = join(root, path);
  const what = statSync(place, { throwIfNoEntry: false });
  if (what?.isDirectory()) for (const name of readdirSync(place).sort()) addTo(hash, root, `${path}/${name}`);
  else if (what !== undefined) hash.update(`\n${path} ${what.size}\n`).update(readFileSync(place));
}
