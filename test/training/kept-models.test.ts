import { afterEach, expect, it, vi } from 'vitest';
import { buildNetwork, type Network } from '../../electron/engine/network.ts';
import { tf } from '../../electron/engine/tensorflow.ts';
import { RunFolder } from '../../electron/files/run-folder.ts';
import { epochsOf, loadModel } from '../../electron/model/weights-file.ts';
import { KeptModels } from '../../electron/training/kept-models.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { dense, modelSpec } from '../engine/samples.ts';
import { expectNoLeak } from '../engine/no-leak.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const firstWeight = ({ weights }: Network): number => weights[0]!.variable.dataSync()[0]!;

it('writes what is newest when there is time for it, the best and the last each by themselves', () =>
  expectNoLeak(async () => {
    using data = new TemporaryFolder();
    const network = buildNetwork(modelSpec({ encoder: [dense(2)] }), 1);
    const { variable } = network.weights[0]!;
    const set = (value: number) => tf.tidy(() => variable.assign(tf.fill(variable.shape, value)));
    const folder = new RunFolder(data.path);
    const onDisk = async (weights: 'best' | 'last') => {
      const model = await loadModel(folder.modelFolder(weights));
      const found = firstWeight(model);
      model.dispose();
      return found;
    };
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    let writes = 0;
    const models = new KeptModels(folder, 0.02, async (write) => {
      await write();
      writes += 1;
      now += 10;
    });

    set(1);
    await models.keep(network, ['best', 'last'], 1);
    expect([await onDisk('best'), await onDisk('last'), writes]).toEqual([1, 1, 2]);

    // Two writes of 10 ms each: a second goes into training before the next.
    now += 900;
    set(2);
    await models.keep(network, ['best', 'last'], 2);
    set(3);
    await models.keep(network, ['last'], 3);
    expect([await onDisk('best'), await onDisk('last'), writes]).toEqual([1, 1, 2]);

    now += 100;
    set(4);
    await models.keep(network, ['last'], 4);
    expect([await onDisk('best'), await onDisk('last'), writes]).toEqual([2, 4, 4]);

    const epochs = await Promise.all((['best', 'last'] as const).map((kept) => epochsOf(folder.modelFolder(kept))));
    expect(epochs).toEqual([2, 4]);

    set(5);
    await models.keep(network, ['best', 'last'], 5);
    expect(await onDisk('best')).toBe(2);
    await models.write();
    await models.write();
    expect([await onDisk('best'), await onDisk('last'), writes]).toEqual([5, 5, 6]);
    network.dispose();
  }));

it('keeps what could not be written, and writes it the next time, or frees it', () =>
  expectNoLeak(async () => {
    using data = new TemporaryFolder();
    const network = buildNetwork(modelSpec({ encoder: [dense(2)] }), 1);
    let full = true;
    const models = new KeptModels(new RunFolder(data.path), 0.02, async (write) => {
      if (full) throw new Error('full');
      await write();
    });
    await expect(models.keep(network, ['last'], 1)).rejects.toThrow('full');
    full = false;
    await models.write();
    const model = await loadModel(new RunFolder(data.path).modelFolder('last'));
    expect(firstWeight(model)).toBe(firstWeight(network));
    model.dispose();
    // It is not yet time for a second.
    await models.keep(network, ['best', 'last'], 2);
    models.dispose();
    network.dispose();
  }));
