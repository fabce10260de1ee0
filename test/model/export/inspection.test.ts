import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { splitmix } from '../../../electron/domain/inspection/ranking.ts';
import { scorePictures } from '../../../electron/engine/inspection/inspect-pictures.ts';
import { learnNormal } from '../../../electron/engine/inspection/learn-normal.ts';
import { passThrough } from '../../../electron/engine/inspection/through.ts';
import { buildNetwork } from '../../../electron/engine/network.ts';
import { exportModel } from '../../../electron/model/export/export-model.ts';
import type { ExportOptions } from '../../../electron/model/export/exported-model.ts';
import { loadNormality, saveNormality } from '../../../electron/model/normality-file.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { expectNoLeak } from '../../engine/no-leak.ts';
import { experiment } from '../../training/samples.ts';

test('what tells odd pictures apart is kept beside a model whole, and goes into its exports', () =>
  expectNoLeak(async () => {
    using data = new TemporaryFolder();
    const spec = experiment({}, { inputShape: [12, 12, 1] }).model;
    const network = buildNetwork(spec, 1);
    const breathe = () => Promise.resolve();
    const through = (pictures: Float32Array) => passThrough(network, pictures, breathe);
    const pictures = (count: number, seed: number): Float32Array =>
      Float32Array.from({ length: 144 * count }, splitmix(seed));
    const normality = await learnNormal({
      shape: [12, 12, 1],
      training: pictures(20, 1),
      heldOut: pictures(8, 2),
      through,
      breathe,
      told: () => undefined,
    });
    const verdict = { score: 'combined', threshold: 1.5 } as const;
    await saveNormality(data.path, { normality, verdict });
    const again = await loadNormality(data.path);
    expect(again?.verdict).toEqual(verdict);
    const [before, after] = await Promise.all(
      [normality, again!.normality].map((each) => scorePictures(each, pictures(3, 3), through)),
    );
    expect(after).toEqual(before);

    // What was learnt before a score was thought of is as good as not known: it is learnt again.
    const json = join(data.path, 'normality.json');
    const asWritten = readFileSync(json, 'utf8');
    const older = JSON.parse(asWritten) as { statistics: { kind: string }[] };
    older.statistics = older.statistics.filter(({ kind }) => kind !== 'variations');
    writeFileSync(json, JSON.stringify(older));
    expect(await loadNormality(data.path)).toBeUndefined();
    writeFileSync(json, asWritten);

    const folder = join(data.path, 'export');
    const written = (options: ExportOptions) =>
      exportModel({ network, origin: {}, normality: again! }, options, folder);
    expect(await written({ format: 'npz' })).toEqual(
      expect.arrayContaining(['inspection.py', 'inspection/rule.json', 'inspection/known.npy', 'samples/scores.npy']),
    );
    expect(readFileSync(join(folder, 'verify.py'), 'utf8')).toContain('from inspection import THRESHOLD, score');
    expect(await written({ format: 'onnx' })).toEqual(
      expect.arrayContaining(['inspection.onnx', 'inspection/rule.json', 'samples/scores.npy']),
    );
    expect(JSON.parse(readFileSync(join(folder, 'inspection', 'rule.json'), 'utf8'))).toMatchObject({
      score: 'combined',
      threshold: 1.5,
    });
    // Large pictures are judged by the worst of their tiles: the lines of the card cut them.
    const tiled = { ...again!, verdict: { ...verdict, tiles: 256 } };
    for (const format of ['npz', 'onnx'] as const) {
      await exportModel({ network, origin: {}, normality: tiled }, { format }, folder);
      const text = (name: string): string => readFileSync(join(folder, name), 'utf8');
      expect(text('README.md')).toContain('load_tiles("image.png")');
      expect(text('README.md')).toContain('tiles of 256 pixels a side, made 12 × 12 pixels each');
      expect(text('preprocessing.py')).toContain('size = [int(side * WIDTH / 256 + 0.5)');
    }
    // The encoder alone gives no scores.
    expect(await written({ format: 'onnx', part: 'encoder' })).not.toContain('inspection.onnx');
    network.dispose();
  }));
