import { join } from 'node:path';
import { writeWhole } from '../../../files/atomic.ts';
import type { FormatWriter } from '../exported-model.ts';
import { onnxMessage } from './onnx-file.ts';
import { onnxGraph } from './onnx-graph.ts';

/** ONNX, one file a part; images and codes in batches of any size. */
export const onnxWriter: FormatWriter = {
  language: 'python',
  imageOrder: 'nhwc',
  packages: 'onnxruntime numpy',
  async write({ parts, origin, scalingInside, spec }, folder) {
    const producer = { name: 'Autoencoder Studio', version: origin.appVersion ?? '' };
    for (const plain of parts) {
      const about = aboutOf(plain.part, scalingInside, spec.code.size);
      const graph = onnxGraph(plain, scalingInside && plain.part !== 'decoder', about);
      await writeWhole(join(folder, `${plain.part}.onnx`), onnxMessage(graph, producer).pieces());
    }
  },
  files: ({ parts, scalingInside, spec }) =>
    parts.map(({ part }) => ({ name: `${part}.onnx`, about: aboutOf(part, scalingInside, spec.code.size) })),
  usage: ({ parts, spec }) => {
    const [{ part } = { part: 'autoencoder' as const }] = parts;
    const decodes = part === 'decoder';
    return `import numpy as np
import onnxruntime
from preprocessing import load, to_input, to_pixels

session = onnxruntime.InferenceSession("${part}.onnx")
${decodes ? `given = {"code": np.zeros((1, ${spec.code.size}), np.float32)}` : 'given = {"image": to_input(load("image.png")[None])}'}
${part === 'encoder' ? 'codes = session.run(["code"], given)[0]' : 'images = to_pixels(session.run(["reconstruction"], given)[0])'}`;
  },
  runner: () => ({
    imports: 'import onnxruntime\nfrom preprocessing import to_input',
    run: `
def run(part, values):
    """What the model makes of bytes of images, or of codes."""
    session = onnxruntime.InferenceSession(str(FOLDER / f"{part}.onnx"))
    given = to_input(values) if values.dtype == np.uint8 else values
    return session.run(None, {session.get_inputs()[0].name: given})[0]
`,
  }),
};

function aboutOf(part: string, bytesIn: boolean, codeSize: number): string {
  const images = bytesIn ? 'uint8 images [batch, height, width, channels]' : 'float32 images in [0, 1]';
  const given = part === 'decoder' ? `codes of ${codeSize} numbers` : images;
  return `${given} → ${part === 'encoder' ? `codes of ${codeSize} numbers` : 'float32 images'}`;
}
