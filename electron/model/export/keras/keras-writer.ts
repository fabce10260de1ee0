import { join } from 'node:path';
import { writeWhole } from '../../../files/atomic.ts';
import type { ExportedModel, FormatWriter } from '../exported-model.ts';
import { pythonVerdict } from '../inspection/verdict-writer.ts';
import type { PlainModel } from '../plain-model.ts';
import { encodeKeras, encodeLegacyKeras } from './keras-file.ts';

/** One file a part: the layers and their weights. */
export const kerasWriter = writerOf('keras', encodeKeras);

/** The same in the older kind of file, which more programs read. */
export const kerasH5Writer = writerOf('h5', encodeLegacyKeras);

function writerOf(
  extension: 'keras' | 'h5',
  encode: (model: PlainModel, bytesIn: boolean) => Promise<Uint8Array>,
): FormatWriter {
  const fileOf = (part: string): string => `${part}.${extension}`;
  return {
    language: 'python',
    imageOrder: 'nhwc',
    packages: 'keras tensorflow numpy',
    verdict: pythonVerdict('nhwc'),
    async write({ parts, scalingInside }, folder) {
      for (const plain of parts) {
        await writeWhole(
          join(folder, fileOf(plain.part)),
          await encode(plain, scalingInside && plain.part !== 'decoder'),
        );
      }
    },
    files: ({ parts }) => parts.map(({ part }) => ({ name: fileOf(part), about: `the ${part} as a Sequential model` })),
    usage: (model) => usage(model, fileOf),
    runner: () => ({
      imports: 'import keras\nfrom preprocessing import to_input',
      run: `
def run(part, values):
    """What the model makes of bytes of images, or of codes."""
    model = keras.saving.load_model(FOLDER / f"{part}.${extension}", compile=False)
    given = to_input(values) if values.dtype == np.uint8 else values
    return keras.ops.convert_to_numpy(model(given, training=False))
`,
    }),
  };
}

function usage({ parts, spec }: ExportedModel, fileOf: (part: string) => string): string {
  const part = parts[0]?.part ?? 'autoencoder';
  const decodes = part === 'decoder';
  const given = decodes ? `np.zeros((1, ${spec.code.size}), np.float32)` : 'to_input(load("image.png")[None])';
  const found = `model.predict(${given})`;
  return `import keras
${decodes ? 'import numpy as np\nfrom preprocessing import to_pixels' : 'from preprocessing import load, to_input, to_pixels'}

model = keras.saving.load_model("${fileOf(part)}", compile=False)
${part === 'encoder' ? `codes = ${found}` : `images = to_pixels(${found})`}`;
}
