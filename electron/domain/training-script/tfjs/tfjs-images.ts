import { literal, SCRIPT_WIDTH, singleQuoted } from '../script-text.ts';
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

/** The lines that make `images` and `test`, bytes image by image, and where there are labels the test images' `labels`; of a code that knows the label the training images' `classes` too. */
export function tfjsLoading({ model, images }: ScriptPlan): string[] {
  const known = model.code.classes !== undefined;
  const { source, trainingCount, labelNames } = images;
  const labelled = labelNames.length > 0;
  switch (source) {
    case 'idx':
      return [
        "const images = toImages(await readIdx('train-images-idx3-ubyte'));",
        "const test = toImages(await readIdx('t10k-images-idx3-ubyte'));",
        ...(labelled ? ["const labels = await readIdx('t10k-labels-idx1-ubyte');"] : []),
        ...(known ? ["const classes = await readIdx('train-labels-idx1-ubyte');"] : []),
      ];
    case 'stored': {
      const count = literal(trainingCount);
      return [
        'const all = toImages(await readFile(`${folder}/images.u8`)); // training images come first',
        `const [images, test] = [all.slice(0, ${count}), all.slice(${count})];`,
        ...(labelled ? [`const labels = (await readFile(\`\${folder}/labels.u8\`)).subarray(${count});`] : []),
        ...(known ? ['const classes = await readFile(`${folder}/labels.u8`); // of them all, here of the first'] : []),
      ];
    }
    case 'pictures':
      return [
        `const { images${known ? ', labels: classes' : ''} } = await readPictures('train');`,
        `const { images: test${labelled ? ', labels' : ''} } = await readPictures('test');`,
      ];
  }
}

/** const LABELS = […]: nothing without labels. */
export function tfjsLabels({ images }: ScriptPlan): string | undefined {
  if (images.labelNames.length === 0) return undefined;
  const names = images.labelNames.map(singleQuoted);
  const line = `const LABELS = [${names.join(', ')}];`;
  return line.length <= SCRIPT_WIDTH ? line : `const LABELS = [\n${names.map((name) => `  ${name},\n`).join('')}];`;
}

const READ_IDX = `/** The values of an IDX file: its fourth byte counts the dimensions, whose sizes come first. */
async function readIdx(name) {
  const file = \`\${folder}/\${name}\`;
  const data = await readFile(file).catch(async () => gunzipSync(await readFile(\`\${file}.gz\`)));
  return data.subarray(4 + 4 * data[3]);
}`;

function pictureReader({ model, images }: ScriptPlan): string {
  const [height, width, channels] = model.inputShape;
  const labelled = images.labelNames.length > 0;
  // Grey as the app has it: Rec. 601's weights.
  const grey = channels === 1 ? '.mul([0.299, 0.587, 0.114]).sum(2)' : '';
  return `/** Every picture below a folder, in another order than by name: held-out ones are like the rest. */
async function readPictures(split) {
  const found = await readdir(join(folder, split), { recursive: true });
  const names = found.filter((name) => /\\.(png|jpe?g)$/i.test(name)).sort();
  if (names.length === 0) throw new Error(\`\${join(folder, split)}: expected pictures, found none.\`);
  const order = shuffled(names.length).map((index) => names[index]);
  const files = await Promise.all(order.map((name) => readFile(join(folder, split, name))));
  const pictures = files.map((file) =>
    tf.tidy(() => {
      const picture = tf.node.decodeImage(file, 3);
      const sized = tf.image.resizeBilinear(picture, [${height}, ${width}]);
      return sized${grey}.round().reshape(SHAPE);
    }),
  );
${labelled ? '  const labels = order.map((name) => LABELS.indexOf(basename(dirname(name))));\n' : ''}  return { images: tf.tidy(() => tf.stack(pictures).div(255))${labelled ? ', labels' : ''} };
}`;
}
