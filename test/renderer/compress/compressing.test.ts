import { describe, expect, it } from 'vitest';
import type { CompressionFigures, MeasuredCompression } from '../../../electron/contract/compression.ts';
import { compressionRows, compressionVerdict, psnrWords } from '../../../renderer/compress/compression-words.ts';
import { Compressing } from '../../../renderer/compress/compressing.svelte.ts';
import { FakeHost } from '../fake-host.ts';
import { grey } from '../places/reconstruct/reconstruct-samples.ts';
import { mnist } from '../samples.ts';

const figures: CompressionFigures = {
  keptAs: 'steps',
  images: 10_000,
  pixelBytes: 7_840_000,
  codeBytes: 200_000,
  decoderBytes: 800_000,
  fileBytes: 1_010_000,
  psnr: 20.5,
  compared: {
    images: 2_500,
    pixelBytes: 1_960_000,
    codeBytes: 50_000,
    psnr: 20,
    codecs: [
      { format: 'jpeg', quality: 1, bytes: 150_000, psnr: 14 },
      { format: 'webp', quality: 7, bytes: 49_000, psnr: 21.5 },
    ],
  },
};

describe('what is said of compressed images', () => {
  it('counts the same images as pixels, codes, JPEG and WebP', () => {
    expect(compressionRows(figures)).toEqual([
      { id: 'pixels', name: 'pixels, a byte a value', bytes: 1_960_000, psnr: undefined },
      { id: 'codes', name: 'codes in 8 bits', bytes: 50_000, psnr: 20 },
      { id: 'jpeg', name: 'JPEG, quality 1', bytes: 150_000, psnr: 14 },
      { id: 'webp', name: 'WebP, quality 7', bytes: 49_000, psnr: 21.5 },
    ]);
    expect([20, Infinity, undefined].map(psnrWords)).toEqual(['20.00 dB', 'nothing lost', 'nothing lost']);
  });

  it('says who wins, and what the decoder adds', () => {
    expect(compressionVerdict(figures)).toEqual([
      'Even at its worst quality JPEG takes 3.0 × the bytes of the codes, and is 6.0 dB less faithful.',
      'WebP wins: it is 1.5 dB more faithful in as many bytes.',
      'The decoder takes 800.0 kB, once for any number of images. With it, 10,000 images take 1.0 MB, 12.8 % of their pixels.',
    ]);
    const [jpeg, webp] = compressionVerdict({
      ...figures,
      compared: {
        ...figures.compared,
        codecs: [
          { format: 'jpeg', quality: 1, bytes: 150_000, psnr: 22 },
          { format: 'webp', quality: 7, bytes: 49_000, psnr: 18 },
        ],
      },
    });
    expect(jpeg).toMatch(/, but is 2\.0 dB more faithful\.$/);
    expect(webp).toBe('The codes are 2.0 dB more faithful than WebP in as many bytes.');
  });

  it('says that a few images do not pay for a decoder', () => {
    const few = compressionVerdict({ ...figures, images: 12, pixelBytes: 9_408, codeBytes: 300 });
    expect(few.at(-1)).toMatch(/12 images take 800.3 kB, 85 × their pixels: so few images do not pay for a decoder\.$/);
  });
});

const measured: MeasuredCompression = {
  figures,
  examples: { originals: grey(1, 1, 0, 1), decoded: grey(1, 1, 0, 1), codecs: [] },
  problems: [],
};

function compressing(host = new FakeHost()) {
  const other = { ...mnist, id: 'colour', name: 'Colour', shape: [28, 28, 3] } as const;
  const own = { ...mnist, id: 'own', name: 'Own', testCount: 0 };
  const context = { api: host.api, imageSets: [mnist, other, own] };
  const of = { model: { runId: 'a', weights: 'best' }, inputShape: [28, 28, 1], imageSet: 'own' } as const;
  return { host, compressing: new Compressing(context, of) };
}

describe('images are compressed', () => {
  it('of sets of the model’s shape, its own first; without test images there are none to choose', () => {
    const { compressing: one } = compressing();
    expect(one.choices.map(({ id }) => id)).toEqual(['own/training', 'mnist/test', 'mnist/training']);
    expect(one.source).toBe('own/training');
  });

  it('are measured, with progress while it lasts, by a job of their own', async () => {
    const { host, compressing: one } = compressing();
    one.follow();
    const seen: unknown[] = [];
    host.answers['compression:measure'] = ({ job, source }) => {
      host.tell('compression:progressed', { job: 'another', kind: 'writing', fraction: 1 });
      seen.push(one.progress);
      host.tell('compression:progressed', { job, kind: 'encoding', fraction: 0.5 });
      seen.push(one.progress, source);
      return measured;
    };
    one.choose('mnist/test');
    await one.measure();
    expect(seen).toEqual([
      { kind: 'encoding', fraction: 0 },
      { kind: 'encoding', fraction: 0.5 },
      { kind: 'set', imageSet: 'mnist', split: 'test' },
    ]);
    expect(one.measured).toBe(measured);
    expect(one.busy).toBe(false);
    one.choose('mnist/training');
    expect(one.measured).toBeUndefined();
  });

  it('go into a file or not, and it is said', async () => {
    const { host, compressing: one } = compressing();
    host.answers['compression:write'] = () => ({ kind: 'saved', folder: '/x.safetensors' });
    await one.write();
    expect(one.said).toBe('Saved: /x.safetensors');
    delete host.answers['compression:write'];
    await one.write();
    expect(one.problem?.message).toBe('No answer for compression:write.');
    expect(one.said).toBe('');
  });

  it('handed over as pictures are chosen, and let go of at the end', async () => {
    const { host, compressing: one } = compressing();
    const end = one.follow();
    const file = { name: 'cat.png', size: 3, arrayBuffer: async () => new ArrayBuffer(3) };
    await one.takePictures([{ file, path: 'cats/cat.png' }]);
    expect(one.source).toBe('pictures');
    expect(one.choices.at(-1)).toEqual({ id: 'pictures', name: 'cats/cat.png' });
    host.answers['files:release'] = () => ({});
    end();
    expect(host.asked).toContain('files:release');
  });
});
