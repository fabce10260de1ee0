import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { unzipSync } from 'fflate';
import sharp from 'sharp';
import { StudioError } from '../../electron/domain/errors.ts';
import type { ModelSpec } from '../../electron/domain/experiment.ts';
import { presetExperiment, presets } from '../../electron/domain/presets.ts';
import { planImport, previewImport } from '../../electron/dataset/import/plan-import.ts';
import { readCodes } from '../../electron/dataset/read-codes.ts';
import { readStoredSet } from '../../electron/dataset/stored-set.ts';
import { MOST_PIXELS } from '../../electron/dataset/picture/picture-size.ts';
import { CheckpointFolder } from '../../electron/files/checkpoint-folder.ts';
import { decodeCompressed, encodeCompressed } from '../../electron/files/compressed-images.ts';
import { archivedExperiment, openArchive } from '../../electron/files/open-archive.ts';
import { RunFolder } from '../../electron/files/run-folder.ts';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from '../../electron/files/safetensors.ts';
import { decodeSnapshot, encodeSnapshot } from '../../electron/files/snapshot-file.ts';
import { openExperiments } from '../../electron/host/run-files.ts';
import { ZipArchive } from '../../electron/files/zip-archive.ts';
import { describeFound } from '../../electron/model/import/found-model.ts';
import { readModel } from '../../electron/model/import/read-model.ts';
import { specAndWeights } from '../../electron/model/import/to-spec.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { bytesOf } from '../dataset/import/fixtures.ts';
import { modelFixture } from '../model/import/model-fixture.ts';
import { layersModel } from '../model/import/layers-model.ts';
import type { Files, FuzzedReader, Seed } from './fuzz.ts';

const experiment = presetExperiment(presets[0]!, 'mnist', [28, 28, 1]);
const code = { size: 2, activation: 'linear', variational: false } as const;
const spec: ModelSpec = { ...experiment.model, inputShape: [4, 3, 1], encoder: [], code };
const weights: Readonly<Record<string, StoredTensor>> = {
  'code/kernel': { shape: [12, 2], data: new Float32Array(24).fill(0.5) },
  'code/bias': { shape: [2], data: new Float32Array(2) },
  'output/kernel': { shape: [2, 12], data: new Float32Array(24).fill(0.5) },
  'output/bias': { shape: [12], data: new Float32Array(12) },
};
const snapshot = encodeSnapshot({
  runId: 'a-run',
  epoch: 1,
  reconstructions: { count: 2, height: 4, width: 3, channels: 1, pixels: new Uint8Array(24).fill(9) },
  errors: Float32Array.of(0.5, 1),
  map: { x: Float32Array.of(1, 2), y: Float32Array.of(3, 4) },
  mapIs: 'code',
});

const modelFile = (name: string): Buffer => readFileSync(modelFixture(name));

const seedsOf = (...names: readonly string[]): readonly Seed[] =>
  names.map((name) => ({ files: { [name]: modelFile(name) } }));

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** What a function leaves in an empty folder. */
async function filesBy(work: (folder: string) => Promise<void> | void): Promise<Files> {
  using folder = new TemporaryFolder();
  await work(folder.path);
  const entries = readdirSync(folder.path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(paths.map((path) => [relative(folder.path, path), readFileSync(path)]));
}

async function model(folder: string): Promise<number> {
  const { name, chain } = await readModel([folder]);
  const { inputShape } = describeFound(chain, name, {});
  if (inputShape === undefined) return 0;
  return bytesIn(Object.values(specAndWeights(chain, {}).tensors));
}

const bytesIn = (tensors: readonly StoredTensor[]): number =>
  tensors.reduce((sum, { data }) => sum + data.byteLength, 0);

const file = (folder: string, name: string): Buffer => readFileSync(join(folder, name));

/** A run that has trained for one epoch, all kinds of its files. */
async function runFiles(): Promise<Files> {
  const state = { version: 1, id: 'a-run', startedAt: '2026-01-01T00:00:00.000Z', processId: 1 } as const;
  const stored = await filesBy((folder) =>
    new RunFolder(folder).create({ ...experiment, model: spec }, { ...state, status: 'finished' }),
  );
  const metrics = { epoch: 1, step: 2, secondsSinceStart: 3, lastBatchCost: 0.1, trainingCost: 0.2 };
  return {
    ...stored,
    'metrics.jsonl': json({ ...metrics, stepsPerSecond: 10, learningRate: 0.01 }),
    'annotations.json': json({ version: 1, name: 'A', tags: ['one'], notes: 'no' }),
    'snapshots/epoch-0001.safetensors': Buffer.from(snapshot),
    'model/best/model-spec.json': json(spec),
    'model/best/weights.safetensors': Buffer.from(encodeSafetensors(weights)),
  };
}

async function checkpoint(): Promise<Files> {
  const note = {
    runId: 'a-run',
    epoch: 2,
    done: 1,
    costSum: 0.5,
    epochSeconds: 1,
    secondsSinceStart: 2,
    stepsPerEpoch: 3,
    imageCount: 4,
    engine: { path: 'eager', threads: 1, tensorflow: '2', processor: 'x' },
  } as const;
  return filesBy((folder) =>
    new CheckpointFolder(join(folder, 'one')).write(note, stateTensors, () => new Float32Array(24), undefined),
  );
}

const stateTensors = [{ name: 'code/kernel', shape: [12, 2], isWeight: true }] as const;

/** Six images of 9 × 8, as `import` leaves them. */
function imageSet(): Files {
  const options = { name: 'A', width: 8, height: 9, channels: 1, fit: 'contain', background: '#000000', invert: 'off' };
  const index = {
    version: 1,
    name: 'A',
    shape: [9, 8, 1],
    trainingCount: 4,
    testCount: 2,
    labelNames: ['a', 'b'],
    labelCounts: [3, 3],
    options: { ...options, centre: false, labels: 'folders', test: { kind: 'every', n: 5 }, duplicates: 'skip' },
    inverted: false,
    sources: ['a.zip'],
    importedAt: '2026-01-01T00:00:00.000Z',
  };
  return {
    'index.json': json(index),
    'images.u8': Buffer.alloc(432, 7),
    'labels.u8': Buffer.from([0, 1, 0, 1, 0, 1]),
  };
}

/** Pictures of a zip, or arrays of a npz, as far as a preview looks at them. */
async function images(folder: string): Promise<number> {
  const { options } = await planImport([folder], 'tried');
  const seen = await previewImport([folder], options, 4);
  return seen.length * options.width * options.height * options.channels;
}

const pixelBytes = (picture: Buffer): Promise<number> =>
  sharp(picture)
    .metadata()
    .then(
      ({ width, height }) => (width * height <= MOST_PIXELS ? 4 * width * height : 0),
      () => 0,
    );

/** RGBA of pictures as large as their headers say, up to what the app decodes at all. */
async function picturesIn(folder: string): Promise<number> {
  let bytes = 0;
  try {
    const archive = await ZipArchive.open(join(folder, 'classes.zip'), 'classes.zip');
    for (const entry of archive.entries) bytes += await archive.read(entry).then(pixelBytes, () => 0);
    archive.close();
  } catch {
    // No archive: nothing in it is decoded.
  }
  return bytes;
}

const unzipped = (bytes: Buffer): Files =>
  Object.fromEntries(Object.entries(unzipSync(bytes)).map(([name, content]) => [name, Buffer.from(content)]));

const zipOf = (zip: string, bytes: Buffer): Seed => ({ zip, files: unzipped(bytes) });

/** Every reader of files that a person may hand in, or that a disk may have damaged; image files have tests of their own. */
export const readers: Readonly<Record<string, () => Promise<FuzzedReader>>> = {
  'TensorFlow.js': async () => {
    const layers = [
      { class: 'Dense', name: 'a', units: 4, activation: 'relu' },
      { class: 'Dense', name: 'b', units: 2 },
      { class: 'Dense', name: 'c', units: 9, activation: 'sigmoid' },
    ];
    const conv = { class: 'Conv2D', name: 'a', filters: 1, kernel_size: 3, padding: 'same' };
    const back = { class: 'Conv2DTranspose', name: 'c', filters: 1, kernel_size: 3, padding: 'same' };
    const dense = await filesBy((folder) => layersModel(folder, [9], layers));
    const convolutional = await filesBy((folder) => layersModel(folder, [3, 3, 1], [conv, back]));
    return { seeds: [{ files: dense }, { files: convolutional }], read: model };
  },
  'Keras archive': async () => ({
    seeds: ['dense', 'convolutional', 'transposed'].map((name) => zipOf(`${name}.keras`, modelFile(`${name}.keras`))),
    read: model,
  }),
  'Keras HDF5': async () => ({ seeds: seedsOf('dense.h5', 'convolutional.h5', 'transposed.h5'), read: model }),
  ONNX: async () => ({
    seeds: [
      ...seedsOf('torch-dense.onnx', 'torch-convolutional.onnx', 'torch-pair.onnx', 'torch-pair-script.onnx'),
      ...seedsOf('keras-dense.onnx', 'keras-convolutional.onnx', 'keras-transposed.onnx'),
    ],
    read: model,
  }),
  safetensors: async () => ({
    seeds: [{ files: { a: Buffer.from(encodeSafetensors(weights, { format: 'tfjs' })) } }],
    read: async (folder) => bytesIn(Object.values(decodeSafetensors(file(folder, 'a'), 'a').tensors)),
  }),
  snapshot: async () => ({
    seeds: [{ files: { a: Buffer.from(snapshot) } }],
    read: async (folder) => decodeSnapshot(file(folder, 'a'), 'a-run', 1, 'a').reconstructions.pixels.length,
  }),
  'compressed images': async () => {
    const given = { spec, weights, steps: Uint8Array.of(1, 2, 3, 4, 5, 6), ranges: new Float32Array(4) };
    const { bytes } = encodeCompressed({ ...given, names: ['a.png', 'b.png', 'c.png'] });
    return {
      seeds: [{ files: { a: Buffer.from(bytes) } }],
      read: async (folder) => decodeCompressed(file(folder, 'a'), 'a').steps.length,
    };
  },
  'exported run': async () => ({
    seeds: [
      {
        zip: 'a.aestudio',
        files: { 'aestudio.json': json({ format: 'autoencoder-studio-run', version: 1 }), ...(await runFiles()) },
      },
    ],
    read: async (folder) => {
      const path = join(folder, 'a.aestudio');
      await archivedExperiment(path, 'a.aestudio').catch(() => undefined);
      using into = new TemporaryFolder();
      await openArchive(path, 'a.aestudio', into.path);
      return 0;
    },
  }),
  experiment: async () => ({
    seeds: [
      { files: { 'a.json': json(experiment) } },
      { files: { 'a.json': json({ ...experiment, version: 1, training: { ...experiment.training, codeL1: 0 } }) } },
    ],
    read: async (folder) => {
      const { problems } = await openExperiments([{ name: 'a.json', path: join(folder, 'a.json') }]);
      const [problem] = problems;
      if (problem?.startsWith('a.json: ') === true) throw new StudioError('bad-file', problem);
      if (problem !== undefined) throw new Error(problem);
      return 0;
    },
  }),
  checkpoint: async () => ({
    seeds: [{ files: await checkpoint() }],
    read: async (folder) => {
      const one = new CheckpointFolder(join(folder, 'one'));
      let bytes = 0;
      await one.readState(await one.readNote('a-run'), stateTensors, (_, values) => (bytes += values.byteLength));
      return bytes;
    },
  }),
  'image set': async () => ({
    seeds: [{ files: imageSet() }],
    read: async (folder) => (await readStoredSet(folder, 'a')).training.images.pixels.length,
  }),
  codes: async () => ({
    seeds: [{ files: { 'a.csv': Buffer.from('name,code_1,code_2\na,0.5,1\n"b ""c""",-1e3,2\n') } }],
    read: async (folder) => (await readCodes(join(folder, 'a.csv'), 2)).codes.byteLength,
  }),
  'zip of pictures': async () => ({
    seeds: [zipOf('classes.zip', bytesOf('classes.zip'))],
    read: images,
    claimed: picturesIn,
  }),
  npz: async () => ({
    seeds: ['pair.npz', 'splits.npz'].map((name) => zipOf(name, bytesOf(name))),
    read: images,
  }),
};
