import type { Limits } from '../../maths/scatter-geometry.ts';
import type { PixelSurface } from './splat-points.ts';
import type { Transform } from './view.ts';

/** A picture's pixels on paper, and the same in halves of its size for when it is seen from further away. */
interface Level {
  readonly width: number;
  readonly height: number;
  readonly pixels: Int32Array;
}

/** Of a picture of which strokes alone are drawn, in surface pixels: from one stroke to the next, and how wide each is. */
export interface Hatch {
  readonly spacing: number;
  readonly width: number;
}

/** A picture under the points: read once, then sampled for each frame without the canvas' help. */
export class Underlay {
  readonly #levels: Level[] = [];
  readonly #picture: CanvasImageSource;
  readonly #size: { readonly width: number; readonly height: number };
  readonly #paper: string;

  /** `paper` ("#rrggbb") shows through where the picture is see-through. */
  constructor(picture: CanvasImageSource, paper: string) {
    this.#picture = picture;
    this.#size = sizeOf(picture);
    this.#paper = paper;
  }

  /** Lays the picture over its limits of the plane; each surface pixel takes the nearest of the picture's. */
  lay(surface: PixelSurface, limits: Limits, transform: Transform, hatch?: Hatch): void {
    const left = limits.left * transform.across + transform.left;
    const top = limits.top * transform.down + transform.top;
    const across = (limits.right - limits.left) * transform.across;
    const down = (limits.bottom - limits.top) * transform.down;
    if (!(across > 0 && down > 0) || this.#size.width === 0) return;
    layPixels(surface, this.#levelFor(this.#size.width / across), { left, top, across, down }, hatch);
  }

  #levelFor(pixelsAPixel: number): Level {
    const wanted = Math.max(0, Math.min(6, Math.round(Math.log2(pixelsAPixel))));
    return (this.#levels[wanted] ??= this.#read(2 ** wanted));
  }

  #read(shrink: number): Level {
    const width = Math.max(1, Math.round(this.#size.width / shrink));
    const height = Math.max(1, Math.round(this.#size.height / shrink));
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
    context.fillStyle = this.#paper;
    context.fillRect(0, 0, width, height);
    context.imageSmoothingQuality = 'medium';
    context.drawImage(this.#picture, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    return { width, height, pixels: new Int32Array(data.buffer) };
  }
}

/** Where a picture lies on a surface, in its pixels. */
interface Frame {
  readonly left: number;
  readonly top: number;
  readonly across: number;
  readonly down: number;
}

/** Strokes go up to the right and move with the picture; on screen they are as far apart however near the picture is seen. */
export function layPixels(surface: PixelSurface, level: Level, frame: Frame, hatch?: Hatch): void {
  const { width, height, pixels } = surface;
  const columns = sources(width, frame.left, frame.across, level.width);
  const rows = sources(height, frame.top, frame.down, level.height);
  const { spacing, width: stroke } = hatch ?? { spacing: 1, width: 1 };
  const start = Math.round(frame.left) + Math.round(frame.top);
  for (let row = 0; row < height; row++) {
    if (rows[row]! < 0) continue;
    const from = rows[row]! * level.width;
    const to = row * width;
    let along = (((row - start) % spacing) + spacing) % spacing;
    for (let column = 0; column < width; column++) {
      const source = columns[column]!;
      if (source >= 0 && along < stroke) pixels[to + column] = level.pixels[from + source]!;
      along = along + 1 === spacing ? 0 : along + 1;
    }
  }
}

/** For each of `count` pixels, which of the picture's `size` it takes; −1 outside it. */
function sources(count: number, start: number, length: number, size: number): Int32Array {
  return Int32Array.from({ length: count }, (_, pixel) => {
    const at = Math.floor(((pixel + 0.5 - start) / length) * size);
    return at >= 0 && at < size ? at : -1;
  });
}

function sizeOf(picture: CanvasImageSource): { readonly width: number; readonly height: number } {
  if ('displayWidth' in picture) return { width: picture.displayWidth, height: picture.displayHeight };
  const { width, height } = picture;
  if (typeof width === 'number' && typeof height === 'number') return { width, height };
  // An SVG image's lengths are objects; nothing here makes one.
  return { width: 0, height: 0 };
}
