import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Experiment } from '../../electron/domain/experiment.ts';
import { machinesOf } from '../../electron/engine/rbm.ts';
import { pretrain } from '../../electron/training/pretraining.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { expectNoLeak } from '../engine/no-leak.ts';
import { dense, onNetwork, weightsByName } from '../engine/samples.ts';
import {
  afterCalls,
  experiment,
  resumedRun,
  tinyRun,
  tinySet,
  train,
  withoutCompiler,
  type TinyOptions,
  type TinyRun,
} from './samples.ts';

withoutCompiler();

const set = tinySet(45);
const model = {
  encoder: [dense(5), dense(4)],
  code: { size: 3, activation: 'linear', variational: false },
} as const;

/** Two epochs of each of three machines, five steps an epoch, then two epochs of fine-tuning. */
const pretrained = (seed = 1): Experiment =>
  experiment(
    { epochs: 2, seed, pretraining: { kind: 'rbm', epochs: 2, learningRate: 0.1, batchSize: 8, weightDecay: 0.0002 } },
    { ...model, encoder: [...model.encoder] },
  );

async function onRun(options: TinyOptions, body: (tiny: TinyRun, dataFolder: string) => Promise<void>): Promise<void> {
  await expectNoLeak(async () => {
    using data = new TemporaryFolder();
    await body(tinyRun(data.path, set, pretrained(), options), data.path);
  });
}

const lastWeights = ({ folder }: TinyRun): Buffer =>
  readFileSync(join(folder.modelFolder('last'), 'weights.safetensors'));

/** What a run ends with that nobody disturbs. */
async function trainedThrough(seed = 1): Promise<Buffer> {
  using data = new TemporaryFolder();
  const whole = tinyRun(data.path, set, pretrained(seed));
  expect((await train(whole)).status).toBe('finished');
  return lastWeights(whole);
}

let whole: Promise<Buffer> | undefined;
/** Trained once. */
const uninterrupted = (): Promise<Buffer> => (whole ??= trainedThrough());

const messagesOf = ({ events }: TinyRun): string[] =>
  events.flatMap(({ name, payload }) =>
    name === 'run:progressed' && payload.kind === 'preparing' ? [payload.message] : [],
  );

describe('pretraining', () => {
  test('tells which layer and epoch it is at, and how far it has come', () =>
    onNetwork(pretrained().model, async (network) => {
      const told: [number, string][] = [];
      const between = (...progress: [number, string]): Promise<void> => {
        told.push(progress);
        return Promise.resolve();
      };
      await pretrain({ network, images: set.training.images, training: pretrained().training, between });
      const fractions = told.map(([fraction]) => fraction);
      expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
      expect([fractions[0], fractions.at(-1)]).toEqual([0, 1]);
      expect([...new Set(told.map(([, message]) => message))]).toEqual(
        [1, 2, 3].flatMap((layer) => [1, 2].map((epoch) => `Pretraining layer ${layer} of 3, epoch ${epoch} of 2`)),
      );
      const weights = weightsByName(network);
      const [kernel, turned] = [weights['encoder-1/kernel']!, weights['output/kernel']!];
      // [12, 5] and [5, 12]
      expect([...turned]).toEqual(Array.from({ length: 60 }, (_, at) => kernel[(at % 12) * 5 + Math.floor(at / 12)]));
      expect(machinesOf(network).map(({ gaussian }) => gaussian)).toEqual([false, false, true]);
    }));

  test('does nothing where the experiment wants none', () =>
    onNetwork(pretrained().model, async (network) => {
      const before = weightsByName(network);
      const { training } = experiment();
      const between = (): Promise<void> => Promise.reject(new Error('never called'));
      await pretrain({ network, images: set.training.images, training, between });
      expect(weightsByName(network)).toEqual(before);
    }));
});

describe('a pretrained run', () => {
  test('ends with the same weights for one seed, with others for another', async () => {
    const one = await uninterrupted();
    expect((await trainedThrough(1)).equals(one)).toBe(true);
    expect((await trainedThrough(2)).equals(one)).toBe(false);
  });

  test('stops at once when it is asked to while it pretrains, and begins again when it is taken up', () =>
    onRun({}, async (tiny, dataFolder) => {
      // In the second epoch of the first layer.
      afterCalls(7, () => tiny.run.stop());
      expect((await train(tiny)).status).toBe('stopped');
      expect(existsSync(tiny.folder.modelFolder('last'))).toBe(false);
      const again = await resumedRun(dataFolder, set);
      expect((await train(again)).status).toBe('finished');
      expect(lastWeights(again).equals(await uninterrupted())).toBe(true);
    }));

  test('waits while it is paused, and goes on to the same end', () =>
    onRun(
      {
        listen: ({ name }, run) => {
          if (name === 'run:paused') setImmediate(() => run.resume());
        },
      },
      async (tiny) => {
        afterCalls(7, () => tiny.run.pause());
        expect((await train(tiny)).status).toBe('finished');
        expect(tiny.events.some(({ name }) => name === 'run:paused')).toBe(true);
        expect(lastWeights(tiny).equals(await uninterrupted())).toBe(true);
      },
    ));

  test('is not pretrained again from a checkpoint', () =>
    onRun(
      {
        listen: ({ name }, run) => {
          if (name === 'run:epoch-ended') run.stop();
        },
      },
      async (tiny, dataFolder) => {
        expect((await train(tiny)).status).toBe('stopped');
        const again = await resumedRun(dataFolder, set);
        expect((await train(again)).status).toBe('finished');
        expect(messagesOf(again).filter((message) => message.startsWith('Pretraining'))).toEqual([]);
        expect(lastWeights(again).equals(await uninterrupted())).toBe(true);
      },
    ));

  test('is kept as soon as it is pretrained: one that is killed at its first step is not pretrained again', () => {
    using killed = new TemporaryFolder();
    let copied = false;
    const copyAtFirstStep: TinyOptions['listen'] = ({ name, payload }) => {
      if (copied || name !== 'run:progressed' || payload.kind !== 'training') return;
      copied = true;
      cpSync(source, killed.path, { recursive: true });
    };
    let source = '';
    return onRun({ listen: copyAtFirstStep }, async (tiny, dataFolder) => {
      source = dataFolder;
      await train(tiny);
      const again = await resumedRun(killed.path, set);
      expect((await train(again)).status).toBe('finished');
      expect(messagesOf(again).filter((message) => message.startsWith('Pretraining'))).toEqual([]);
      expect(lastWeights(again).equals(lastWeights(tiny))).toBe(true);
    });
  });
});
