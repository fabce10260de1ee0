import { bitsOfIndex, type CodeIndices } from '../../electron/domain/codebook.ts';
import type { Health } from '../../electron/domain/words.ts';
import { formatCounted } from '../widgets/format-number.ts';

/**
 * What a codebook says of an image, and how it is used: "An image is 49 indices of 7 bits: 343 bits. 118 of 128 vectors are used, as many as
 * 74.2 taken alike (perplexity)."
 */
export function codebookWords({ height, width, vectors }: CodeIndices, use: Health['codebook']): string {
  const [places, bits] = [height * width, bitsOfIndex(vectors)];
  const image = `An image is ${formatCounted(places, 'index', 'indices')} of ${formatCounted(bits, 'bit')}`;
  const whole = `${image}: ${formatCounted(places * bits, 'bit')}.`;
  if (use === undefined) return whole;
  return `${whole} ${use.used} of ${use.vectors} vectors are used, as much as ${use.perplexity.toFixed(1)} taken alike (perplexity).`;
}
