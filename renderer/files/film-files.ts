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
 * coloured one each frame has its own 256 colours. One that is as the frame before is that frame shown longer.
 * @throws StudioError `stopped`
 */
export async function gifOf(
  { frames, count, framesPerSecond, grey }: FilmPlan,
  watch: FilmWatch,
): Promise<Uint8Array<ArrayBuffer>> {
  const gif = GIFEncoder();
  let written = 0;
  const write = ({ width, height, data }: Rgba, shown: number): void => {
    const palette = grey ? greys : quantize(data, 256);
    const indexed = grey ? firstChannel(data) : applyPalette(data, palette);
    const delay = (shown * 1_000) / framesPerSecond;
    // The first frame's colours are those of all frames that bring none.
    gif.writeFrame(indexed, width, height, grey && written > 0 ? { delay } : { palette, delay });
    written++;
  };
  let last: Rgba | undefined;
  let shown = 0;
  let index = 0;
  for (const frame of frames) {
    if (last !== undefined && !isEqual(last, frame)) {
      write(last, shown);
      shown = 0;
    }
    last = frame;
    shown++;
    index++;
    await next(watch, index / count);
  }
  if (last !== undefined) write(last, shown);
  gif.finish();
  return gif.bytes();
}

// Plain loops: a function called for every byte takes ten times as long, and a film has tens of millions.
function isEqual(one: Rgba, other: Rgba): boolean {
  if (one.width !== other.width) return false;
  for (let at = 0; at < one.data.length; at++) if (one.data[at] !== other.data[at]) return false;
  return true;
}

function firstChannel(data: Rgba['data']): Uint8ClampedArray {
  const values = new Uint8ClampedArray(data.length / 4);
  for (let at = 0; at < values.length; at++) values[at] = data[4 * at]!;
  return values;
}

/** Tells how far it is and lets the window do other things. @throws StudioError `stopped` */
export async function next({ onProgress, signal }: FilmWatch, fraction: number): Promise<void> {
  onProgress(fraction);
  await new Promise((resolve) => setTimeout(resolve));
  if (signal.aborted) throw stopped();
}

export const stopped = (): StudioError => new StudioError('stopped', 'The film was stopped; nothing was saved.');

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
    await next(watch, number / count);
  }
  return zip.end();
}
