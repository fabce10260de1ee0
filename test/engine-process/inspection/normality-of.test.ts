import { copyFileSync, renameSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ImageSets } from '../../../electron/engine-process/image-sets.ts';
import { normalityOf } from '../../../electron/engine-process/inspection/normality-of.ts';
import { TrainedModel } from '../../../electron/engine-process/models/trained-model.ts';
import { loadNormality } from '../../../electron/model/normality-file.ts';
import { weightsPath } from '../../../electron/model/weights-file.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { experiment, tinySet, withoutCompiler } from '../../training/samples.ts';
import { saveRun } from '../models/samples.ts';

withoutCompiler();

test('what is normal for a model is not kept beside other weights, which training has written meanwhile', async () => {
  using data = new TemporaryFolder();
  const run = await saveRun(data.path, experiment());
  const folder = run.modelFolder('best');
  const imageSets = new ImageSets(data.path);
  imageSets.add(tinySet(80, 60));
  const around = { imageSets, breathe: () => Promise.resolve(), report: () => undefined };
  const model = await TrainedModel.load({ folder, run }, around);
  try {
    const replace = () => {
      copyFileSync(weightsPath(folder), `${folder}-new`);
      renameSync(`${folder}-new`, weightsPath(folder));
    };
    await expect(normalityOf(model, {}, undefined, replace)).rejects.toMatchObject({ code: 'refused' });
    expect(await loadNormality(folder)).toBeUndefined();
    const stored = await normalityOf(model, {}, undefined, () => undefined);
    expect((await loadNormality(folder))?.verdict).toEqual(stored.verdict);
  } finally {
    model.dispose();
  }
});
