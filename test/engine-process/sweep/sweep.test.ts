import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ModelSpec } from '../../../electron/domain/experiment.ts';
import type { ImageColumns } from '../../../electron/domain/words.ts';
import { contactSheet } from '../../../electron/dataset/contact-sheet.ts';
import { applyTo } from '../../../electron/engine/apply.ts';
import { buildNetwork } from '../../../electron/engine/network.ts';
import { RunFolder } from '../../../electron/files/run-folder.ts';
import { ImageSets } from '../../../electron/engine-process/image-sets.ts';
import { OpenModels } from '../../../electron/engine-process/models/open-models.ts';
import { codecsOf } from '../../../electron/engine-process/sweep/codecs.ts';
import { compareRuns, decoderBytes } from '../../../electron/engine-process/sweep/compare.ts';
import { quantise, squaredErrorPerImage } from '../../../electron/engine-process/sweep/quantise.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { conv, modelSpec, noiseImages } from '../../engine/samples.ts';
import { saveWeights } from '../models/samples.ts';
import { experiment, tinySet, withoutCompiler } from '../../training/samples.ts';

const breathe = (): Promise<void> => Promise.resolve();

describe('codes in 8 bits', () => {
  it('are the nearest of 256 values between each unit’s least and largest', () => {
    // Unit 0: 0 to 255, so that steps are whole numbers; unit 1 never changes.
    const { codes, bytes } = quantise(Float32Array.of(0, 7, 100.4, 7, 255, 7), 2);
    expect([...codes]).toEqual([0, 7, 100, 7, 255, 7]);
    // Six bytes, and two float32 a unit.
    expect(bytes).toBe(6 + 16);
  });

  it('keep each value to half a step', () => {
    const values = Float32Array.from({ length: 300 }, (_, index) => Math.sin(index) * 3);
    const { codes } = quantise(values, 1);
    const worst = values.reduce((most, value, index) => Math.max(most, Math.abs(value - codes[index]!)), 0);
    expect(worst).toBeLessThanOrEqual(6 / 255 / 2 + 1e-6);
    expect(worst).toBeGreaterThan(0.001);
  });

  it('of squared error: the sum over pixels in [0, 1], a mean over images', () => {
    expect(squaredErrorPerImage(Uint8Array.of(0, 255, 51, 0), Uint8Array.of(255, 255, 0, 0), 2)).toBeCloseTo(
      (1 + 0.04) / 2,
      12,
    );
  });
});

describe('the contact sheet', () => {
  it('holds the images in rows, and black where the last row ends', () => {
    const images: ImageColumns = {
      count: 3,
      height: 1,
      width: 2,
      channels: 1,
      pixels: Uint8Array.of(1, 2, 3, 4, 5, 6),
    };
    const sheet = contactSheet(images, 2);
    expect(sheet).toEqual({
      count: 1,
      height: 2,
      width: 4,
      channels: 1,
      pixels: Uint8Array.of(1, 2, 3, 4, 5, 6, 0, 0),
    });
  });

  it.each([1, 3] as const)('of %i channels is measured as the image files decode', async (channels) => {
    const images = noiseImages(12, [8, 8, channels], 3);
    const codecs = await codecsOf(images, breathe);
    const sheet = contactSheet(images, 10);
    const raw = { width: sheet.width, height: sheet.height, channels };
    const space = channels === 1 ? 'b-w' : 'srgb';
    const file = await sharp(sheet.pixels, { raw }).toColourspace(space).jpeg({ quality: 75 }).toBuffer();
    expect((await sharp(file).metadata()).channels).toBe(channels);
    const back = await sharp(file).toColourspace(space).raw().toBuffer({ resolveWithObject: true });
    expect(back.info.channels).toBe(channels);
    const error = back.data.reduce((sum, value, index) => sum + ((value - sheet.pixels[index]!) / 255) ** 2, 0) / 12;
    const found = codecs.find(({ format, quality }) => format === 'jpeg' && quality === 75)!;
    expect(found.bytes).toBe(file.length);
    expect(found.squaredError).toBeCloseTo(error, 9);
    for (const format of ['jpeg', 'webp']) {
      const own = codecs.filter((codec) => codec.format === format);
      expect(own[0]!.bytes).toBeLessThan(own.at(-1)!.bytes);
      expect(own[0]!.squaredError).toBeGreaterThan(own.at(-1)!.squaredError);
    }
  });
});

describe('comparing runs', () => {
  withoutCompiler();
  const data = new TemporaryFolder();
  const set = tinySet(40);
  let models: OpenModels;
  let imageSets: ImageSets;

  beforeEach(() => {
    imageSets = new ImageSets(data.path);
    imageSets.add(set);
    models = new OpenModels({ imageSets, breathe, report: () => undefined });
  });
  afterEach(() => models.close());

  const finished = { version: 1, startedAt: '2026-01-01', status: 'finished', processId: 1 } as const;
  const test = { mse: 0.25, squaredError: 3, epoch: 1 };

  async function addRun(id: string, size: number, imageSet = 'tiny', tested = true, model: Partial<ModelSpec> = {}) {
    const folder = RunFolder.under(data.path, id);
    const given = experiment({}, { code: { size, activation: 'linear', variational: false }, ...model });
    await folder.create({ ...given, imageSet }, { ...finished, id, ...(tested ? { test } : {}) });
    await saveWeights(folder, given.model, size);
    return { runId: id, folder, model: given.model };
  }
  const compare = (runs: readonly { readonly runId: string; readonly folder: RunFolder }[]) =>
    compareRuns(runs, { imageSets, models, cacheFolder: join(data.path, 'cache'), breathe });

  it('tells their test error, PCA’s at equal size, what 8 bits lose, and what the decoder weighs', async () => {
    const two = await addRun('two', 2);
    const three = await addRun('three', 3);
    const { images, runs, codecs } = await compare([two, three]);
    expect(images).toBe(12);
    expect(codecs.length).toBeGreaterThan(10);
    expect(runs.map(({ runId, codeSize, squaredError }) => [runId, codeSize, squaredError])).toEqual([
      ['two', 2, 3],
      ['three', 3, 3],
    ]);
    expect(runs.map(({ codeBytes }) => codeBytes)).toEqual([12 * 2 + 16, 12 * 3 + 24]);
    // More components lose less.
    expect(runs[1]!.pcaSquaredError!).toBeLessThan(runs[0]!.pcaSquaredError!);
    const network = buildNetwork(two.model, 2);
    try {
      const { codes, mse } = applyTo(network, set.test.images, set.test.images);
      expect(codes).toHaveLength(24);
      const plain = (mse.reduce((sum, value) => sum + value, 0) / 12) * 12;
      // Codes in 8 bits and bytes as pixels change little.
      expect(runs[0]!.quantisedSquaredError).toBeCloseTo(plain, 1);
      expect(runs[0]!.decoderBytes).toBe(decoderBytes(network));
    } finally {
      network.dispose();
    }
  });

  it('counts a codebook’s indices in their bits, which lose nothing, and the codebook with the decoder', async () => {
    const code = {
      size: 8,
      activation: 'linear',
      variational: false,
      map: { channels: 2, kernel: 1 },
      codebook: 5,
    } as const;
    const one = await addRun('indices', 8, 'tiny', true, { encoder: [conv(3, 3, 2)], code });
    const [run] = (await compare([one])).runs;
    expect(run!.codeBytes).toBe(Math.ceil((12 * 4 * 3) / 8));
    const network = buildNetwork(one.model, 8);
    try {
      const own = network.weights.filter(({ name }) => /^(decoder|output)/.test(name) || name.endsWith('/codebook'));
      expect(run!.decoderBytes).toBe(own.reduce((sum, { variable }) => sum + 4 * variable.size, 0));
    } finally {
      network.dispose();
    }
  });

  it('refuses one that has not finished, and runs on several image sets', async () => {
    const one = await addRun('one', 2);
    const open = await addRun('open', 2, 'tiny', false);
    const other = await addRun('other', 2, 'else');
    await expect(compare([one, open])).rejects.toMatchObject({
      code: 'not-found',
      message: 'The run "Tiny" (open) has no test figures: it has not finished.',
    });
    await expect(compare([one, other])).rejects.toMatchObject({
      code: 'bad-request',
      message: 'runIds must name runs on one image set: expected "tiny", found "else" in "Tiny".',
    });
  });
});

describe('the bytes of a decoder', () => {
  it('are its weights and biases as float32', () => {
    // 12 pixels, a layer of 6, a code of 2: decoder 2 × 6 + 6 and 6 × 12 + 12 values.
    const spec = modelSpec({
      encoder: [{ kind: 'dense', units: 6, activation: 'relu' }],
      code: { size: 2, activation: 'linear', variational: false },
      inputShape: [4, 3, 1],
    });
    const network = buildNetwork(spec, 1);
    try {
      expect(decoderBytes(network)).toBe((2 * 6 + 6 + 6 * 12 + 12) * 4);
    } finally {
      network.dispose();
    }
    const tied = buildNetwork({ ...spec, tiedWeights: true }, 1);
    try {
      expect(decoderBytes(tied)).toBe((2 * 6 + 6 + 6 * 12 + 12) * 4);
    } finally {
      tied.dispose();
    }
  });
});
