import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from '@playwright/test';
import { projectRoot } from '../../../scripts/step.ts';

/** What is used of TensorFlow.js, where the page has loaded it. */
interface PageTensorflow {
  setBackend(name: string): Promise<boolean>;
  loadLayersModel(handler: unknown): Promise<{ predict(input: unknown): { data(): Promise<Float32Array> } }>;
  tensor(values: readonly number[], shape: readonly number[]): unknown;
  readonly io: { fromMemory(artifacts: object): unknown };
}

/**
 * What the LayersModel in a folder makes of values, by plain TensorFlow.js in a browser that has no network. By its own
 * arithmetic in JavaScript: a graphics card may round to 16 bits.
 */
export async function outputInBrowser(
  browser: Browser,
  folder: string,
  values: Float32Array,
  shape: readonly number[],
): Promise<Float32Array> {
  const model = JSON.parse(await readFile(join(folder, 'model.json'), 'utf8')) as {
    readonly modelTopology: object;
    readonly weightsManifest: readonly [{ readonly weights: readonly object[] }];
  };
  const context = await browser.newContext({ offline: true });
  try {
    const page = await context.newPage();
    await page.addScriptTag({ path: join(projectRoot, 'node_modules', '@tensorflow', 'tfjs', 'dist', 'tf.min.js') });
    const output = await page.evaluate(
      async ({ modelTopology, weightSpecs, weights, input, size }) => {
        const { tf } = window as unknown as { readonly tf: PageTensorflow };
        await tf.setBackend('cpu');
        const weightData = Uint8Array.from(atob(weights), (letter) => letter.charCodeAt(0)).buffer;
        const read = await tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
        return [...(await read.predict(tf.tensor(input, size)).data())];
      },
      {
        modelTopology: model.modelTopology,
        weightSpecs: model.weightsManifest[0].weights,
        weights: (await readFile(join(folder, 'weights.bin'))).toString('base64'),
        input: [...values],
        size: shape,
      },
    );
    return Float32Array.from(output);
  } finally {
    await context.close();
  }
}
