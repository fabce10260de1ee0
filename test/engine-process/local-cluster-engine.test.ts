import { createHash } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clusterProblems } from '../../electron/domain/cluster-limits.ts';
import type { ModelSpec, TrainingSpec } from '../../electron/domain/experiment.ts';
import { RunFolder } from '../../electron/files/run-folder.ts';
import { decodeSafetensors, encodeSafetensors } from '../../electron/files/safetensors.ts';
import { buildNetwork } from '../../electron/engine/network.ts';
import { tensorsOfModule, trainingModule } from '../../electron/model/training-module.ts';
import { saveModel, tensorsOf, weightsPath } from '../../electron/model/weights-file.ts';
import { LocalClusterEngine } from '../../electron/engine-process/local-cluster-engine.ts';
import { packImages } from '../../electron/engine-process/image-packages.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { breathe, conv, dense, modelSpec, noiseImages, pool } from '../engine/samples.ts';
import { expectNoLeak } from '../engine/no-leak.ts';
import { experiment, tinySet, withoutCompiler } from '../training/samples.ts';

withoutCompiler();

let data: TemporaryFolder;
beforeEach(() => (data = new TemporaryFolder()));
afterEach(() => data[Symbol.dispose]());

const models: Readonly<Record<string, ModelSpec>> = {
  dense: modelSpec({ initialiser: 'glorot-uniform' }),
  convolutional: modelSpec({
    inputShape: [9, 7, 3],
    encoder: [conv(4, 3, 2, { batchNorm: true }), pool('max', 2), dense(6, { batchNorm: true })],
    initialiser: 'he-normal',
  }),
  variational: modelSpec({ code: { size: 2, activation: 'linear', variational: true }, initialiser: 'lecun-normal' }),
};

describe('a network as a module to be trained elsewhere', () => {
  it.each(Object.keys(models))('comes back with the weights it went with: %s', (name) =>
    expectNoLeak(() => {
      const spec = models[name]!;
      const network = buildNetwork(spec, 7);
      const other = buildNetwork(spec, 8);
      const { state, source } = trainingModule(network);
      const back = tensorsOfModule(other, decodeSafetensors(state, 'state').tensors, 'state');
      expect(back).toEqual(tensorsOf(network));
      expect(source).toContain('class Autoencoder(nn.Module)');
      const [shapes] = Object.entries(decodeSafetensors(state, 'state').tensors);
      expect(shapes?.[0]).toMatch(/^encoder\./);
      network.dispose();
      other.dispose();
    }),
  );

  it('is refused with a weight of another shape, or without one', () => {
    const network = buildNetwork(models['dense']!, 1);
    const { tensors } = decodeSafetensors(trainingModule(network).state, 'state');
    const [name] = Object.keys(tensors) as [string];
    const cut = { ...tensors, [name]: { shape: [1], data: new Float32Array(1) } };
    const expected = `weights: expected "${name}" of shape ${tensors[name]!.shape.join(' × ')}, found one of shape 1.`;
    expect(() =>
      tensorsOfModule(network, decodeSafetensors(encodeSafetensors(cut), 'weights').tensors, 'weights'),
    ).toThrow(expected);
    const rest = Object.fromEntries(Object.entries(tensors).filter(([other]) => other !== name));
    expect(() =>
      tensorsOfModule(network, decodeSafetensors(encodeSafetensors(rest), 'weights').tensors, 'weights'),
    ).toThrow('found none.');
    network.dispose();
  });
});

describe('what a cluster run needs of the engine', () => {
  it('prepares the seed’s weights, and makes what comes back the run’s own', () =>
    expectNoLeak(async () => {
      const given = experiment();
      const set = tinySet(20);
      const folder = new RunFolder(join(data.path, 'run'));
      const options = {
        id: 'run',
        experiment: given,
        set,
        folder,
        cacheFolder: data.path,
        breathe,
        report: () => undefined,
      };
      const clusterEngine = new LocalClusterEngine(options);
      const job = await clusterEngine.prepare();
      const [images] = job.images;
      expect(job.spec).toMatchObject({
        training: given.training,
        variational: false,
        codeActivation: 'sigmoid',
        images: { count: 20, height: 4, width: 3, channels: 1, pieces: [images!.module] },
      });
      const seeded = buildNetwork(given.model, given.training.seed);
      const state = job.files['initial.safetensors']!;
      expect(tensorsOfModule(seeded, decodeSafetensors(state, 'initial').tensors, 'initial')).toEqual(
        tensorsOf(seeded),
      );
      seeded.dispose();

      const path = join(data.path, 'weights.safetensors');
      await writeFile(path, state);
      const { snapshot, health } = await clusterEngine.loadWeights(path, 1, ['last']);
      expect(snapshot).toMatchObject({ runId: 'run', epoch: 1, reconstructions: { count: 10 } });
      expect(health?.layers.length).toBeGreaterThan(0);
      expect(await folder.snapshotEpochs()).toEqual([1]);
      // Without best weights yet the first to come are they.
      const [best, last] = await Promise.all(
        (['best', 'last'] as const).map((weights) => readFile(weightsPath(folder.modelFolder(weights)))),
      );
      expect(best).toEqual(last);
      const { test, validationMse } = await clusterEngine.measure(1);
      expect(test).toMatchObject({ epoch: 1 });
      expect(validationMse).toBeGreaterThan(0);
      expect(await folder.keptPictures()).toBeUndefined();
      // Of an epoch whose weights came without pictures.
      await clusterEngine.measure(3);
      expect([await folder.snapshotEpochs(), await folder.keptPictures()]).toEqual([[1], 3]);
      expect((await folder.readSnapshot('run', 3)).reconstructions).toEqual(snapshot.reconstructions);
      clusterEngine.dispose();
    }));

  it('sends the weights of another run where training is to begin with them', async () => {
    const set = tinySet(20);
    const given = experiment();
    const start = new RunFolder(join(data.path, 'start')).modelFolder('best');
    const other = buildNetwork(given.model, 99);
    await saveModel(other, start);
    const folder = new RunFolder(join(data.path, 'run'));
    const around = { id: 'run', set, folder, cacheFolder: data.path, breathe, report: () => undefined };
    const clusterEngine = new LocalClusterEngine({ ...around, experiment: given, startFrom: start });
    const { files } = await clusterEngine.prepare();
    clusterEngine.dispose();
    const sent = buildNetwork(given.model, 1);
    expect(
      tensorsOfModule(sent, decodeSafetensors(files['initial.safetensors']!, 'initial').tensors, 'initial'),
    ).toEqual(tensorsOf(other));
    sent.dispose();
    other.dispose();
  });

  it('sends no images that the workers find themselves, only what they must be', async () => {
    const set = tinySet(20);
    const folder = new RunFolder(join(data.path, 'run'));
    const around = { id: 'run', set, folder, cacheFolder: data.path, breathe, report: () => undefined };
    const clusterEngine = new LocalClusterEngine({
      ...around,
      experiment: experiment(),
      imageSource: '/shared/images.u8',
    });
    const { images, spec } = await clusterEngine.prepare();
    clusterEngine.dispose();
    expect(images).toEqual([]);
    const sha256 = createHash('sha256').update(set.training.images.pixels).digest('hex');
    expect(spec).toMatchObject({ images: { source: '/shared/images.u8', sha256 } });
    expect(await readdir(data.path)).not.toContain('cluster-images');
  });
});

describe('packages of images', () => {
  it('hold all images in their order, are named by their bytes, and are made once', async () => {
    const images = noiseImages(11, [4, 3, 1]);
    const packages = await packImages(images, data.path, breathe, 60);
    expect(packages).toHaveLength(3);
    const pixels: Uint8Array[] = [];
    for (const { module, path, name, bytes } of packages) {
      const zip = await readFile(path);
      expect(name).toBe(`_ray_pkg_${createHash('sha1').update(zip).digest('hex')}.zip`);
      expect(bytes).toBe(zip.byteLength);
      const files = unzipSync(zip);
      expect(Object.keys(files)).toEqual([`${module}/__init__.py`, `${module}/images.u8`]);
      pixels.push(files[`${module}/images.u8`]!);
    }
    expect(Buffer.concat(pixels)).toEqual(Buffer.from(images.pixels));
    expect(pixels.map(({ length }) => length / 12)).toEqual([5, 5, 1]);

    await writeFile(packages[0]!.path, 'kept as it is');
    expect(await packImages(images, data.path, breathe, 60)).toEqual(packages);
    const elsewhere = new TemporaryFolder();
    const again = await packImages(images, elsewhere.path, breathe, 60);
    expect(again.map(({ name }) => name)).toEqual(packages.map(({ name }) => name));
    elsewhere[Symbol.dispose]();
  });
});

describe('what a cluster does not train', () => {
  const refused = (training: Partial<TrainingSpec>, model: Partial<ModelSpec>) =>
    clusterProblems(experiment(training, model)).map(({ path, message }) => `${path}: ${message}`);
  const words = (path: string, what: string) =>
    `${path}: a cluster cannot train ${what}. Train this experiment on this computer.`;

  it('is refused by name', () => {
    expect(refused({}, {})).toEqual([]);
    const rbm = { kind: 'rbm', epochs: 1, learningRate: 0.1, batchSize: 10, weightDecay: 0 } as const;
    expect(refused({ pretraining: rbm }, { tiedWeights: true })).toEqual([
      words('training.pretraining', 'layers as restricted Boltzmann machines first'),
      words('model.tiedWeights', 'tied weights'),
    ]);
    const neighbours = { weight: 1, count: 5, radius: 1 };
    expect(refused({ regularisers: { codeL1: 0, contractive: 0, neighbours } }, {})).toEqual([
      words('training.regularisers.neighbours', 'codes that keep neighbours'),
    ]);
    const own = { codeL1: 0, contractive: 0, mmd: 1, totalCorrelation: 3, codeL2: 1, decoderL2: 1 };
    expect(refused({ regularisers: own, freeBits: 0.1, importanceSamples: 2 }, {})).toEqual([
      words('training.importanceSamples', 'with several codes an image'),
      words('training.regularisers.totalCorrelation', 'codes without total correlation'),
      words('training.regularisers.mmd', 'codes by their mean discrepancy'),
    ]);
    expect(refused({ inputNoise: { kind: 'patches', count: 1, size: 2 } }, {})).toEqual([
      words('training.inputNoise', 'on images with squares missing'),
    ]);
    expect(refused({}, { code: { size: 5, activation: 'linear', variational: true, classes: 3 } })).toEqual([
      words('model.code.classes', 'a code that knows the label'),
    ]);
    const decoder = [dense(5, { dropout: 0.1 })];
    expect(refused({}, { encoder: [dense(5), dense(4, { dropout: 0.2 })], decoder })).toEqual([
      words('model.encoder.1', 'with dropout'),
      words('model.decoder.0', 'with dropout'),
    ]);
    const startFrom = { runId: 'another', weights: 'best' } as const;
    expect(clusterProblems({ ...experiment({}, {}), startFrom }).map(({ path }) => path)).toEqual(['startFrom']);
  });
});
