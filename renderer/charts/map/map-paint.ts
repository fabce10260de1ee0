import type { Limits } from '../../maths/scatter-geometry.ts';
import type { ThemeColours } from '../theme.svelte.ts';
import { ticksBetween, type Tick } from './axis.ts';
import type { PointCloud } from './point-cloud.ts';
import { packedOf } from './packed-colours.ts';
import { countInView, pointOpacity, pointRadius, splatPoints, type PixelSurface } from './splat-points.ts';
import { Underlay } from './underlay.ts';
import { transformOf, type Size, type Transform } from './view.ts';

/** What the points' canvas shows. */
export interface MapScene {
  readonly cloud: PointCloud;
  /** Painted small and faintly below it. */
  readonly behind?: PointCloud | undefined;
  readonly view: Limits;
  readonly size: Size;
  /** Device pixels a CSS pixel. */
  readonly density: number;
  readonly theme: ThemeColours;
  /** Under the points, stretched over its limits of the plane. */
  readonly underlay?: MapGround | undefined;
}

/** A picture under the points, or strokes of it. */
export interface MapGround {
  readonly limits: Limits;
  readonly picture: CanvasImageSource;
  readonly isHatched?: boolean;
}

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** Of points and pictures behind: how large beside the others; of points, how much of what lies below they cover. */
export const BEHIND = 0.6;
const FAINT = 0.35;
const CSS_PIXELS_A_TICK = 90;
/** Between two strokes of a hatch, in CSS pixels. */
const HATCH = 7;
/** The least radius, in CSS pixels, at which a square is told from a disc. */
const LEAST_SHAPE = 2;

/** Paints points and grid on one canvas; what it needs for a frame is kept for the next. */
export class MapPainter {
  readonly #context: Context;
  #image: ImageData | undefined;
  #underlay: { readonly picture: CanvasImageSource; readonly paper: string; readonly pixels: Underlay } | undefined;

  constructor(canvas: HTMLCanvasElement | OffscreenCanvas) {
    // The points are written by the processor: a picture held by the graphics card would be fetched back each frame.
    this.#context = canvas.getContext('2d', { willReadFrequently: true }) as Context;
  }

  /** Returns how many points lie in view, about. */
  paint(scene: MapScene): number {
    const { size, density, view, cloud, theme } = scene;
    const image = this.#paper(Math.round(size.width * density), Math.round(size.height * density));
    const { width, height } = image;
    const transform = transformOf(view, size, density);
    const surface: PixelSurface = { width, height, pixels: new Int32Array(image.data.buffer) };
    surface.pixels.fill(packedOf(theme.bg));
    if (scene.underlay) this.#ground(scene.underlay, surface, transform, scene);
    rule(surface, transform, gridOf(view, size), packedOf(theme.border));
    const inView = countInView(cloud, transform, surface);
    const radius = Math.max(cloud.shape ? LEAST_SHAPE : 0, pointRadius(inView, size.width, size.height));
    if (scene.behind) splatPoints(surface, scene.behind, transform, BEHIND * radius * density, FAINT);
    splatPoints(surface, cloud, transform, radius * density, pointOpacity(inView));
    this.#context.putImageData(image, 0, 0);
    return inView;
  }

  #paper(wantedWidth: number, wantedHeight: number): ImageData {
    const { canvas } = this.#context;
    const [width, height] = [Math.max(1, wantedWidth), Math.max(1, wantedHeight)];
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    if (this.#image?.width !== width || this.#image.height !== height) this.#image = new ImageData(width, height);
    return this.#image;
  }

  #ground(ground: MapGround, surface: PixelSurface, transform: Transform, { density, theme }: MapScene): void {
    const hatch = { spacing: Math.round(HATCH * density), width: Math.round(density) };
    const pixels = this.#pixelsOf(ground.picture, theme.bg);
    pixels.lay(surface, ground.limits, transform, ground.isHatched === true ? hatch : undefined);
  }

  #pixelsOf(picture: CanvasImageSource, paper: string): Underlay {
    if (this.#underlay?.picture !== picture || this.#underlay.paper !== paper) {
      this.#underlay = { picture, paper, pixels: new Underlay(picture, paper) };
    }
    return this.#underlay.pixels;
  }
}

/** The numbers of both axes, along the lower and the left edge. */
export function paintNumbers(context: Context, { view, size, theme }: Pick<MapScene, 'view' | 'size' | 'theme'>): void {
  const grid = gridOf(view, size);
  const transform = transformOf(view, size);
  context.font = `11px ${theme.font}`;
  context.lineJoin = 'round';
  context.lineWidth = 3;
  context.strokeStyle = theme.bg;
  context.fillStyle = theme.muted;
  context.textBaseline = 'bottom';
  context.textAlign = 'center';
  for (const { at, text } of grid.x) {
    const x = at * transform.across + transform.left;
    if (x > 40 && x < size.width - 12) outlined(context, text, x, size.height - 3);
  }
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  for (const { at, text } of grid.y) {
    const y = at * transform.down + transform.top;
    if (y > 12 && y < size.height - 24) outlined(context, text, 4, y);
  }
}

interface Grid {
  readonly x: readonly Tick[];
  readonly y: readonly Tick[];
}

function gridOf(view: Limits, size: Size): Grid {
  const ticks = (from: number, to: number, pixels: number) =>
    ticksBetween(from, to, Math.max(1, Math.floor(pixels / CSS_PIXELS_A_TICK)));
  return { x: ticks(view.left, view.right, size.width), y: ticks(view.bottom, view.top, size.height) };
}

/** A hairline at each tick, under the points. */
function rule({ width, height, pixels }: PixelSurface, transform: Transform, grid: Grid, colour: number): void {
  for (const { at } of grid.x) {
    const column = Math.floor(at * transform.across + transform.left);
    if (column < 0 || column >= width) continue;
    for (let row = 0; row < height; row++) pixels[row * width + column] = colour;
  }
  for (const { at } of grid.y) {
    const row = Math.floor(at * transform.down + transform.top);
    if (row >= 0 && row < height) pixels.fill(colour, row * width, (row + 1) * width);
  }
}

/** A text that stays legible on points. */
export function outlined(context: Context, text: string, x: number, y: number): void {
  context.strokeText(text, x, y);
  context.fillText(text, x, y);
}
