import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importImages } from '../../electron/dataset/import/import-images.ts';
import { answerLines, peakMemory } from './serve.ts';

// Loaded when the first picture needs it, and in the peers before they are timed.
await import('sharp');

// The app's own import, whole: listing, reading, looking for duplicates, and the set's folder on disk.
await answerLines({
  memory: async () => ({ peakBytes: peakMemory() }),
  import: async ({ folder, side, channels }) => {
    const place = await mkdtemp(join(tmpdir(), 'autoencoder-studio-bench-'));
    try {
      const began = performance.now();
      const { imported } = await importImages({
        paths: [folder],
        folder: join(place, 'set'),
        id: 'set',
        options: {
          name: 'set',
          width: side,
          height: side,
          channels,
          fit: 'stretch',
          background: '#000000',
          invert: 'off',
          centre: false,
          labels: 'folders',
          test: { kind: 'every', n: 10 },
          duplicates: 'keep',
        },
      });
      return { seconds: (performance.now() - began) / 1_000, count: imported };
    } finally {
      await rm(place, { recursive: true, force: true });
    }
  },
});
