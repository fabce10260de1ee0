import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runOnce } from '../readers.ts';

/** Lines that give a generated script the app's first weights, in the app's order. */
const BEGIN = `
const begin = JSON.parse(await readFile('begin.json', 'utf8'));
if (begin.equal) {
  const bytes = await readFile('weights.f32');
  const layers = typeof distribution === 'undefined' ? encoder.layers : [...distribution.layers];
  // A sum is a model of its own: first what it adds, then what stands beside that.
  const before = (layer) => layer.inboundNodes[0].inboundLayers;
  const upTo = (layer) => (before(layer).length === 0 ? [] : [...upTo(before(layer)[0]), layer]);
  const parts = ({ layers }) => before(layers.at(-1)).toReversed().flatMap(upTo);
  const single = (layer) => (layer.layers === undefined ? [layer] : parts(layer));
  const all = [...layers, ...decoder.layers].flatMap(single).flatMap((layer) => layer.weights);
  if (all.length !== begin.weights.length) throw new Error('expected ' + begin.weights.length + ' weights, found ' + all.length);
  let at = 0;
  all.forEach((weight, index) => {
    const { shape } = begin.weights[index];
    const size = shape.reduce((product, each) => product * each, 1);
    weight.write(tf.tensor(new Float32Array(bytes.buffer.slice(bytes.byteOffset + at, bytes.byteOffset + at + 4 * size)), shape));
    at += 4 * size;
  });
}
`;

/**
 * Runs a generated script in this Node with the app's first weights and orders; TensorFlow.js must be found from its folder.
 * @returns the costs it printed, or what went wrong
 */
export async function runNodeScript(
  folder: string,
  images: string,
): Promise<{ readonly costs?: readonly number[]; readonly problem?: string }> {
  const source = await readFile(join(folder, 'train.mjs'), 'utf8');
  const at = source.search(/\nconst (weights|trainable) = /);
  const order = 'const order = shuffled(trained.shape[0]);\n  let cost;';
  if (at < 0 || !source.includes(order))
    return { problem: 'the places where weights and orders are set were not found' };
  const begun = `${source.slice(0, at)}${BEGIN}${source.slice(at)}`.replace(
    order,
    `const order = begin.equal ? begin.orders[epoch - 1] : shuffled(trained.shape[0]);\n  let cost;`,
  );
  await writeFile(join(folder, 'begun.mjs'), begun);
  const { status, stdout, stderr } = await runOnce(
    process.execPath,
    ['--no-warnings', join(folder, 'begun.mjs'), images],
    '',
    folder,
  );
  const costs = [...stdout.matchAll(/^Epoch: \d{4} cost= ([\d.]+)$/gm)].map(([, cost]) => Number(cost));
  return status === 0 ? { costs } : { problem: stderr.trim().split('\n').slice(-8).join(' | ') };
}
