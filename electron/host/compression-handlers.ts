import type { Handlers } from '../contract/contract.ts';
import { exportInto, fileName, type ChooseExportPlace } from './export.ts';
import type { AskEngine } from './window-handlers.ts';

/** What compressed images are called on disk: they are a safetensors file. */
export const COMPRESSED_ENDING = '.safetensors';

/** Asks where compressed images go, or those that are made of them again, and has the engine write them. */
export function compressionHandlers(
  ask: AskEngine,
  choose: ChooseExportPlace,
): Handlers<'compression:write' | 'compression:unpack'> {
  return {
    'compression:write': ({ job, model, source }) => {
      const of = source.kind === 'set' ? `${source.imageSet}-${source.split}` : 'pictures';
      const name = `${fileName(of, 'images')}-compressed${COMPRESSED_ENDING}`;
      return exportInto(choose, { kind: 'file', name, title: 'Compress images' }, (file) =>
        ask('engine:compress', { job, model, source, file }),
      );
    },
    'compression:unpack': ({ job, staged }) =>
      exportInto(choose, { kind: 'folder', name: 'decompressed', title: 'Decompress images' }, (folder) =>
        ask('engine:decompress', { job, staged, folder }),
      ),
  };
}
