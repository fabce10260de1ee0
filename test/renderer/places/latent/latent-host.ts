import type { CodeMap, ModelDetails } from '../../../../electron/contract/models.ts';
import type { ImageColumns, RunRecord, Snapshot } from '../../../../electron/domain/words.ts';
import { Remembered } from '../../../../renderer/window/remembered.ts';
import { Latent } from '../../../../renderer/places/latent/latent.svelte.ts';
import { FakeHost } from '../../fake-host.ts';
import { mnist, record, snapshot, usualUnit } from '../../samples.ts';

export const model = { runId: 'run-a', weights: 'best' } as const;

/** Six test images of three classes, their 2-D codes on a line, their errors 0 to 5. */
export const labels = Uint8Array.of(0, 1, 2, 0, 1, 2);
const along = Float32Array.of(0, 1, 2, 3, 4, 5);

export const codeMap: CodeMap = {
  points: { x: along, y: along },
  mapIs: 'code',
  origin: new Float32Array(2),
  axes: [Float32Array.of(1, 0), Float32Array.of(0, 1)],
  squaredErrors: along,
  labels,
  units: { least: along, most: along, mean: along, deviation: along },
  loading: 'first',
};

export const imageSet = { ...mnist, testCount: 6, labelNames: ['zero', 'one', 'two'] };

export const details: ModelDetails = {
  spec: record('run-a').experiment.model,
  imageSet: 'mnist',
  hasImageSet: true,
  hasPrior: false,
  preparation: {
    width: 28,
    height: 28,
    channels: 1,
    fit: 'contain',
    background: '#000000',
    invert: false,
    centre: false,
  },
  errors: along,
};

export const finished: RunRecord = { ...record('run-a', 'finished'), snapshotEpochs: [1, 2, 3], hasModel: true };

/** One pixel an image, its place in the split. */
export const pictures = (indices: ArrayLike<number>): ImageColumns => ({
  count: indices.length,
  height: 1,
  width: 1,
  channels: 1,
  pixels: Uint8Array.from(indices),
});

/** The subset is images 5, 1 and 3; its places at an epoch are the epoch times 1, 2 and 3, its codes turned by the epoch. */
export function epochOf(epoch: number, mapIs: Snapshot['mapIs'] = 'code'): Snapshot {
  const turn = mapIs === 'code' ? 0 : epoch;
  const places = [1, 2, 4].map((place) => [epoch * place, place === 2 ? 1 : 0] as const);
  const x = places.map(([a, b]) => a * Math.cos(turn) - b * Math.sin(turn));
  const y = places.map(([a, b]) => a * Math.sin(turn) + b * Math.cos(turn));
  return { ...snapshot('run-a', epoch), map: { x: Float32Array.from(x), y: Float32Array.from(y) }, mapIs };
}

export const subset = { indices: Uint32Array.of(5, 1, 3), labels: Uint8Array.of(2, 1, 0) };

/** A host that knows one finished run, and the place that explores it. */
export function latentOn(host = new FakeHost()) {
  Object.assign(host.answers, {
    'run:open': () => finished,
    'run:snapshot': ({ epoch }) => epochOf(epoch),
    'model:open': () => details,
    'model:points': () => codeMap,
    'model:measures': () => codeMap,
    'model:codes': () => ({ codes: Float32Array.of(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5), size: 2 }),
    'model:merit': () => ({ model: { trustworthiness: 1 }, pca: { trustworthiness: 0.5 }, sampled: 6 }),
    'model:neighbours': ({ count }) => ({
      split: 'training',
      k: count,
      indices: new Uint32Array(count),
      distances: new Float32Array(count),
      labels: new Uint8Array(count),
    }),
    'image-set:plane': () => ({ x: along, y: along }),
    'image-set:pick': ({ indices }) => ({
      images: pictures(indices),
      names: Array.from(indices, (index) => `image ${index}.png`),
    }),
    'image-set:baseline': () => ({
      imageSet: 'mnist',
      subset,
      map: { x: along, y: along },
      testSquaredError: along,
      validationSquaredError: along,
    }),
  } satisfies FakeHost['answers']);
  const store = new Map<string, string>();
  const remembered = new Remembered({
    getItem: (key) => store.get(key) ?? null,
    setItem: (key, value) => void store.set(key, value),
  });
  const context = {
    imageSets: [imageSet],
    runs: [finished.summary],
    chosenId: undefined,
    remembered,
    preferences: usualUnit,
  };
  return { host, latent: new Latent(host.api, context), store, context };
}

/** The same with its run looked at. */
export async function opened() {
  const parts = latentOn();
  await parts.latent.choose('run-a', 'best');
  return parts;
}
