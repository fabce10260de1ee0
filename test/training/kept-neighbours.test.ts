import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { TrainingSpec } from '../../electron/domain/experiment.ts';
import { Learner } from '../../electron/training/learner.ts';
import { weightsPath } from '../../electron/model/weights-file.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { dense } from '../engine/samples.ts';
import { experiment, resumedRun, tinyRun, tinySet, train, withoutCompiler, type TinyRun } from './samples.ts';

withoutCompiler();

const set = tinySet(45);
const kept: Partial<TrainingSpec> = {
  regularisers: { codeL1: 0, contractive: 0, neighbours: { weight: 0.1, count: 4, radius: 0.2 } },
};

const weightsOf = ({ folder }: TinyRun): Buffer => readFileSync(weightsPath(folder.modelFolder('last')));

describe('a run that keeps neighbours', () => {
  it('says what it looks for before it trains, and how far it has come', async () => {
    const said: [number, string][] = [];
    const between = (fraction: number, message: string): Promise<void> =>
      Promise.resolve(void said.push([fraction, message]));
    const { images } = set.training;
    const plan = { batchSize: 16, lastBatchSize: 0, steps: 9 };
    const learner = await Learner.create(experiment(kept), { images }, plan, () => undefined, undefined, between);
    await learner.dispose();
    expect(learner.graph?.starts).toHaveLength(images.count + 1);
    expect(said[0]).toEqual([0, 'Looking for the 4 nearest neighbours of each of 45 images']);
    // Of few images there are no more than the others.
    const few: Partial<TrainingSpec> = {
      regularisers: { codeL1: 0, contractive: 0, neighbours: { weight: 0.1, count: 60, radius: 0.2 } },
    };
    await (await Learner.create(experiment(few), { images }, plan, () => undefined, undefined, between)).dispose();
    expect(said.at(-1)?.[1]).toBe('Looking for the 44 nearest neighbours of each of 45 images');
    expect(said.every(([fraction]) => fraction >= 0 && fraction <= 1)).toBe(true);
  });

  it('can be stopped while it looks, and begins again when it is taken up', async () => {
    using data = new TemporaryFolder();
    const whole = tinyRun(data.path, set, experiment(kept), { id: 'whole' });
    await train(whole);
    const tiny = tinyRun(data.path, set, experiment(kept));
    await tiny.run.begin();
    const ending = tiny.run.train();
    tiny.run.stop();
    expect((await ending).status).toBe('stopped');
    expect(existsSync(tiny.folder.modelFolder('last'))).toBe(false);
    const again = await resumedRun(data.path, set);
    expect((await train(again)).status).toBe('finished');
    expect(weightsOf(again).equals(weightsOf(whole))).toBe(true);
  });

  it('can be pretrained, on images and not on pairs', async () => {
    using data = new TemporaryFolder();
    const pretraining = { kind: 'rbm', epochs: 2, learningRate: 0.1, batchSize: 10, weightDecay: 0 } as const;
    const code = { size: 2, activation: 'linear', variational: false } as const;
    const given = experiment({ ...kept, pretraining }, { encoder: [dense(6)], code });
    expect((await train(tinyRun(data.path, set, given))).status).toBe('finished');
  });
});
