import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { expectNoLeak } from '../engine/no-leak.ts';
import { experiment, tinyRun, tinySet, train } from './samples.ts';

test('two compiled runs of one seed are equal bit for bit; another seed gives another', () =>
  expectNoLeak(async () => {
    using data = new TemporaryFolder();
    const files: Buffer[] = [];
    const costs: number[][] = [];
    for (const [index, seed] of [3, 3, 4].entries()) {
      const given = experiment({ seed, augmentation: { shiftPixels: 1, flip: true } });
      const tiny = tinyRun(data.path, tinySet(45), given, { id: `run-${index}` });
      expect(await train(tiny)).toMatchObject({ status: 'finished' });
      expect((await tiny.folder.readState()).path?.kind).toBe('xla-loop');
      const weights = ['best', 'last'] as const;
      files.push(
        Buffer.concat(
          weights.map((which) => readFileSync(join(tiny.folder.modelFolder(which), 'weights.safetensors'))),
        ),
      );
      costs.push((await tiny.folder.readMetrics()).metrics.map(({ trainingCost }) => trainingCost));
    }
    expect(files[0]!.equals(files[1]!)).toBe(true);
    expect(files[0]!.equals(files[2]!)).toBe(false);
    expect(costs[0]).toEqual(costs[1]);
    expect(costs[0]).not.toEqual(costs[2]);
  }));

test('a compiled run keeps the last partial batch', () =>
  expectNoLeak(async () => {
    using data = new TemporaryFolder();
    const tiny = tinyRun(
      data.path,
      tinySet(25),
      experiment({ batchSize: 7, validationCount: 3, lastPartialBatch: 'keep' }),
    );
    expect(await train(tiny)).toMatchObject({ status: 'finished' });
    const { metrics } = await tiny.folder.readMetrics();
    expect(metrics.map(({ step }) => step)).toEqual([4, 8, 12]);
    expect(metrics[2]!.trainingCost).toBeLessThan(metrics[0]!.trainingCost);
  }));
