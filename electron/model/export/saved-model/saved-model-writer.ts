import { join } from 'node:path';
import type { ModelPart } from '../../../domain/export-formats.ts';
import { DataType, savedModelMessage, type Signature } from '../../../engine/graph/graph-def.ts';
import type { MessageWriter } from '../../../engine/graph/protobuf.ts';
import { writeWhole } from '../../../files/atomic.ts';
import type { ExportedModel, FormatWriter } from '../exported-model.ts';
import { pythonVerdict } from '../inspection/verdict-writer.ts';
import { TensorFlowGraph } from './tensorflow-graph.ts';

/** A SavedModel for inference: one graph, the weights in it as constants, a signature for each part. */
export const savedModelWriter: FormatWriter = {
  language: 'python',
  imageOrder: 'nhwc',
  packages: 'tensorflow numpy',
  verdict: pythonVerdict('nhwc'),
  async write(model, folder) {
    await writeWhole(join(folder, 'saved_model.pb'), savedModel(model).pieces());
  },
  files: ({ parts }) => {
    const names = parts.map(({ part }) => `\`${signatureOf(part, parts.length)}\``);
    return [{ name: 'saved_model.pb', about: `the model, tag \`serve\`; its signatures: ${names.join(', ')}` }];
  },
  usage: ({ parts, spec }) => `import tensorflow as tf
${usageLines(parts[0]?.part ?? 'autoencoder', spec.code.size)}`,
  runner: ({ parts }) => ({
    imports: 'import tensorflow as tf\nfrom preprocessing import to_input',
    run: `MODEL = tf.saved_model.load(str(FOLDER))


def run(part, values):
    """What the model makes of bytes of images, or of codes."""
    signature = MODEL.signatures[${parts.length === 1 ? '"serving_default"' : '"serving_default" if part == "autoencoder" else part'}]
    given = to_input(values) if values.dtype == np.uint8 else values
    (found,) = signature(**{"code" if part == "decoder" else "image": tf.constant(given)}).values()
    return found.numpy()
`,
  }),
};

function usageLines(part: ModelPart, codeSize: number): string {
  const load = `
model = tf.saved_model.load(".")
run = model.signatures["serving_default"]`;
  if (part === 'decoder') {
    return `from preprocessing import to_pixels
${load}
images = to_pixels(run(code=tf.zeros((1, ${codeSize})))["reconstruction"].numpy())`;
  }
  const given = 'image=tf.constant(to_input(load("image.png")[None]))';
  if (part === 'encoder') return `from preprocessing import load, to_input\n${load}\ncodes = run(${given})["code"]`;
  return `from preprocessing import load, to_input, to_pixels
${load}
images = to_pixels(run(${given})["reconstruction"].numpy())`;
}

/** What is asked for unnamed is the autoencoder, or the only part. */
const signatureOf = (part: ModelPart, parts: number): string =>
  parts === 1 || part === 'autoencoder' ? 'serving_default' : part;

const outputOf = (part: ModelPart): string => (part === 'encoder' ? 'code' : 'reconstruction');

function savedModel({ parts, scalingInside }: ExportedModel): MessageWriter {
  const graph = new TensorFlowGraph();
  const signatures: Record<string, Signature> = {};
  for (const { part, inputShape, shape, ops } of parts) {
    const bytesIn = scalingInside && part !== 'decoder';
    const type = bytesIn ? DataType.uint8 : DataType.float32;
    const input = graph.placeholder(`${part}-input`, type, inputShape);
    const output = graph.chain(ops, bytesIn ? graph.scaled(input) : input);
    signatures[signatureOf(part, parts.length)] = {
      inputs: { [part === 'decoder' ? 'code' : 'image']: { reference: input, type, shape: [-1, ...inputShape] } },
      outputs: { [outputOf(part)]: { reference: output, type: DataType.float32, shape: [-1, ...shape] } },
    };
  }
  return savedModelMessage(graph.nodes, [], 'serve', signatures);
}
