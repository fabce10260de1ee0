import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from './suitable-node.js';

/** Says which TensorFlow is in place, below the project's root; written by scripts/native/marker.ts. */
export const LIBRARY_MARKER = 'node_modules/@tensorflow/tfjs-node/.autoencoder-studio-native.json';

/** A step takes some hundreds of kilobytes; of experiments that are no longer tested nobody asks. */
const MOST_STEPS = 500;

/**
 * What XLA has compiled of a training step is kept for the next run of the same experiment: a start then takes a second of the
 * processor's time less. TensorFlow takes one only where the whole program is the same, bit for bit; that it was another
 * TensorFlow or another processor it does not see, so that each pair has a folder of its own.
 */
export function keepCompiledSteps(env: NodeJS.ProcessEnv = process.env, root = projectRoot): void {
  if (env['TF_XLA_FLAGS'] !== undefined || /\s/.test(root)) return;
  const marker = readIfThere(join(root, LIBRARY_MARKER));
  if (marker === undefined) return;
  const pair = createHash('sha256')
    .update(marker)
    .update(cpus()[0]?.model ?? '');
  const folder = join(root, 'node_modules', '.cache', 'xla', pair.digest('hex').slice(0, 16));
  mkdirSync(folder, { recursive: true });
  if (readdirSync(folder).length > MOST_STEPS) for (const name of readdirSync(folder)) rmSync(join(folder, name));
  env['TF_XLA_FLAGS'] = `--tf_xla_persistent_cache_directory=${folder} --tf_xla_persistent_cache_device_types=CPU`;
  // Each step that is found is logged as an error first: TensorFlow looks whether it is text. What fails is thrown as well.
  env['TF_CPP_MIN_LOG_LEVEL'] ??= '3';
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
