import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { StudioError } from '../domain/errors.ts';
import { ModelSpecSchema, type ModelSpec } from '../domain/experiment.ts';
import { layOut, type LayoutLayer } from '../domain/model-layout.ts';
import { buildNetwork, type Network } from '../engine/network.ts';
import { tf } from '../engine/tensorflow.ts';
import { linkOrCopy, writeFolder, writeJson, writeWhole } from '../files/atomic.ts';
import {
  kindOf,
  readSafetensors,
  safetensorsPieces,
  withSafetensors,
  type StoredTensor,
} from '../files/safetensors.ts';
import { readChecked } from '../files/json-file.ts';

const SPEC_FILE = 'model-spec.json';
const WEIGHTS_FILE = 'weights.safetensors';

/** Where the weights of a saved model lie. */
export function weightsPath(folder: string): string {
  return join(folder, WEIGHTS_FILE);
}

/** The files of a saved model. */
export const modelFiles: readonly string[] = [SPEC_FILE, WEIGHTS_FILE];

/** A network's weights, or what has been kept of them. */
export interface NamedWeights {
  readonly weights: readonly { readonly name: string; readonly variable: tf.Tensor }[];
}

/** Weights by name, copied out of TensorFlow. */
export function tensorsOf({ weights }: NamedWeights): Record<string, StoredTensor> {
  return Object.fromEntries(
    weights.map(({ name, variable }) => [name, { shape: variable.shape, data: variable.dataSync() as Float32Array }]),
  );
}

/**
 * Saves a model as its spec and its weights by name, whole or not at all. Over weights of the same spec, at no moment is there none.
 * @param epochs of training that these weights have had, a part of one too: the run's metrics may be ahead of what is on the disk
 */
export async function saveModel(network: Network, folder: string, epochs?: number): Promise<void> {
  return saveTensors(network.spec, tensorsOf(network), folder, epochs);
}

/** The same of weights that have been copied out before. */
export async function saveTensors(
  spec: ModelSpec,
  tensors: Readonly<Record<string, StoredTensor>>,
  folder: string,
  epochs?: number,
): Promise<void> {
  const told = epochs === undefined ? {} : { epochs: String(epochs) };
  const weights = safetensorsPieces(tensors, { format: 'tfjs', ...told });
  // Epochs do this again and again: the weights before are whole, too, and what a run is taken up from is a checkpoint's.
  if (await holdsModelOf(spec, folder)) return writeWhole(weightsPath(folder), weights, false);
  await writeFolder(folder, async (temporary) => {
    await writeJson(join(temporary, SPEC_FILE), spec);
    await writeWhole(weightsPath(temporary), weights);
  });
}

/** The epochs of training that saved weights have had; nothing where the file does not say. Throws as `loadModel`. */
export async function epochsOf(folder: string): Promise<number | undefined> {
  const { epochs = '' } = await withSafetensors(weightsPath(folder), ({ metadata }) => Promise.resolve(metadata));
  return /^\d+(\.\d+)?$/.test(epochs) ? Number(epochs) : undefined;
}

async function holdsModelOf(spec: ModelSpec, folder: string): Promise<boolean> {
  const names = await readdir(folder).catch(() => []);
  if (names.length !== modelFiles.length) return false;
  return isDeepStrictEqual(await readChecked(join(folder, SPEC_FILE), ModelSpecSchema).catch(() => undefined), spec);
}

/** Copies a saved model, whole or not at all, in place of the one that is there. */
export async function copyModel(from: string, to: string): Promise<void> {
  await writeFolder(to, async (temporary) => {
    for (const file of modelFiles) await linkOrCopy(join(from, file), join(temporary, file));
  });
}

/** Builds the network that `saveModel` saved. @throws StudioError `not-found` or `bad-file` naming the file. */
export async function loadModel(folder: string): Promise<Network> {
  const spec: ModelSpec = await readChecked(join(folder, SPEC_FILE), ModelSpecSchema);
  const path = weightsPath(folder);
  const { size } = await stat(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  // Of half precision two each: what is read then says how many there are.
  checkClaim(layOut(spec).layers, size, path, 2);
  const network = buildNetwork(spec, 0);
  try {
    await loadWeights(network, folder);
  } catch (error) {
    network.dispose();
    throw error;
  }
  return network;
}

/** Sets a network's weights to those saved in a folder. Throws as `loadModel`; then nothing has been set. */
export async function loadWeights(network: Network, folder: string): Promise<void> {
  const path = weightsPath(folder);
  setWeights(network, await readSafetensors(path), path);
}

const unreadable = (path: string, cause: unknown): StudioError =>
  new StudioError('not-found', `${path}: the file cannot be read.`, { cause });

const SPARE_BYTES = 2 ** 20;

/**
 * Compares the weights that layers ask for with the bytes that there are of them, before a network is made: few words can ask for
 * more memory than any machine has.
 * @param path the file that they are from, for messages
 * @param bytesEach the least that a weight can take
 * @throws StudioError `bad-file` where they are more
 */
export function checkClaim(
  layers: readonly Pick<LayoutLayer, 'parameters'>[],
  bytes: number,
  path: string,
  bytesEach = 4,
): void {
  const claimed = layers.reduce((sum, { parameters }) => sum + bytesEach * parameters, 0);
  // What lacks a little has its own weight named when they are set.
  if (claimed <= bytes + SPARE_BYTES) return;
  const expected = `${claimed.toLocaleString('en')} bytes of weights, as the model says`;
  throw new StudioError('bad-file', `${path}: expected ${expected}, found ${bytes.toLocaleString('en')} in all.`);
}

/**
 * Sets a network's weights to tensors by their names.
 * @param path the file they are from, for messages
 * @throws StudioError `bad-file` where one is missing or of another shape; then nothing has been set
 */
export function setWeights(
  network: Pick<Network, 'weights'>,
  tensors: Readonly<Record<string, StoredTensor>>,
  path: string,
): void {
  const stored = network.weights.map(({ name, variable }) => {
    const tensor = tensors[name];
    const expected = `"${name}" of shape ${variable.shape.join(' × ')}`;
    if (tensor === undefined) throw new StudioError('bad-file', `${path}: expected ${expected}, found none.`);
    if (!(tensor.data instanceof Float32Array)) {
      throw new StudioError('bad-file', `${path}: expected "${name}" of type F32, found ${kindOf(tensor.data)}.`);
    }
    if (tensor.shape.join() !== variable.shape.join()) {
      throw new StudioError('bad-file', `${path}: expected ${expected}, found ${tensor.shape.join(' × ')}.`);
    }
    return tensor;
  });
  network.weights.forEach(({ variable }, index) => {
    const tensor = stored[index] as StoredTensor;
    tf.tidy(() => variable.assign(tf.tensor(tensor.data as Float32Array, variable.shape)));
  });
}
