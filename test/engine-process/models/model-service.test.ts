import { rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { StudioError } from '../../../electron/domain/errors.ts';
import { encodeImages, reconstruct } from '../../../electron/engine/inference.ts';
import { weightsPath, loadModel } from '../../../electron/model/weights-file.ts';
import { checkDecoded } from '../../../electron/engine-process/models/model-service.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { expectNoLeak } from '../../engine/no-leak.ts';
import { breathe, distance } from '../../engine/samples.ts';
import { experiment, tinyRun, train, withoutCompiler } from '../../training/samples.ts';
import { onService, set } from './model-desk.ts';
import { AUTO, MODEL, deskOver, png, saveWeights } from './samples.ts';

withoutCompiler();

describe('a trained model is opened', () => {
  test('with its spec, its set and the ascending errors of the images held out', () =>
    onService(async (handlers, { path }) => {
      const opened = await handlers['model:open']({ model: MODEL });
      expect(opened).toMatchObject({
        imageSet: 'tiny',
        hasImageSet: true,
        hasPrior: false,
        spec: { inputShape: [4, 3, 1] },
      });
      const network = await loadModel(join(path, 'runs/a-run/model/best'));
      const held = { ...set.training.images, count: 5, pixels: set.training.images.pixels.subarray(0, 60) };
      const expected = reconstruct(network, held).errors.map((mse) => mse * 12);
      network.dispose();
      expect(distance(opened.errors, expected.toSorted())).toBeLessThan(1e-6);
    }));

  test('without those errors where nobody wants them: its points are then there first', () =>
    onService(async (handlers) => {
      const opened = await handlers['model:open']({ model: MODEL, withErrors: false });
      expect(opened).toMatchObject({ hasImageSet: true, errors: new Float32Array(0) });
      const { points, labels } = await handlers['model:points']({ model: MODEL, split: 'test' });
      expect([points.x.length, labels.length]).toEqual([12, 12]);
    }));

  test('by its test images where none are held out', () =>
    onService(
      async (handlers) => {
        expect((await handlers['model:open']({ model: MODEL })).errors).toHaveLength(12);
      },
      { validation: 0 },
    ));

  test('without its image set, and then pictures are all the same reconstructed', () =>
    onService(
      async (handlers) => {
        const opened = await handlers['model:open']({ model: MODEL });
        expect(opened).toMatchObject({ hasImageSet: false, errors: new Float32Array(0) });
        const pictures = [{ name: 'a.png', bytes: await png(9, 9, 200) }];
        const source = { kind: 'pictures', pictures } as const;
        const answer = await handlers['model:reconstruct']({ model: MODEL, source, options: AUTO, neighbours: 5 });
        expect(answer.names).toEqual(['a.png']);
        expect(answer.mse[0]).toBeGreaterThan(0);
        expect(answer.percentiles).toEqual(Float32Array.of(Number.NaN));
        expect(answer.places).toEqual({ x: Float32Array.of(Number.NaN), y: Float32Array.of(Number.NaN) });
        expect(answer.neighbours).toBeUndefined();
        const gone = { code: 'not-found', message: 'There is no image set "tiny"; there are: mnist.' };
        await expect(handlers['model:measures']({ model: MODEL, split: 'test' })).rejects.toMatchObject(gone);
        await expect(handlers['model:merit']({ model: MODEL })).rejects.toMatchObject(gone);
      },
      { gone: true },
    ));

  test('anew when its weights have changed', () =>
    onService(async (handlers, { path }) => {
      const decode = () => handlers['model:decode']({ model: MODEL, codes: Float32Array.of(0.5, -1, 2) });
      const before = await decode();
      expect(await decode()).toEqual(before);
      const run = join(path, 'runs/a-run/model/best');
      const { RunFolder } = await import('../../../electron/files/run-folder.ts');
      await saveWeights(new RunFolder(join(path, 'runs/a-run')), experiment({}, { code: spec3 }).model, 99);
      const later = new Date(statSync(weightsPath(run)).mtimeMs + 5_000);
      utimesSync(weightsPath(run), later, later);
      expect(await decode()).not.toEqual(before);
    }));

  test('not where there is none: the file is named', () =>
    onService(async (handlers, { path }) => {
      const model = { runId: 'a-run', weights: 'last' } as const;
      await expect(handlers['model:open']({ model })).rejects.toMatchObject({
        code: 'not-found',
        message: `${join(path, 'runs/a-run/model/last/model-spec.json')}: the file cannot be read.`,
      });
      rmSync(weightsPath(join(path, 'runs/a-run/model/best')));
      await expect(handlers['model:open']({ model: MODEL })).rejects.toMatchObject({ code: 'not-found' });
    }));
});

const spec3 = { size: 3, activation: 'linear', variational: false } as const;

test('the model of a run that trains is as good as it is by then', () =>
  expectNoLeak(async () => {
    using data = new TemporaryFolder();
    const service = deskOver(data.path, set);
    const open = () => service.service.handlers['model:open']({ model: MODEL });
    const meanwhile: ReturnType<typeof open>[] = [];
    const given = experiment({ epochs: 3, validationCount: 5 }, { code: spec3 });
    const tiny = tinyRun(data.path, set, given, {
      listen: ({ name }) => {
        if (name === 'run:epoch-ended') meanwhile.push(open());
      },
    });
    expect(await train(tiny)).toMatchObject({ status: 'finished' });
    for (const { errors } of await Promise.all(meanwhile)) {
      expect(errors).toHaveLength(5);
      expect(errors.every(Number.isFinite)).toBe(true);
    }
    const network = await loadModel(tiny.folder.modelFolder('best'));
    const held = { ...set.training.images, count: 5, pixels: set.training.images.pixels.subarray(0, 60) };
    const expected = reconstruct(network, held).errors.map((mse) => mse * 12);
    network.dispose();
    expect(distance((await open()).errors, expected.toSorted())).toBeLessThan(1e-6);
    await service.service.close();
  }));

describe('codes', () => {
  test('of a split are the encoder’s', () =>
    onService(async (handlers, { path }) => {
      const { codes, size } = await handlers['model:codes']({ model: MODEL, split: 'test' });
      const network = await loadModel(join(path, 'runs/a-run/model/best'));
      expect(size).toBe(3);
      expect(distance(codes, await encodeImages(network, set.test.images, breathe))).toBeLessThan(1e-6);
      network.dispose();
    }));

  test.each([
    [new Float32Array(4), 'codes: expected a multiple of 3 numbers, the code’s size, found 4.'],
    [Float32Array.of(1, 2, 3, 4, Number.NaN, 6), 'codes: expected finite numbers, found NaN in code 1, unit 1.'],
    [Float32Array.of(Infinity, 2, 3), 'codes: expected finite numbers, found Infinity in code 0, unit 0.'],
    [new Float32Array(3 * 4_097), 'codes: expected at most 4,096 codes, found 4,097.'],
  ])('that cannot be decoded are refused (%#)', (codes, message) =>
    onService(async (handlers) => {
      const refusal = { code: 'bad-request', message };
      await expect(handlers['model:decode']({ model: MODEL, codes })).rejects.toMatchObject(refusal);
      const request = { model: MODEL, codes, split: 'training', count: 3 } as const;
      await expect(handlers['model:neighbours'](request)).rejects.toMatchObject(refusal);
    }),
  );

  test('of more pixels than one answer may hold are refused', () => {
    expect(() => checkDecoded(512, [256, 256, 3])).not.toThrow();
    expect(() => checkDecoded(513, [256, 256, 3])).toThrow(
      new StudioError('refused', 'codes: expected at most 512 for images of 256 × 256, found 513.'),
    );
  });

  test('find their own image first, and its label', () =>
    onService(async (handlers) => {
      const { codes } = await handlers['model:codes']({ model: MODEL, split: 'training' });
      const request = { model: MODEL, codes: codes.slice(21, 27), split: 'training', count: 4 } as const;
      const { k, indices, distances, labels } = await handlers['model:neighbours'](request);
      expect([k, indices.length]).toEqual([4, 8]);
      expect([indices[0], indices[4], distances[0], distances[4]]).toEqual([7, 8, 0, 0]);
      expect(Array.from(labels)).toEqual(Array.from(indices, (index) => index % 3));
    }));
});

describe('the map', () => {
  test.each([1, 2, 3])('of %i dimensions: a place is where its plane says, on one plane for both splits', (codeSize) =>
    onService(
      async (handlers) => {
        const first = await handlers['model:points']({ model: MODEL, split: 'test' });
        const training = await handlers['model:points']({ model: MODEL, split: 'training' });
        const measures = await handlers['model:measures']({ model: MODEL, split: 'test' });
        const test_ = { ...first, ...measures };
        expect(measures).not.toHaveProperty('points');
        const { units } = await handlers['model:measures']({ model: MODEL, split: 'training' });
        expect(test_.loading).toBe(first.loading);
        expect(test_.mapIs).toBe(codeSize <= 2 ? 'code' : 'principal-plane');
        expect([training.origin, training.axes, units]).toEqual([test_.origin, test_.axes, test_.units]);
        expect(training.points.x).toHaveLength(40);
        expect([test_.points.y.length, test_.squaredErrors.length, test_.labels.length]).toEqual([12, 12, 12]);
        const { codes } = await handlers['model:codes']({ model: MODEL, split: 'test' });
        const { origin, axes, points } = test_;
        for (let row = 0; row < 12; row += 1) {
          for (const [axis, column] of [points.x, points.y].entries()) {
            const along = axes[axis]!.reduce(
              (sum, loading, unit) => sum + loading * (codes[row * codeSize + unit]! - origin[unit]!),
              0,
            );
            expect(column[row]).toBeCloseTo(along, 4);
          }
        }
      },
      { codeSize },
    ),
  );

  test('tells of each unit its range, mean and deviation', () =>
    onService(async (handlers) => {
      const { units } = await handlers['model:measures']({ model: MODEL, split: 'test' });
      const { codes } = await handlers['model:codes']({ model: MODEL, split: 'training' });
      for (let unit = 0; unit < 3; unit += 1) {
        const values = Array.from(codes).filter((_, index) => index % 3 === unit);
        const mean = values.reduce((sum, value) => sum + value, 0) / 40;
        expect(units.least[unit]).toBe(Math.min(...values));
        expect(units.most[unit]).toBe(Math.max(...values));
        expect(units.mean[unit]).toBeCloseTo(mean, 5);
        const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 40;
        expect(units.deviation[unit]).toBeCloseTo(Math.sqrt(variance), 5);
      }
    }));

  test.each([2, 3])('of a model that gives no numbers (%i-D) is refused', (codeSize) =>
    onService(
      async (handlers) => {
        await expect(handlers['model:points']({ model: MODEL, split: 'test' })).rejects.toMatchObject({
          code: 'engine-failed',
          message: 'The codes are no longer finite numbers. Try a smaller learning rate.',
        });
        await expect(handlers['model:merit']({ model: MODEL })).rejects.toMatchObject({ code: 'engine-failed' });
      },
      { codeSize, broken: true },
    ),
  );

  test('and the errors breathe between their parts', () =>
    onService(async (handlers, { breaths }) => {
      await handlers['model:points']({ model: MODEL, split: 'test' });
      await handlers['model:measures']({ model: MODEL, split: 'test' });
      expect(breaths()).toBeGreaterThanOrEqual(3);
    }));
});
