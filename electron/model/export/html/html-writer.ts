import { join } from 'node:path';
import { writeWhole } from '../../../files/atomic.ts';
import type { FormatWriter } from '../exported-model.ts';
import { judgeSamples } from '../inspection/verdict-writer.ts';
import { htmlPage } from './html-page.ts';

const FILE = 'autoencoder.html';

/** The page's own functions and model, taken out of it. */
const PARTS = `const page = await readFile(new URL('${FILE}', import.meta.url), 'utf8');
const textOf = (id) => new RegExp(\`<script [^>]*id="\${id}">([^]*?)</script>\`).exec(page)[1];
const { readModel, runPart } = new Function(\`\${textOf('network')} return { readModel, runPart };\`)();
const model = readModel(textOf('model'));`;

const INSPECTION = `const { judge, readInspection } = new Function(\`\${textOf('inspection')} return { judge, readInspection };\`)();
const inspection = readInspection(model.inspection);`;

/** One page that opens from a disk: the map of codes, the decoder, and what is drawn or dropped reconstructed. */
export const htmlWriter: FormatWriter = {
  language: 'javascript',
  plain: true,
  imageOrder: 'nhwc',
  packages: '',
  verdict: {
    takesBytes: false,
    // The page itself holds it.
    write: () => Promise.resolve(),
    files: [],
    usage: () => `import { readFile } from 'node:fs/promises';

${PARTS}
${INSPECTION}

const through = (values) => {
  const code = runPart(model, 'encoder', values);
  return { code, output: runPart(model, 'decoder', code) };
};
// Bytes of one picture, row by row, channels together.
const { score, odd, map } = await judge(inspection, Float32Array.from(pixels, (byte) => byte / 255), through);`,
    check: `${INSPECTION}
${judgeSamples()}`,
  },
  async write(model, folder) {
    await writeWhole(join(folder, FILE), htmlPage(model));
  },
  files: () => [{ name: FILE, about: 'the page, whole: it opens in a browser, without a network' }],
  usage: ({ spec }) => `import { readFile } from 'node:fs/promises';

${PARTS}

const code = new Float32Array(${spec.code.size});
const image = runPart(model, 'decoder', code); // numbers from 0 to 1, row by row, channels together`,
  runner: () => ({
    imports: `import { toInput } from './preprocessing.mjs';`,
    run: `${PARTS}

/** What the model makes of bytes of images, or of codes. */
async function run(part, { shape: [count], values }) {
  const input = values instanceof Uint8Array ? toInput(values) : values;
  const size = input.length / count;
  const parts = part === 'autoencoder' ? ['encoder', 'decoder'] : [part];
  const outputs = Array.from({ length: count }, (_, index) =>
    parts.reduce((x, each) => runPart(model, each, x), input.subarray(index * size, (index + 1) * size)),
  );
  return outputs.flatMap((output) => Array.from(output));
}`,
  }),
};
