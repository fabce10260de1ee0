import { totalmem } from 'node:os';
import { describe, expect, test } from 'vitest';
import { applyTo, decodeCodes } from '../../../electron/engine/apply.ts';
import { decodeCompressed, encodeCompressed } from '../../../electron/files/compressed-images.ts';
import { compress, decompress } from '../../../electron/engine-process/models/compression.ts';
import { fromSteps, toSteps } from '../../../electron/engine-process/sweep/quantise.ts';
import { breathe, conv, dense, modelSpec, noiseImages, onNetwork } from '../../engine/samples.ts';
import { scatterWeights } from '../../model/export/trained.ts';

const names = Array.from({ length: 12 }, (_, index) => `cats/${index}\n.png`);

describe('images compressed to one file', () => {
  test.each([
    ['a mirrored model', modelSpec()],
    ['tied weights', modelSpec({ encoder: [dense(5)], tiedWeights: true })],
    ['convolutions with batch norm', modelSpec({ encoder: [conv(2, 3, 2, { batchNorm: true })] })],
  ])('come back as the decoder makes them of the rounded codes, without the encoder: %s', (_, spec) =>
    onNetwork(spec, async (network) => {
      scatterWeights(network);
      const images = noiseImages(12, spec.inputShape);
      const { codes } = applyTo(network, images, images);
      const { file, figures: made, examples } = await compress(network, images, codes, names, breathe);
      const back = decodeCompressed(file, 'a file');
      expect(back.names).toEqual(names.map((name) => name.replace('\n', ' ')));
      expect(Object.keys(back.weights).length).toBeLessThan(network.weights.length);
      const expected = await decodeCodes(network, fromSteps(toSteps(codes, spec.code.size)), breathe);
      const decoded = await decompress(back, 'a file', breathe);
      expect(decoded).toEqual(expected);
      const squares = decoded.pixels.reduce((sum, value, at) => sum + (value - images.pixels[at]!) ** 2, 0);
      expect(made.psnr).toBeCloseTo(10 * Math.log10((255 ** 2 * decoded.pixels.length) / squares), 6);
      expect(made).toMatchObject({ images: 12, pixelBytes: 144, compared: { images: 12, codeBytes: made.codeBytes } });
      expect(made.fileBytes).toBe(file.length);
      expect(file.length).toBeGreaterThan(made.codeBytes + made.decoderBytes);
      expect(examples.decoded.pixels).toEqual(decoded.pixels.slice(0, 10 * 12));
      expect(examples.originals.pixels).toEqual(images.pixels.slice(0, 10 * 12));
      const formats = made.compared.codecs.map(({ format }) => format);
      expect(formats).toEqual(['jpeg', 'webp']);
      // A file of twelve tiny images is smaller than either's own header: the worst quality is told, and its bytes.
      for (const { quality, bytes } of made.compared.codecs) {
        expect(quality).toBe(1);
        expect(bytes).toBeGreaterThan(made.codeBytes);
      }
    }),
  );

  test.each([7, 300])(
    'are indices where the model has a codebook, of %i vectors, and lose nothing by it',
    (codebook) => {
      const spec = modelSpec({
        encoder: [conv(3, 3, 2)],
        code: { size: 8, activation: 'linear', variational: false, map: { channels: 2, kernel: 1 }, codebook },
        decoder: 'mirror',
      });
      return onNetwork(spec, async (network) => {
        scatterWeights(network);
        const images = noiseImages(12, spec.inputShape);
        const { codes, reconstructions } = applyTo(network, images, images);
        const { file, figures: made } = await compress(network, images, codes, names, breathe);
        const back = decodeCompressed(file, 'a file');
        expect(back.ranges).toBeUndefined();
        expect(back.steps).toHaveLength(12 * 4 * (codebook > 256 ? 2 : 1));
        expect(await decompress(back, 'a file', breathe)).toEqual(reconstructions);
        expect(made).toMatchObject({ keptAs: 'indices', images: 12 });
        // The codebook is needed once for any number of images, as the decoder is.
        const decoder = network.weights.filter(({ name }) => /^(decoder|output|code-vectors\/codebook)/.test(name));
        expect(made.decoderBytes).toBe(decoder.reduce((sum, { variable }) => sum + 4 * variable.size, 0));
        const beyond = { ...back, steps: new Uint8Array(back.steps.length).fill(255) };
        const most = codebook - 1;
        await expect(decompress(beyond, 'x', breathe)).rejects.toThrow(
          `x: expected indices of 0 to ${most}, found ${codebook > 256 ? 65_535 : 255}.`,
        );
        const none = Object.fromEntries(Object.entries(back.weights).filter(([name]) => !name.startsWith('code')));
        await expect(decompress({ ...back, weights: none }, 'x', breathe)).rejects.toThrow(
          `x: expected "code-vectors/codebook" of shape ${codebook} × 2, found none.`,
        );
      });
    },
  );

  test('are refused where a few bytes say that there are more than fit into memory', () => {
    const spec = modelSpec({ inputShape: [1_024, 1_024, 3], encoder: [dense(1)] });
    const { size } = spec.code;
    const count = 2 ** 20;
    const steps = new Uint8Array(count * size);
    const given = {
      spec,
      weights: {},
      steps,
      ranges: new Float32Array(2 * size),
      names: new Array<string>(count).fill(''),
    };
    const { bytes } = encodeCompressed(given);
    expect(bytes.length).toBeLessThan(4_000);
    const most = Math.floor(totalmem() / 2 / (3 * 2 ** 20 + 5 * size));
    expect(() => decodeCompressed(bytes, 'a.compressed')).toThrow(
      `a.compressed: expected 1 to ${most} images, found ${count}.`,
    );
  });

  test('of more bytes than JPEG needs are put beside the best quality that fits', () =>
    onNetwork(
      modelSpec({
        inputShape: [16, 16, 1],
        encoder: [],
        code: { size: 256, activation: 'linear', variational: false },
      }),
      async (network) => {
        const images = noiseImages(9, [16, 16, 1]);
        const { codes } = applyTo(network, images, images);
        const { figures, examples } = await compress(network, images, codes, names.slice(0, 9), breathe);
        const { compared } = figures;
        for (const [at, { images: shown }] of examples.codecs.entries()) {
          const squares = shown.pixels.reduce((sum, value, pixel) => sum + (value - images.pixels[pixel]!) ** 2, 0);
          // All nine are shown: their PSNR is the codec's.
          expect(compared.codecs[at]!.psnr).toBeCloseTo(10 * Math.log10((255 ** 2 * shown.pixels.length) / squares), 6);
        }
        for (const { quality, bytes, psnr } of compared.codecs) {
          expect(quality).toBeGreaterThan(1);
          expect(bytes).toBeLessThanOrEqual(compared.codeBytes);
          expect(psnr).toBeGreaterThan(5);
        }
      },
    ));

  const given = {
    spec: modelSpec(),
    weights: {},
    steps: Uint8Array.of(1, 2, 3, 4, 5, 6),
    ranges: new Float32Array(6),
    names: ['a', 'b'],
  };

  test.each([
    ['text', Buffer.from('some text'), /^x: expected a header of at most 1 bytes, found a length of \d+\.$/],
    [
      'ranges of another model',
      encodeCompressed({ ...given, ranges: new Float32Array(4) }).bytes,
      'x: expected ranges of 3 units, found shape 2 × 2.',
    ],
    ['too few codes', encodeCompressed({ ...given, steps: Uint8Array.of(1) }).bytes, 'x: expected 6 codes, found 1.'],
    [
      'more codes than images',
      encodeCompressed({ ...given, steps: new Uint8Array(1e6) }).bytes,
      'x: codes: expected at most 6 bytes packed by Brotli, found others.',
    ],
    [
      'a name with a line’s end',
      encodeCompressed({ ...given, names: ['a\nb', 'c'] }).bytes,
      'x: expected 2 names, found 3.',
    ],
  ])('are refused where the file holds %s', (_, bytes, message) => {
    expect(() => decodeCompressed(bytes, 'x')).toThrow(message);
  });

  test('are refused where their few words ask for 17 GB', async () => {
    const spec = modelSpec({ encoder: [dense(20_000), dense(20_000)] });
    const back = decodeCompressed(encodeCompressed({ ...given, spec }).bytes, 'x');
    const before = process.memoryUsage.rss();
    await expect(decompress(back, 'x', breathe)).rejects.toThrow(
      /^x: expected 1,6\d\d,\d{3},\d{3} bytes of weights, as the model says, found 0 in all\.$/,
    );
    expect(process.memoryUsage.rss() - before).toBeLessThan(256 * 2 ** 20);
  });

  test('are refused where the decoder is not whole', async () => {
    const wrong = { 'decoder-1/kernel': { shape: [3, 4], data: new Float32Array(12) } };
    const back = decodeCompressed(encodeCompressed({ ...given, weights: wrong }).bytes, 'x');
    await expect(decompress(back, 'x', breathe)).rejects.toThrow(
      'x: expected "decoder-1/kernel" of shape 3 × 5, found 3 × 4.',
    );
    const none = decodeCompressed(encodeCompressed(given).bytes, 'x');
    await expect(decompress(none, 'x', breathe)).rejects.toThrow(
      'x: expected "decoder-1/kernel" of shape 3 × 5, found none.',
    );
  });
});
