import type { HandedFile } from '../../../electron/contract/files.ts';
import { decoderOf } from './decoder/decoder.svelte.ts';
import { heldWords, type DropHandler } from '../../window/drops.ts';
import type { Latent } from './latent.svelte.ts';

const isTable = ({ path }: HandedFile) => /\.(csv|tsv)$/i.test(path);

interface Parts {
  readonly explorer: Latent['explorer'];
  readonly colouring: Pick<Latent['colouring'], 'addTable'>;
}

/**
 * Pictures dropped on the Latent place are encoded and laid beside the map, where the decoder's tools start from them; a CSV
 * file among them colours the map.
 */
export const latentDrops = ({ explorer, colouring }: Parts): DropHandler => ({
  offer: (held) =>
    explorer.details
      ? {
          title: `Encode ${heldWords(held)}`,
          hint: 'Each gets its place on the map; the decoder’s tools can start from it. A CSV file colours the map.',
        }
      : { title: 'No model is open', hint: 'Choose a model first, then drop pictures here.', refused: true },
  take: (files) => {
    const pictures = decoderOf(explorer)?.pictures;
    void files.then(
      (handed) => {
        const table = handed.find(isTable);
        if (table) void colouring.addTable(table.file);
        const others = handed.filter((file) => !isTable(file));
        if (others.length > 0) void pictures?.addFiles(others);
      },
      // It says why they could not be listed.
      () => void pictures?.addFiles(files),
    );
  },
});
