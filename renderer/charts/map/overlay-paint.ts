import type { Limits } from '../../maths/scatter-geometry.ts';
import type { ThemeColours } from '../theme.svelte.ts';
import { apart, shortLabels } from './label-places.ts';
import { BEHIND, outlined, paintNumbers } from './map-paint.ts';
import type { Outside } from './outside.ts';
import { toPixels, transformOf, type Size, type Transform } from './view.ts';

export interface Spot {
  readonly x: number;
  readonly y: number;
}

/** A picture drawn at a point's place. */
export interface PlacedPicture extends Spot {
  readonly picture: CanvasImageSource;
  /** Where it lies in `picture`. */
  readonly from: readonly [x: number, y: number, width: number, height: number];
  /** The point's colour. */
  readonly colour: string;
  /** Smaller, and somewhat see-through. */
  readonly isBehind?: boolean;
}

/** What lies over the points; places are in the plane's units. */
export interface OverlayScene {
  readonly view: Limits;
  readonly size: Size;
  readonly density: number;
  readonly theme: ThemeColours;
  readonly accent: string;
  /** Class names, where their points lie thickest. */
  readonly letters: readonly (Spot & { readonly text: string })[];
  readonly pictures: readonly PlacedPicture[];
  /** Points beyond the view, at its edge. */
  readonly outside: readonly Outside[];
  readonly marks: readonly (Spot & { readonly letter?: string })[];
  readonly hovered: Spot | undefined;
  /** Where the keyboard's crosshair is. */
  readonly crosshair: Spot | undefined;
  readonly path: readonly Spot[];
  /** The selection's line while it is drawn. */
  readonly outline: readonly Spot[];
}

/** Letters of a name in CSS pixels: of one or two large, of words so small that they hide less. */
const LETTER = { short: 15, long: 13, most: 2 } as const;
/** How much of what lies below a picture behind the others covers. */
const PICTURE_BEHIND = 0.7;
/** Between two names side by side, in CSS pixels. */
const NAME_GAP = 6;
/** The length of an outlying point's sign, in CSS pixels. */
const WEDGE = 8;

/** Paints all that moves with the pointer: cheap beside the points, so that they need not be painted again. */
export function paintOverlay(context: CanvasRenderingContext2D, scene: OverlayScene): void {
  const { canvas } = context;
  const { size, density } = scene;
  const width = Math.max(1, Math.round(size.width * density));
  const height = Math.max(1, Math.round(size.height * density));
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, width, height);
  context.setTransform(density, 0, 0, density, 0, 0);
  context.lineJoin = 'round';
  const transform = transformOf(scene.view, size);
  paintNumbers(context, scene);
  paintOutside(context, scene);
  paintPictures(context, scene, transform);
  paintLetters(context, scene, transform);
  paintLine(context, scene, transform);
  paintSpots(context, scene, transform);
}

function paintPictures(context: CanvasRenderingContext2D, { pictures }: OverlayScene, transform: Transform): void {
  for (const { x, y, picture, from, colour, isBehind = false } of pictures) {
    const at = toPixels(transform, x, y);
    const [left, top, wide, high] = from;
    const scale = isBehind ? BEHIND : 1;
    const [width, height] = [Math.round(scale * wide), Math.round(scale * high)];
    const [px, py] = [Math.round(at.x - width / 2), Math.round(at.y - height / 2)];
    context.globalAlpha = isBehind ? PICTURE_BEHIND : 1;
    // A smaller one would lose rows that another keeps.
    context.imageSmoothingEnabled = isBehind;
    context.fillStyle = colour;
    context.fillRect(px - 1, py - 1, width + 2, height + 4);
    context.drawImage(picture, left, top, wide, high, px, py, width, height);
  }
  context.globalAlpha = 1;
}

/** Names of what lies in view alone: the others would crowd at its edge. */
function paintLetters(context: CanvasRenderingContext2D, { letters, theme, size }: OverlayScene, transform: Transform) {
  const sizeOf = (text: string): number => (text.length > LETTER.most ? LETTER.long : LETTER.short);
  const fontOf = (text: string): string => `700 ${sizeOf(text)}px ${theme.font}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.lineWidth = 4;
  context.strokeStyle = theme.bg;
  context.fillStyle = theme.text;
  const names = shortLabels(letters.map(({ text }) => text));
  const labels = letters.flatMap((letter, index) => {
    const at = toPixels(transform, letter.x, letter.y);
    if (at.x < 0 || at.y < 0 || at.x > size.width || at.y > size.height) return [];
    const text = names[index]!;
    context.font = fontOf(text);
    return [{ text, ...at, width: context.measureText(text).width + NAME_GAP, height: sizeOf(text) + 1 }];
  });
  for (const { text, x, y } of apart(labels, size.width, size.height)) {
    context.font = fontOf(text);
    outlined(context, text, x, y);
  }
}

/** A wedge in the point's colour that shows the way to it. */
function paintOutside(context: CanvasRenderingContext2D, { outside, theme }: OverlayScene): void {
  context.strokeStyle = theme.bg;
  context.lineWidth = 1;
  for (const { x, y, towards, colour } of outside) {
    const along = (turn: number, length: number) =>
      [x + length * Math.cos(towards + turn), y + length * Math.sin(towards + turn)] as const;
    context.fillStyle = colour;
    context.beginPath();
    context.moveTo(...along(0, 0));
    context.lineTo(...along(Math.PI * 0.84, WEDGE));
    context.lineTo(...along(-Math.PI * 0.84, WEDGE));
    context.closePath();
    context.fill();
    context.stroke();
  }
}

function paintLine(context: CanvasRenderingContext2D, scene: OverlayScene, transform: Transform): void {
  strokeLine(context, scene.path, transform, scene, false);
  for (const [at, spot] of scene.path.entries()) {
    if (at > 0 && at < scene.path.length - 1) continue;
    ring(context, toPixels(transform, spot.x, spot.y), 4, scene);
  }
  strokeLine(context, scene.outline, transform, scene, true);
}

function strokeLine(
  context: CanvasRenderingContext2D,
  spots: readonly Spot[],
  transform: Transform,
  { theme, accent }: OverlayScene,
  closed: boolean,
): void {
  if (spots.length < 2) return;
  context.beginPath();
  for (const { x, y } of spots) {
    const at = toPixels(transform, x, y);
    context.lineTo(at.x, at.y);
  }
  if (closed) context.closePath();
  context.strokeStyle = theme.bg;
  context.lineWidth = 4;
  context.stroke();
  context.strokeStyle = accent;
  context.lineWidth = 2;
  if (closed) context.setLineDash([5, 4]);
  context.stroke();
  context.setLineDash([]);
}

function paintSpots(context: CanvasRenderingContext2D, scene: OverlayScene, transform: Transform): void {
  const { theme, marks, hovered, crosshair } = scene;
  for (const { x, y, letter } of marks) tag(context, toPixels(transform, x, y), letter ?? '', scene);
  if (crosshair) {
    const { x, y } = toPixels(transform, crosshair.x, crosshair.y);
    context.strokeStyle = theme.text;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(x - 10, y);
    context.lineTo(x + 10, y);
    context.moveTo(x, y - 10);
    context.lineTo(x, y + 10);
    context.stroke();
  }
  if (hovered) ring(context, toPixels(transform, hovered.x, hovered.y), 7, scene);
}

function ring(context: CanvasRenderingContext2D, at: Spot, radius: number, { theme }: OverlayScene): void {
  for (const [colour, lineWidth] of [
    [theme.bg, 4],
    [theme.text, 2],
  ] as const) {
    context.strokeStyle = colour;
    context.lineWidth = lineWidth;
    context.beginPath();
    context.arc(at.x, at.y, radius, 0, 2 * Math.PI);
    context.stroke();
  }
}

/** A disc in the accent colour with a character in it. */
function tag(context: CanvasRenderingContext2D, at: Spot, text: string, { theme, accent }: OverlayScene): void {
  context.fillStyle = accent;
  context.strokeStyle = theme.bg;
  context.lineWidth = 2;
  context.beginPath();
  context.arc(at.x, at.y, text === '' ? 5 : 9, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
  if (text === '') return;
  context.font = `700 11px ${theme.font}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillStyle = theme.bg;
  context.fillText(text, at.x, at.y + 0.5);
}
