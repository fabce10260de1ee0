import { join } from 'node:path';
import { writeJson, writeWhole } from '../../../files/atomic.ts';
import { encodeNpy } from '../../../files/npy.ts';
import type { ExportedModel, FormatWriter, ImageOrder } from '../exported-model.ts';
import { inspectionJson, inspectionModule } from './inspection-javascript.ts';
import { inspectionPython } from './inspection-python.ts';
import { writeRule, type VerdictRule } from './verdict-rule.ts';

type Runner = ReturnType<FormatWriter['runner']>;

/** How a format carries the verdict on odd pictures. */
export interface VerdictWriter {
  /** Whether it can judge for a model that takes bytes. */
  readonly takesBytes: boolean;
  /** Writes what lies beside the model; what is inside the model's own files its writer has written. */
  write(model: ExportedModel, rule: VerdictRule, folder: string): Promise<void>;
  readonly files: readonly { readonly name: string; readonly about: string }[];
  /** Some ten lines that give the verdict on a picture, in the format's language. */
  usage(model: ExportedModel, runner: Runner): string;
  /** Lines of the verify script that end with `found`, the samples' scores, and `odd`, whether each is above the threshold. */
  readonly check: string;
}

/** Scores in NumPy, by the format's own `run`. */
export const pythonVerdict = (order: ImageOrder): VerdictWriter => ({
  takesBytes: false,
  async write(_, rule, folder) {
    await writeRule(folder, rule);
    await writeWhole(join(folder, 'inspection.py'), inspectionPython(order));
    for (const { name, shape, data } of rule.arrays) {
      await writeWhole(join(folder, 'inspection', `${name}.npy`), encodeNpy(data, shape));
    }
  },
  files: [
    { name: 'inspection.py', about: 'scores and the threshold in lines of NumPy' },
    { name: 'inspection/', about: 'the rule, and what is normal as NumPy arrays' },
  ],
  usage: ({ verdict }, { imports, run }) => `from pathlib import Path

import numpy as np
${imports}
from inspection import THRESHOLD, score
from preprocessing import ${verdict?.rule.tiles === undefined ? 'load as load_image' : 'load_tiles'}

FOLDER = Path()

${run.trim()}


${verdict?.rule.tiles === undefined ? '[found] = score(load_image("image.png")[None], run)' : 'found = score(load_tiles("image.png"), run).max()'}
print("odd" if found > THRESHOLD else "normal", found)`,
  check: `from inspection import THRESHOLD, score

found = score(np.load(FOLDER / "samples" / "images.npy"), run)
odd = found > THRESHOLD`,
});

/** Scores in plain JavaScript, beside a model of TensorFlow.js. */
export const javascriptVerdict: VerdictWriter = {
  takesBytes: false,
  async write({ spec }, rule, folder) {
    await writeJson(join(folder, 'inspection.json'), inspectionJson(rule, spec));
    await writeWhole(join(folder, 'inspection.mjs'), inspectionModule());
  },
  files: [
    { name: 'inspection.mjs', about: 'scores in plain JavaScript' },
    { name: 'inspection.json', about: 'the rule with its threshold, and what is normal' },
  ],
  usage: ({ spec }) => `import * as tf from '@tensorflow/tfjs';
import { judge, readInspection } from './inspection.mjs';

const inspection = readInspection(await (await fetch('inspection.json')).json());
const encoder = await tf.loadLayersModel('encoder/model.json');
const decoder = await tf.loadLayersModel('decoder/model.json');
const through = async (values) => {
  const code = encoder.predict(tf.tensor(values, [1, ${spec.inputShape.join(', ')}]));
  return { code: await code.data(), output: await decoder.predict(code).data() };
};
// Bytes of one picture, row by row, channels together.
const { score, odd, map } = await judge(inspection, Float32Array.from(pixels, (byte) => byte / 255), through);`,
  check: `const { judge, readInspection } = await import('./inspection.mjs');
const inspection = readInspection(JSON.parse(await readFile(at('inspection.json'), 'utf8')));
${judgeSamples()}`,
};

/** Lines of JavaScript that judge the samples by \`judge\`, \`inspection\` and the script's own \`run\`. */
export function judgeSamples(): string {
  return `const { shape, values } = await readNpy('images');
const size = values.length / shape[0];
const found = [];
const odd = [];
for (let first = 0; first < values.length; first += size) {
  const picture = Float32Array.from(values.subarray(first, first + size), (byte) => byte / 255);
  const given = (values) => ({ shape: [1, ...shape.slice(1)], values });
  const verdict = await judge(inspection, picture, async (values) => ({
    code: await run('encoder', given(values)),
    output: await run('autoencoder', given(values)),
  }));
  found.push(verdict.score);
  odd.push(verdict.odd);
}`;
}
