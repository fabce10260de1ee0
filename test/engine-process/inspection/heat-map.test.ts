import { expect, test } from 'vitest';
import type { CheckedPictures } from '../../../electron/engine-process/inspection/checked-pictures.ts';
import { heatMapOf } from '../../../electron/engine-process/inspection/heat-map.ts';
import { normalityOf } from '../../../electron/engine-process/inspection/normality-of.ts';
import { TrainedModel } from '../../../electron/engine-process/models/trained-model.ts';
import { ImageSets } from '../../../electron/engine-process/image-sets.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { experiment, tinySet, withoutCompiler } from '../../training/samples.ts';
import { saveRun } from '../models/samples.ts';

withoutCompiler();

test('boxes are told in pixels of the picture as it came, also where it is shown smaller', async () => {
  using data = new TemporaryFolder();
  const run = await saveRun(data.path, experiment());
  const imageSets = new ImageSets(data.path);
  imageSets.add(tinySet(80, 60));
  const around = { imageSets, breathe: () => Promise.resolve(), report: () => undefined };
  const model = await TrainedModel.load({ folder: run.modelFolder('best'), run }, around);
  try {
    const [height, width, channels] = model.spec.inputShape;
    const pixels = Uint8Array.from({ length: height * width * channels }, (_, at) => (at % width < 2 ? 255 : 30));
    const picture = { width, height, channels: channels === 3 ? 3 : 1, pixels } as const;
    const preparation = {
      width,
      height,
      channels,
      fit: 'stretch',
      background: '#000000',
      invert: false,
      centre: false,
    } as const;
    const learned = await normalityOf(model, {}, undefined, () => undefined);
    // Low enough for drawn weights.
    const mapThresholds = { ...learned.normality.mapThresholds, 'squared-error': 0.1 };
    const stored = { ...learned, normality: { ...learned.normality, mapThresholds } };
    const mapOf = (times: number) => {
      const notAsked = () => Promise.reject(new Error('not asked'));
      const size = { width: times * width, height: times * height };
      const original = () => Promise.resolve({ picture, size, pixels: () => pixels });
      const pictures: CheckedPictures = { count: 1, read: notAsked, readWhole: notAsked, mask: notAsked, original };
      return heatMapOf(model, stored, pictures, 0, preparation, 'squared-error');
    };
    const [plain, threefold] = [await mapOf(1), await mapOf(3)];
    expect(plain.boxes.length).toBeGreaterThan(0);
    expect(threefold).toMatchObject({ width, height, size: { width: 3 * width, height: 3 * height } });
    expect(threefold.boxes).toEqual(
      plain.boxes.map((box) => ({
        left: 3 * box.left,
        top: 3 * box.top,
        width: 3 * box.width,
        height: 3 * box.height,
        area: 9 * box.area,
        score: box.score,
      })),
    );
  } finally {
    model.dispose();
  }
});
