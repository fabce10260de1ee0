import { literal, singleQuoted } from '../script-text.ts';
import type { ScriptPlan } from '../script-plan.ts';

/** Functions that read images: none for an imported set. */
export function tfjsReaders(plan: ScriptPlan): string | undefined {
  switch (plan.images.source) {
    case 'idx':
      return READ_IDX;
    case 'stored':
      return undefined;
    case 'pictures':
      return pictureReader(plan);
  }
}

/** The lines that make `images` and `test`, bytes image by image, and where there are labels the test images' `labels`. */
export function tfjsLoading({ images }: ScriptPlan): string[] {
  const { source, trainingCount, labelNames } = images;
  const labelled = labelNames.length > 0;
  switch (source) {
    case 'idx':
      return [
        "const images = await readIdx('train-images-idx3-ubyte');",
        "const test = await readIdx('t10k-images-idx3-ubyte');",
        ...(labelled ? ["const labels = await readIdx('t10k-labels-idx1-ubyte');"] : []),
      ];
    case 'stored': {
      const count = literal(trainingCount);
      return [
        "const all = await readFile(join(folder, 'images.u8')); // the training images come first",
        `const [images, test] = [all.subarray(0, ${count} * VALUES), all.subarray(${count} * VALUES)];`,
        ...(labelled ? [`const labels = (await readFile(join(folder, 'labels.u8'))).subarray(${count});`] : []),
      ];
    }
    case 'pictures':
      return [
        "const { bytes: images } = await readPictures('train');",
        `const { bytes: test${labelled ? ', labels' : ''} } = await readPictures('test');`,
      ];
  }
}

/** const LABELS = […]: nothing without labels. */
export function tfjsLabels({ images }: ScriptPlan): string | undefined {
  if (images.labelNames.length === 0) return undefined;
  const names = images.labelNames.map(singleQuoted);
  const line = `const LABELS = [${names.join(', ')}];`;
  return line.length <= 110 ? line : `const LABELS = [\n${names.map((name) => `  ${name},\n`).join('')}];`;
}

const READ_IDX = `/** The values of one IDX file: behind a magic number that ends with the number of dimensions, and their sizes. */
async function readIdx(name) {
  const file = join(folder, name);
  const data = await readFile(file).catch(async () => gunzipSync(await readFile(\`\${file}.gz\`)));
  return data.subarray(4 + 4 * data[3]);
}`;

function pictureReader({ model, images }: ScriptPlan): string {
  const [height, width, channels] = model.inputShape;
  const labelled = images.labelNames.length > 0;
  // Grey as the app has it: Rec. 601's weights.
  const grey = channels === 1 ? '.mul([0.299, 0.587, 0.114]).sum(2)' : '';
  return `/** Every picture below a folder, in another order than by name: those held out are then like the rest. */
async function readPictures(split) {
  const found = await readdir(join(folder, split), { recursive: true });
  const names = found.filter((name) => /\\.(png|jpe?g)$/i.test(name)).sort();
  if (names.length === 0) throw new Error(\`\${join(folder, split)}: expected pictures, found none.\`);
  const order = shuffled(names.length);
  const bytes = new Uint8Array(names.length * VALUES);
  for (const [row, index] of order.entries()) {
    const picture = await readFile(join(folder, split, names[index]));
    tf.tidy(() => {
      const image = tf.image.resizeBilinear(tf.node.decodeImage(picture, 3), [${height}, ${width}])${grey};
      bytes.set(image.round().dataSync(), row * VALUES);
    });
  }
  return { bytes${labelled ? ', labels: order.map((index) => LABELS.indexOf(basename(dirname(names[index]))))' : ''} };
}`;
}
