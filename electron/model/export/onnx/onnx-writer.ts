import { join } from 'node:path';
import { writeWhole } from '../../../files/atomic.ts';
import type { ExportedModel, FormatWriter } from '../exported-model.ts';
import { writeRule } from '../inspection/verdict-rule.ts';
import type { VerdictWriter } from '../inspection/verdict-writer.ts';
import { onnxMessage } from './onnx-file.ts';
import { onnxGraph } from './onnx-graph.ts';
import { verdictGraph } from './verdict-graph.ts';

const VERDICT_ABOUT =
  'images → score, odd (whether it is above the threshold) and, of scores that say where, map; in double precision';

/** The verdict is a model of its own: scores look at evened pictures, which nobody wants reconstructed. */
const onnxVerdict: VerdictWriter = {
  takesBytes: true,
  async write(model, rule, folder) {
    await writeRule(folder, rule);
    await writeWhole(
      join(folder, 'inspection.onnx'),
      onnxMessage(verdictGraph(model, rule, VERDICT_ABOUT), producerOf(model.origin)).pieces(),
    );
  },
  files: [
    { name: 'inspection.onnx', about: VERDICT_ABOUT },
    { name: 'inspection/rule.json', about: 'the rule and its threshold, to be read' },
  ],
  usage: ({ verdict }) => {
    const isTiled = verdict?.rule.tiles !== undefined;
    return `import onnxruntime
from preprocessing import ${isTiled ? 'load_tiles' : 'load'}, to_input

session = onnxruntime.InferenceSession("inspection.onnx")
given = {"image": to_input(${isTiled ? 'load_tiles("image.png")' : 'load("image.png")[None]'})}
found = dict(zip((each.name for each in session.get_outputs()), session.run(None, given)))
print("odd" if found["odd"].any() else "normal", found["score"].max())
where = found.get("map")  # of scores that say where`;
  },
  check: `session = onnxruntime.InferenceSession(str(FOLDER / "inspection.onnx"))
given = to_input(np.load(FOLDER / "samples" / "images.npy"))
found, odd = session.run(["score", "odd"], {"image": given})`,
};

/** ONNX, one file a part; images and codes in batches of any size. */
export const onnxWriter: FormatWriter = {
  language: 'python',
  imageOrder: 'nhwc',
  packages: 'onnxruntime numpy',
  verdict: onnxVerdict,
  async write({ parts, origin, scalingInside, spec }, folder) {
    for (const plain of parts) {
      const about = aboutOf(plain.part, scalingInside, spec.code.size);
      const graph = onnxGraph(plain, scalingInside && plain.part !== 'decoder', about);
      await writeWhole(join(folder, `${plain.part}.onnx`), onnxMessage(graph, producerOf(origin)).pieces());
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

const producerOf = ({ appVersion }: ExportedModel['origin']) => ({
  name: 'Autoencoder Studio',
  version: appVersion ?? '',
});

function aboutOf(part: string, bytesIn: boolean, codeSize: number): string {
  const images = bytesIn ? 'uint8 images [batch, height, width, channels]' : 'float32 images in [0, 1]';
  const given = part === 'decoder' ? `codes of ${codeSize} numbers` : images;
  return `${given} → ${part === 'encoder' ? `codes of ${codeSize} numbers` : 'float32 images'}`;
}
