import { zip, type Zippable } from 'fflate';
import { applyPalette, GIFEncoder, quantize, type Palette } from 'gifenc';
import { StudioError } from '../../electron/contract/errors.ts';
import type { Rgba } from '../charts/rgba.ts';

const greys: Palette = Array.from({ length: 256 }, (_, grey) => [grey, grey, grey]);

/** An animated GIF that runs for ever; between frames the window may do other things. A film in grey keeps every grey; of a coloured one each frame has its own 256 colours. */
export async function gifOf(frames: readonly Rgba[], framesPerSecond: number): Promise<Uint8Array<ArrayBuffer>> {
  const gif = GIFEncoder();
  const delay = 1_000 / framesPerSecond;
  const grey = frames.every(({ data }) => isGrey(data));
  for (const [index, { width, height, data }] of frames.entries()) {
    const palette = grey ? greys : quantize(data, 256);
    const indexed = grey ? data.filter((_, at) => at % 4 === 0) : applyPalette(data, palette);
    // The first frame's colours are those of all frames that bring none.
    gif.writeFrame(indexed, width, height, grey && index > 0 ? { delay } : { palette, delay });
    await pause(0);
  }
  gif.finish();
  return gif.bytes();
}

function isGrey(data: Uint8ClampedArray): boolean {
  for (let at = 0; at < data.length; at += 4) {
    if (data[at] !== data[at + 1] || data[at] !== data[at + 2]) return false;
  }
  return true;
}

/** A picture as the bytes of a PNG file. */
export async function pngOf({ width, height, data }: Rgba): Promise<Blob> {
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d')!.putImageData(new ImageData(data, width, height), 0, 0);
  return canvas.convertToBlob({ type: 'image/png' });
}

/** Every frame as a PNG file, numbered so that they sort, in one zip file. */
export async function framesZip(frames: readonly Rgba[], name: string): Promise<Uint8Array<ArrayBuffer>> {
  const digits = String(frames.length).length;
  const files: Zippable = {};
  for (const [index, frame] of frames.entries()) {
    const bytes = new Uint8Array(await (await pngOf(frame)).arrayBuffer());
    // PNG files are compressed already.
    files[`${name}-${String(index + 1).padStart(digits, '0')}.png`] = [bytes, { level: 0 }];
  }
  return new Promise((resolve, reject) =>
    zip(files, (error, data) => (error ? reject(error) : resolve(data as Uint8Array<ArrayBuffer>))),
  );
}

const VIDEO = 'video/webm';

/**
 * A WebM film, recorded while it plays: it takes as long as it lasts. `onProgress` tells the share recorded, 0-1.
 * @throws StudioError where this browser records no WebM.
 */
export async function webmOf(
  frames: readonly Rgba[],
  framesPerSecond: number,
  onProgress: (fraction: number) => void,
): Promise<Blob> {
  if (typeof MediaRecorder === 'undefined' || !MediaRecorder.isTypeSupported(VIDEO)) {
    throw new StudioError('refused', 'Expected a browser that records WebM, found one that does not: take the GIF.');
  }
  const first = frames[0];
  if (!first) throw new StudioError('bad-request', 'Expected at least one frame to record, found none.');
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [first.width, first.height];
  const context = canvas.getContext('2d')!;
  const stream = canvas.captureStream(framesPerSecond);
  const recorder = new MediaRecorder(stream, { mimeType: VIDEO, videoBitsPerSecond: 4_000_000 });
  const parts: Blob[] = [];
  recorder.addEventListener('dataavailable', ({ data }) => parts.push(data));
  const ended = new Promise((resolve) => recorder.addEventListener('stop', resolve));
  recorder.start();
  for (const [index, { width, height, data }] of frames.entries()) {
    context.putImageData(new ImageData(data, width, height), 0, 0);
    onProgress(index / frames.length);
    await pause(1_000 / framesPerSecond);
  }
  recorder.stop();
  await ended;
  stream.getTracks().forEach((track) => track.stop());
  return new Blob(parts, { type: VIDEO });
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
