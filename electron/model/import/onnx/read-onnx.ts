import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { LayerShape } from '../../../domain/layer-settings.ts';
import { StudioError } from '../../../domain/errors.ts';
import { insideFolder } from '../inside-folder.ts';
import { readBytes, sizeOfFile } from '../read-bytes.ts';
import { bad, COPY_AGAIN, noAutoencoder, sizeOf, type ReadChain } from '../read-chain.ts';
import { GraphWalk, type TakeTensor } from './graph-walk.ts';
import { decodeOnnx, externalPlace, tensorOf, type OnnxFile } from './onnx-file.ts';
import { MemoryBudget } from './memory-budget.ts';
import { readFully } from '../../../files/read-fully.ts';

/** The images, their code, its spread: what examples give. */
const MOST_OUTPUTS = 8;

/**
 * An ONNX model, one path of operators that the app's layers can say; images in either order of axes.
 * @param path on this machine
 * @param name what messages call the file
 * @throws StudioError `bad-file` naming the node, what was expected and what was found
 */
export async function readOnnxModel(path: string, name: string, said?: LayerShape): Promise<ReadChain> {
  const bytes = await readBytes(path, name);
  const file = decodeOnnx(bytes, name);
  const external = await readExternal(file, dirname(path), name);
  const size = [...external.values()].reduce((sum, { length }) => sum + length, bytes.length);
  // Some give the code beside the images: the output that is as large as the input is the reconstruction.
  let other: ReadChain | undefined;
  let failure: unknown;
  let mismatch: StudioError | undefined;
  for (const { name: output } of file.outputs.slice(0, MOST_OUTPUTS)) {
    const room = new MemoryBudget(size, name);
    const takeTensor: TakeTensor = (tensor) => {
      const message = file.tensors.get(tensor);
      if (message === undefined) return undefined;
      const taken = tensorOf(message, `${name}: ${tensor}`, external.get(tensor));
      room.take(4 * taken.data.length);
      return taken;
    };
    try {
      const chain = new GraphWalk(file, name, takeTensor, room, said).to(output);
      if (sizeOf(chain.shape) === sizeOf(chain.inputShape)) return chain;
      other ??= chain;
    } catch (error) {
      if (!(error instanceof StudioError)) throw error;
      const classifier = asClassifier(file, output, name);
      if (classifier === undefined) failure ??= error;
      else mismatch ??= classifier;
    }
  }
  // Where one cannot be followed, that may be the reconstruction, and the others codes.
  if (failure !== undefined) throw failure;
  if (other !== undefined) return other;
  throw mismatch ?? bad(name, 'a model with an output', 'none: export it again');
}

/** What is said of an output that is no image, whatever else cannot be read before it. */
function asClassifier({ inputs, outputs, tensors }: OnnxFile, output: string, file: string): StudioError | undefined {
  // Of no dimensions is what the file does not say.
  const sizes = (values: OnnxFile['inputs'], name: string): number => {
    const dims = values.find((value) => value.name === name)?.dims ?? [];
    return dims.length === 0 ? 0 : sizeOf(dims.slice(1));
  };
  const input = inputs.find(({ name }) => !tensors.has(name));
  if (input === undefined || input.dims.length > 4) return undefined;
  const taken = sizes(inputs, input.name);
  const given = sizes(outputs, output);
  return taken > 0 && given > 0 && taken !== given ? noAutoencoder(file, [taken], [given]) : undefined;
}

/** Weights that lie in files beside the model, their sizes compared with the tensors' before they are read. */
async function readExternal(file: OnnxFile, folder: string, name: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const read = new Map<string, Uint8Array>();
  // Weights lie beside each other: all together they take no more than their file has.
  const used = new Map<string, number>();
  for (const [tensor, message] of file.tensors) {
    const place = externalPlace(message);
    if (place === undefined) continue;
    const where = `${name}: ${place.location}`;
    const path = await insideFolder(place.location, folder, name);
    const size = await sizeOfFile(path, where);
    used.set(path, (used.get(path) ?? 0) + place.length);
    const isInside = [place.offset, place.length].every((each) => Number.isSafeInteger(each) && each >= 0);
    if (!isInside || place.offset + place.length > size || (used.get(path) ?? 0) > size) {
      const found = `${size.toLocaleString('en')} in all: copy both files again, or export again`;
      throw bad(where, `${place.length.toLocaleString('en')} bytes at ${place.offset} for "${tensor}"`, found);
    }
    read.set(tensor, await readPart(path, where, place.offset, place.length));
  }
  return read;
}

async function readPart(path: string, where: string, offset: number, length: number): Promise<Uint8Array> {
  const part = new Uint8Array(length);
  const file = await open(path);
  try {
    const read = await readFully(file, part, offset);
    if (read < length) throw bad(where, `${length.toLocaleString('en')} bytes at ${offset}`, `${read}: ${COPY_AGAIN}`);
    return part;
  } finally {
    await file.close();
  }
}
