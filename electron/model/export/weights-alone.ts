import { join } from 'node:path';
import { Zip, ZipPassThrough } from 'fflate';
import { writeJson, writeWhole } from '../../files/atomic.ts';
import { npyPieces } from '../../files/npy.ts';
import { safetensorsPieces } from '../../files/safetensors.ts';
import type { FormatWriter } from './exported-model.ts';
import { networkJson, weightsIn } from './network-json.ts';
import { numpyNetwork } from './numpy-network.ts';
import type { PlainWeight } from './plain-model.ts';
import { pythonVerdict } from './inspection/verdict-writer.ts';

/** One file of named arrays; what is to be computed with them stands beside it, as data and as lines of numpy. */
interface WeightsFormat {
  readonly file: string;
  readonly packages: string;
  readonly imports: string;
  /** A Python expression for the arrays by name. */
  readonly load: string;
  /** In pieces. */
  encode(weights: readonly PlainWeight[]): Iterable<Uint8Array>;
}

export const safetensorsWriter = weightsAlone({
  file: 'weights.safetensors',
  packages: 'numpy safetensors',
  imports: 'from safetensors.numpy import load_file',
  load: 'load_file(FOLDER / "weights.safetensors")',
  encode: (weights) =>
    safetensorsPieces(Object.fromEntries(weights.map(({ name, shape, data }) => [name, { shape, data }])), {
      format: 'np',
    }),
});

export const npzWriter = weightsAlone({
  file: 'weights.npz',
  packages: 'numpy',
  imports: '',
  load: 'np.load(FOLDER / "weights.npz")',
  encode: zippedArrays,
});

/** Stored, as numpy.savez does: weights hardly shrink. The date is zip's first: the same weights are the same bytes. */
function* zippedArrays(weights: readonly PlainWeight[]): Generator<Uint8Array> {
  let ready: Uint8Array[] = [];
  const zip = new Zip((error, piece) => {
    if (error) throw error;
    ready.push(piece);
  });
  for (const { name, shape, data } of weights) {
    const entry = Object.assign(new ZipPassThrough(`${name}.npy`), { mtime: new Date(1980, 0, 1) });
    zip.add(entry);
    const pieces = npyPieces(data, shape);
    for (const [at, piece] of pieces.entries()) {
      entry.push(piece, at === pieces.length - 1);
      yield* ready;
      ready = [];
    }
  }
  zip.end();
  yield* ready;
}

function weightsAlone({ file, packages, imports, load, encode }: WeightsFormat): FormatWriter {
  const lines = [imports, 'from network import run_network', 'from preprocessing import to_input'];
  const allImports = lines.filter((line) => line !== '').join('\n');
  return {
    language: 'python',
    imageOrder: 'nhwc',
    packages,
    verdict: pythonVerdict('nhwc'),
    async write(model, folder) {
      await writeWhole(join(folder, file), encode(weightsIn(model.parts)));
      await writeJson(join(folder, 'network.json'), networkJson(model));
      await writeWhole(join(folder, 'network.py'), numpyNetwork);
    },
    files: () => [
      { name: file, about: 'the weights by name, float32; images and kernels have their channels last' },
      { name: 'network.json', about: 'what is computed with them, step by step' },
      { name: 'network.py', about: 'the same in lines of numpy' },
    ],
    usage: (model) => `from pathlib import Path

import numpy as np
${allImports}

FOLDER = Path(".")
weights = ${load}
${callOf(model.parts[0]?.part ?? 'autoencoder', model.spec.code.size)}`,
    runner: () => ({
      imports: allImports,
      run: `WEIGHTS = ${load}


def run(part, values):
    """What the model makes of bytes of images, or of codes."""
    return run_network(part, WEIGHTS, to_input(values) if values.dtype == np.uint8 else values)
`,
    }),
  };
}

function callOf(part: string, codeSize: number): string {
  if (part === 'decoder') return `images = run_network("decoder", weights, np.zeros((1, ${codeSize}), np.float32))`;
  const result = part === 'encoder' ? 'codes' : 'images';
  return `from preprocessing import load

${result} = run_network("${part}", weights, to_input(load("image.png")[None]))`;
}
