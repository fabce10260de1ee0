import type { CodeMap, ModelDetails } from '../../../../../electron/contract/models.ts';
import type { ImageColumns } from '../../../../../electron/domain/words.ts';
import { Decoder } from '../../../../../renderer/places/latent/decoder/decoder.svelte.ts';
import { Explorer } from '../../../../../renderer/places/latent/explorer.svelte.ts';
import { fitMixture } from '../../../../../renderer/maths/mixture.ts';
import { FakeHost } from '../../../fake-host.ts';
import { articleExperiment, mnist, usualUnit } from '../../../samples.ts';

export const model = { runId: 'map', weights: 'best' } as const;

/** Training codes (0, 0), (1, 1), ... and as many test codes, one further right. */
export const COUNT = 60;
const training = Float32Array.from({ length: 2 * COUNT }, (_, at) => Math.floor(at / 2));
const test = training.map((value, at) => (at % 2 === 0 ? value + 1 : value));

export const details: ModelDetails = {
  spec: { ...articleExperiment.model, code: { size: 2, activation: 'linear', variational: false } },
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
    centre: true,
  },
  errors: new Float32Array(),
};

export const map: CodeMap = {
  points: { x: test.filter((_, at) => at % 2 === 0), y: test.filter((_, at) => at % 2 === 1) },
  mapIs: 'code',
  origin: Float32Array.of(0, 0),
  axes: [Float32Array.of(1, 0), Float32Array.of(0, 1)],
  squaredErrors: new Float32Array(COUNT),
  labels: new Uint8Array(COUNT),
  units: {
    least: Float32Array.of(0, -1),
    most: Float32Array.of(59, 3),
    mean: Float32Array.of(30, 0),
    deviation: Float32Array.of(1, 5),
  },
  loading: 'first',
};

/** Pictures of one pixel. */
export const pictures = (bytes: readonly number[]): ImageColumns => ({
  count: bytes.length,
  height: 1,
  width: 1,
  channels: 1,
  pixels: Uint8Array.from(bytes),
});

/** A decoder whose picture of a code is its first value, as a byte. */
export async function opened(change: (host: FakeHost) => void = () => undefined) {
  const host = new FakeHost();
  const decoded: number[][] = [];
  host.answers['model:open'] = () => ({ ...details });
  host.answers['model:points'] = () => map;
  host.answers['model:measures'] = () => map;
  host.answers['model:codes'] = ({ split }) => ({ codes: split === 'training' ? training : test, size: 2 });
  host.answers['model:decode'] = ({ codes }) => {
    decoded.push([...codes]);
    return pictures([...codes].filter((_, at) => at % 2 === 0));
  };
  host.answers['image-set:pick'] = ({ indices, split }) => ({
    images: pictures([...indices]),
    names: [...indices].map((index) => `${split} ${index}`),
  });
  host.answers['model:neighbours'] = ({ codes, count, split }) => {
    const places = Array.from({ length: (codes.length / 2) * count }, (_, at) => at);
    return {
      split,
      k: count,
      indices: Uint32Array.from(places, (place) => Math.floor(place / count)),
      distances: Float32Array.from(places),
      labels: Uint8Array.from(places, () => 7),
    };
  };
  change(host);
  const explorer = new Explorer(host.api, { imageSets: [mnist], preferences: usualUnit });
  await explorer.choose(model);
  const decoder = new Decoder(explorer, model, explorer.details!, async (...asked) => fitMixture(...asked));
  return { host, explorer, decoder, decoded };
}

const nothing = { count: 0, height: 1, width: 1, channels: 1, pixels: new Uint8Array() };
export const emptyReconstructions = {
  total: 1,
  originals: [],
  seen: nothing,
  reconstructions: nothing,
  mse: new Float32Array(),
  squaredErrors: new Float32Array(),
  percentiles: new Float32Array(),
  psnrBefore: new Float32Array(),
  psnrAfter: new Float32Array(),
  places: { x: new Float32Array(), y: new Float32Array() },
  inverted: [],
  centred: [],
};

/** With two kept pictures. */
export async function withTwo() {
  const all = await opened();
  all.decoder.pictures.keep('one', Float32Array.of(1, 0), pictures([1]));
  all.decoder.pictures.keep('two', Float32Array.of(9, 4), pictures([9]));
  return all;
}
