import { expect, it } from 'vitest';
import { codeNats, healthImages, healthOf } from '../../electron/engine/health.ts';
import { dense, modelSpec, noiseImages, onNetwork, setWeights } from './samples.ts';

const images = noiseImages(40, [4, 3, 1]);
const flat = (count: number, value = 0) => Float32Array.from({ length: count }, () => value);

it('counts units that never change and values in the flat ends of a sigmoid', () =>
  onNetwork(modelSpec(), (network) => {
    // The first hidden unit sees a bias of 50 alone, the second -50; the others 0: half way up the slope.
    setWeights(network, {
      'encoder-1/kernel': flat(12 * 5),
      'encoder-1/bias': [50, -50, 0, 0, 0],
      'code/kernel': Float32Array.from({ length: 15 }, (_, at) => (at % 3) - 1),
      'code/bias': flat(3),
    });
    const { layers, outputDeviation } = healthOf(network, images);
    expect(layers.map(({ layer, units }) => [layer, units])).toEqual([
      ['encoder.0', 5],
      ['code', 3],
      ['decoder.0', 5],
    ]);
    expect(layers[0]).toMatchObject({ constant: 5 });
    expect(layers[0]?.saturated).toBeCloseTo(2 / 5, 6);
    expect(layers[1]?.constant).toBe(3);
    expect(outputDeviation).toBeCloseTo(0, 6);
  }));

it('tells the spread of the images as numpy would', () =>
  onNetwork(modelSpec(), (network) => {
    const size = 12;
    let sum = 0;
    for (let pixel = 0; pixel < size; pixel++) {
      const column = Array.from({ length: images.count }, (_, row) => images.pixels[row * size + pixel]! / 255);
      const mean = column.reduce((all, value) => all + value, 0) / images.count;
      sum += Math.sqrt(column.reduce((all, value) => all + (value - mean) ** 2, 0) / images.count);
    }
    expect(healthOf(network, images).imageDeviation).toBeCloseTo(sum / size, 5);
  }));

it('counts the units of a variational code that differ from the prior', () => {
  const code = { size: 3, activation: 'linear', variational: true } as const;
  return onNetwork(modelSpec({ code, encoder: [dense(5)] }), (network) => {
    // Unit 0: N(1, 1), half a nat from the prior; unit 1: the prior; unit 2: variance e², (e² - 3) / 2 nats.
    setWeights(network, {
      'code/kernel': flat(15),
      'code/bias': [1, 0, 0],
      'code-log-variance/kernel': flat(15),
      'code-log-variance/bias': [0, 0, 2],
    });
    expect(healthOf(network, images).activeCodeUnits).toBe(2);
    const nats = [0.5, 0, (Math.exp(2) - 3) / 2];
    expect([...codeNats(network, images)!]).toEqual(nats.map((each) => expect.closeTo(each, 5)));
  });
});

it('finds the units of layers that are normalised and activated apart', () => {
  const encoder = [dense(6, { activation: 'relu', batchNorm: true, dropout: 0.5 }), dense(5)];
  return onNetwork(modelSpec({ encoder }), (network) => {
    const names = healthOf(network, images).layers.map(({ layer, units }) => `${layer} ${units}`);
    expect(names).toEqual(['encoder.0 6', 'encoder.1 5', 'code 3', 'decoder.0 5', 'decoder.1 6']);
  });
});

it('looks at few images where they are large', () => {
  expect(healthImages({ count: 5_000, height: 28, width: 28, channels: 1 })).toBe(510);
  expect(healthImages({ count: 5_000, height: 256, width: 256, channels: 3 })).toBe(16);
  expect(healthImages({ count: 7, height: 28, width: 28, channels: 1 })).toBe(7);
});

it('tells how a codebook is used', () => {
  const code = {
    size: 12,
    activation: 'linear',
    variational: false,
    map: { channels: 1, kernel: 1 },
    codebook: 5,
  } as const;
  return onNetwork(modelSpec({ encoder: [], code }), (network) => {
    setWeights(network, {
      'code/kernel': [1],
      'code/bias': [0],
      // A third of the greys is nearer to the first, two thirds to the second; no pixel to the others.
      'code-vectors/codebook': [1 / 6, 0.5, 9, -9, 19],
    });
    const first = images.pixels.filter((byte) => byte / 255 <= 1 / 3).length / images.pixels.length;
    const entropy = -first * Math.log(first) - (1 - first) * Math.log(1 - first);
    const { codebook } = healthOf(network, images);
    expect(codebook).toMatchObject({ vectors: 5, used: 2 });
    expect(codebook!.perplexity).toBeCloseTo(Math.exp(entropy), 6);
  });
});
