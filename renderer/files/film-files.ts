import { applyPalette, GIFEncoder, quantize, type Palette } from 'gifenc';
import { StudioError } from '../../electron/domain/errors.ts';
import type { Rgba } from '../maths/rgba.ts';
import { GrowingZip } from './growing-zip.ts';

const greys: Palette = Array.from({ length: 256 }, (_, grey) => [grey, grey, grey]);

/** A film's frames are taken one after the other, as they are needed: hundreds of large ones would fill the window's memory. */
export interface FilmPlan {
  readonly frames: Iterable<Rgba>;
  readonly count: number;
  readonly framesPerSecond: number;
  /** Whether no frame has colours. */
  readonly grey: boolean;
}

/** How the making of a film is watched and stopped. */
export interface FilmWatch {
  /** Told the share made, 0-1. */
  readonly onProgress: (fraction: number) => void;
  readonly signal: AbortSignal;
}

/**
 * An animated GIF that runs for ever; between frames the window may do other things. A film in grey keeps every grey; of a
 * coloured one each frame has its own 256 colours.
 * @throws StudioError `stopped`
 */
export async function gifOf(
  { frames, count, framesPerSecond, grey }: FilmPlan,
  watch: FilmWatch,
): Promise<Uint8Array<ArrayBuffer>> {
  const gif = GIFEncoder();
  const delay = 1_000 / framesPerSecond;
  let index = 0;
  for (const { width, height, data } of frames) {
    const palette = grey ? greys : quantize(data, 256);
    const indexed = grey ? data.filter((_, at) => at % 4 === 0) : applyPalette(data, palette);
    // The first frame's colours are those of all frames that bring none.
    gif.writeFrame(indexed, width, height, grey && index > 0 ? { delay } : { palette, delay });
    index++;
    await next(watch, index / count, 0);
  }
  gif.finish();
  return gif.bytes();
}

/** Tells how far it is and lets the window do other things. @throws StudioError `stopped` */
async function next({ onProgress, signal }: FilmWatch, fraction: number, milliseconds: number): Promise<void> {
  onProgress(fraction);
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  if (signal.aborted) throw new StudioError('stopped', 'The film was stopped; nothing was saved.');
}

/** A frame as a PNG file, encoded by the browser while the window does other things. */
export async function framePng({ width, height, data }: Rgba): Promise<Blob> {
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d')!.putImageData(new ImageData(data, width, height), 0, 0);
  return canvas.convertToBlob({ type: 'image/png' });
}

/** Every frame as a PNG file, numbered so that they sort, in one zip file. @throws StudioError `stopped`, `refused` where a zip file does not hold them */
export async function framesZip(
  { frames, count }: Pick<FilmPlan, 'frames' | 'count'>,
  name: string,
  watch: FilmWatch,
): Promise<readonly Uint8Array<ArrayBuffer>[]> {
  const digits = String(count).length;
  const zip = new GrowingZip(`${name}-frames.zip`, count);
  let number = 0;
  for (const frame of frames) {
    number++;
    const bytes = new Uint8Array(await (await framePng(frame)).arrayBuffer());
    zip.store(`${name}-${String(number).padStart(digits, '0')}.png`, bytes);
    await next(watch, number / count, 0);
  }
  return zip.end();
}

const VIDEO = 'video/webm';

/**
 * A WebM film, recorded while it plays: it takes as long as it lasts.
 * @throws StudioError `refused` where this browser records no WebM, `stopped`
 */
export async function webmOf({ frames, count, framesPerSecond }: FilmPlan, watch: FilmWatch): Promise<Blob> {
  if (typeof MediaRecorder === 'undefined' || !MediaRecorder.isTypeSupported(VIDEO)) {
    throw new StudioError('refused', 'Expected a browser that records WebM, found one that does not: take the GIF.');
  }
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d')!;
  let recording: Recording | undefined;
  let index = 0;
  try {
    for (const { width, height, data } of frames) {
      if (index === 0) [canvas.width, canvas.height] = [width, height];
      recording ??= new Recording(canvas.captureStream(framesPerSecond));
      context.putImageData(new ImageData(data, width, height), 0, 0);
      index++;
      // What painting a frame took is not added to how long it is seen.
      const due = recording.began + (1_000 * index) / framesPerSecond;
      await next(watch, index / count, Math.max(0, due - performance.now()));
    }
    if (!recording) throw new StudioError('bad-request', 'Expected at least one frame to record, found none.');
    return await recording.end();
  } finally {
    recording?.drop();
  }
}

/** What a canvas shows, recorded from now on. */
class Recording {
  readonly began = performance.now();
  readonly #stream: MediaStream;
  readonly #recorder: MediaRecorder;
  readonly #parts: Blob[] = [];

  constructor(stream: MediaStream) {
    this.#stream = stream;
    this.#recorder = new MediaRecorder(stream, { mimeType: VIDEO, videoBitsPerSecond: 4_000_000 });
    this.#recorder.addEventListener('dataavailable', ({ data }) => this.#parts.push(data));
    this.#recorder.start();
  }

  async end(): Promise<Blob> {
    const ended = new Promise((resolve) => this.#recorder.addEventListener('stop', resolve));
    this.#recorder.stop();
    await ended;
    return new Blob(this.#parts, { type: VIDEO });
  }

  /** Lets go of the stream, whether it was recorded to its end or not. */
  drop(): void {
    if (this.#recorder.state !== 'inactive') this.#recorder.stop();
    for (const track of this.#stream.getTracks()) track.stop();
  }
}
