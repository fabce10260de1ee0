import type { Distortion } from '../contract/sweep.ts';

/** What `sweep` prints: a line a code size, then a line for each quality of the image formats. */
export function distortionTable({ images, runs, codecs }: Distortion): string {
  const ours = runs.map((run) => [
    String(run.codeSize),
    run.squaredError.toFixed(3),
    run.pcaSquaredError?.toFixed(3) ?? '–',
    String(run.codeBytes),
    run.quantisedSquaredError.toFixed(3),
    String(run.decoderBytes),
  ]);
  const files = codecs.map(({ format, quality, bytes, squaredError }) => [
    format === 'jpeg' ? 'JPEG' : 'WebP',
    String(quality),
    String(bytes),
    squaredError.toFixed(3),
  ]);
  return [
    'Squared error per image on the test images; codes in 8 bits and image files: the first',
    `${images} test images, on one contact sheet.`,
    '',
    ...columns(['code size', 'error', 'PCA error', 'bytes in 8 bits', 'error in 8 bits', 'decoder bytes'], ours),
    '',
    ...columns(['format', 'quality', 'bytes', 'error'], files),
    '',
  ].join('\n');
}

/** Right-aligned. */
function columns(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((word, column) => Math.max(word.length, ...rows.map((row) => row[column]!.length)));
  return [head, ...rows].map((row) => row.map((cell, column) => cell.padStart(widths[column]!)).join('  '));
}
