import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FilmPlan } from '../../../renderer/files/film-files.ts';
import { allArrived, held } from '../held-answers.ts';

/** An encoder that takes its time over the last frames, as the browser's does. */
const encoder = {
  encodes: true,
  finalizing: undefined as Promise<void> | undefined,
  frames: [] as (readonly [timestamp: number, duration: number])[],
  open: 0,
  cancelled: 0,
};

vi.doMock('mediabunny', () => ({
  canEncodeVideo: () => Promise.resolve(encoder.encodes),
  WebMOutputFormat: class {},
  BufferTarget: class {
    buffer: ArrayBuffer | null = null;
  },
  VideoSample: class {
    readonly of: { readonly timestamp: number; readonly duration: number };
    constructor(_: unknown, of: { readonly timestamp: number; readonly duration: number }) {
      this.of = of;
      encoder.open++;
    }
    close(): void {
      encoder.open--;
    }
  },
  VideoSampleSource: class {
    add({ of }: { readonly of: { readonly timestamp: number; readonly duration: number } }): Promise<void> {
      encoder.frames.push([of.timestamp, of.duration]);
      return Promise.resolve();
    }
  },
  Output: class {
    readonly #target: { buffer: ArrayBuffer | null };
    constructor({ target }: { readonly target: { buffer: ArrayBuffer | null } }) {
      this.#target = target;
    }
    addVideoTrack(): void {}
    start(): Promise<void> {
      return Promise.resolve();
    }
    async finalize(): Promise<void> {
      await encoder.finalizing;
      this.#target.buffer = new ArrayBuffer(encoder.frames.length);
    }
    cancel(): Promise<void> {
      encoder.cancelled++;
      return Promise.resolve();
    }
  },
}));

// Other tests may have loaded it with the encoder that there is not.
vi.resetModules();
const { webmOf } = await import('../../../renderer/files/webm.ts');
afterAll(() => {
  vi.doUnmock('mediabunny');
  vi.resetModules();
});

beforeEach(() => Object.assign(encoder, { encodes: true, finalizing: undefined, frames: [], open: 0, cancelled: 0 }));

const frame = { width: 2, height: 2, data: new Uint8ClampedArray(16) };
const film = (count: number): FilmPlan => ({
  frames: Array.from({ length: count }, () => frame),
  count,
  framesPerSecond: 4,
  grey: true,
});

function watched() {
  const stopping = new AbortController();
  const told: number[] = [];
  const watch = { signal: stopping.signal, onProgress: (fraction: number) => void told.push(fraction) };
  return { stopping, told, watch };
}

describe('a WebM film', () => {
  it('has its frames one after another, each as long as the next', async () => {
    const { told, watch } = watched();
    expect((await webmOf(film(3), watch)).byteLength).toBe(3);
    expect(encoder.frames).toEqual([
      [0, 0.25],
      [0.25, 0.25],
      [0.5, 0.25],
    ]);
    expect(told).toEqual([1 / 3, 2 / 3, 1]);
    expect([encoder.open, encoder.cancelled]).toEqual([0, 0]);
  });

  it('that is stopped while its last frames are encoded is not there', async () => {
    const { stopping, watch } = watched();
    const last = held<undefined>();
    encoder.finalizing = last.promise;
    const made = webmOf(film(1), watch).catch((error: unknown) => error);
    await vi.waitFor(() => expect(encoder.frames).toHaveLength(1));
    await allArrived();
    stopping.abort();
    last.give(undefined);
    expect(await made).toMatchObject({ code: 'stopped' });
  });

  it('that is stopped between two frames takes no further one, and its encoder is let go', async () => {
    const { stopping, watch } = watched();
    const stopsAtFirst = { ...watch, onProgress: () => stopping.abort() };
    await expect(webmOf(film(3), stopsAtFirst)).rejects.toMatchObject({ code: 'stopped' });
    expect([encoder.frames.length, encoder.open, encoder.cancelled]).toEqual([1, 0, 1]);
  });

  it('is refused where the browser encodes none, and without a frame', async () => {
    const { watch } = watched();
    await expect(webmOf(film(0), watch)).rejects.toMatchObject({ code: 'bad-request' });
    encoder.encodes = false;
    await expect(webmOf(film(1), watch)).rejects.toThrow('WebM (VP9) of 2 × 2 pixels');
    expect(encoder.frames).toEqual([]);
  });
});
