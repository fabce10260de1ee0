import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { expectNoLeak } from '../engine/no-leak.ts';
import { experiment, tinyRun, tinySet, train } from './samples.ts';

// As few compilations as can be: each takes XLA seconds. Training by other paths is test/training/training-run.test.ts.
test('two whole compiled runs of one seed, the last partial batch kept, are equal bit for bit', () =>
  expectNoLeak(async () => {
    using data = new TemporaryFolder();
    const given = experiment({ batchSize: 7, validationCount: 3, lastPartialBatch: 'keep' }, { encoder: [] });
    const files: Buffer[] = [];
    for (const id of ['first', 'second']) {
      const tiny = tinyRun(data.path, tinySet(25), given, { id, path: 'xla-loop' });
      expect(await train(tiny)).toMatchObject({ status: 'finished' });
      const { path } = await tiny.folder.readState();
      expect(path?.kind).toBe('xla-loop');
      expect(path).not.toHaveProperty('reason');
      const { metrics } = await tiny.folder.readMetrics();
      expect(metrics.map(({ step }) => step)).toEqual([4, 8, 12]);
      expect(metrics[2]!.trainingCost).toBeLessThan(metrics[0]!.trainingCost);
      const costs = Buffer.from(Float64Array.from(metrics, ({ trainingCost }) => trainingCost).buffer);
      const weights = (['best', 'last'] as const).map((which) =>
        readFileSync(join(tiny.folder.modelFolder(which), 'weights.safetensors')),
      );
      files.push(Buffer.concat([costs, ...weights]));
    }
    expect(files[0]!.equals(files[1]!)).toBe(true);
  }));
