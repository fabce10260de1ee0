import type { ExportedModel, FormatWriter } from './exported-model.ts';

/** The same as preprocessing.json as lines that run: preprocessing.mjs. */
export function preprocessingJavaScript({ spec }: ExportedModel, { plain }: Pick<FormatWriter, 'plain'>): string {
  const [height, width, channels] = spec.inputShape;
  if (plain === true) return plainArrays(spec.inputShape);
  return `// How pixels become the model's input and its output becomes pixels. \`tf\` is any TensorFlow.js.
export const [height, width, channels] = [${height}, ${width}, ${channels}];

/** Bytes of images, row by row, channels together -> float32 tensor [n, height, width, channels] in [0, 1]. */
export function toInput(tf, pixels) {
  const count = pixels.length / (height * width * channels);
  return tf.tidy(() => tf.tensor4d(Float32Array.from(pixels), [count, height, width, channels]).div(255));
}

/** The model's images -> their bytes, row by row, channels together. */
export async function toPixels(output) {
  return Uint8Array.from(await output.data(), (value) => Math.round(Math.min(1, Math.max(0, value)) * 255));
}
`;
}

function plainArrays([height, width, channels]: ExportedModel['spec']['inputShape']): string {
  return `// How pixels become the model's input and its output becomes pixels.
export const [height, width, channels] = [${height}, ${width}, ${channels}];

/** Bytes of images, row by row, channels together -> numbers in [0, 1]. */
export function toInput(pixels) {
  return Float32Array.from(pixels, (byte) => byte / 255);
}

/** The model's images -> their bytes, row by row, channels together. */
export function toPixels(output) {
  return Uint8Array.from(output, (value) => Math.round(Math.min(1, Math.max(0, value)) * 255));
}
`;
}
