import type { Limits } from '../../maths/scatter-geometry.ts';

/** A drawing surface in CSS pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** From the plane to pixels: x · across + left, y · down + top; `down` is negative, because y points up on a map. */
export interface Transform {
  readonly across: number;
  readonly left: number;
  readonly down: number;
  readonly top: number;
}

const widthOf = ({ left, right }: Limits) => right - left;
const heightOf = ({ bottom, top }: Limits) => top - bottom;

/** The transform that spreads `view` over the whole surface; `density` is the wanted pixels a CSS pixel. */
export function transformOf(view: Limits, size: Size, density = 1): Transform {
  const across = (size.width * density) / widthOf(view);
  const down = (-size.height * density) / heightOf(view);
  return { across, left: -view.left * across, down, top: -view.top * down };
}

export const toPlane = ({ across, left, down, top }: Transform, x: number, y: number) => ({
  x: (x - left) / across,
  y: (y - top) / down,
});

export const toPixels = ({ across, left, down, top }: Transform, x: number, y: number) => ({
  x: x * across + left,
  y: y * down + top,
});

/** Around points, in CSS pixels. */
export const MARGIN = 16;

/** The view that shows all of `limits` with a margin around it (CSS pixels); `equal` gives both axes the same scale. */
export function fitted(limits: Limits, size: Size, equal: boolean, margin = MARGIN): Limits {
  const across = widthOf(limits) / Math.max(1, size.width - 2 * margin);
  const down = heightOf(limits) / Math.max(1, size.height - 2 * margin);
  const [unitsAcross, unitsDown] = equal ? [Math.max(across, down), Math.max(across, down)] : [across, down];
  const x = (limits.left + limits.right) / 2;
  const y = (limits.bottom + limits.top) / 2;
  const halfWidth = (unitsAcross * Math.max(1, size.width)) / 2;
  const halfHeight = (unitsDown * Math.max(1, size.height)) / 2;
  return { left: x - halfWidth, right: x + halfWidth, bottom: y - halfHeight, top: y + halfHeight };
}

/** The same middle and height on a surface of another size, so that resizing keeps the scale's proportions. */
export function resized(view: Limits, from: Size, to: Size): Limits {
  if (from.width < 1 || from.height < 1) return view;
  const x = (view.left + view.right) / 2;
  const y = (view.bottom + view.top) / 2;
  const halfWidth = ((widthOf(view) / from.width) * to.width) / 2;
  const halfHeight = ((heightOf(view) / from.height) * to.height) / 2;
  return { left: x - halfWidth, right: x + halfWidth, bottom: y - halfHeight, top: y + halfHeight };
}

/** `factor` above one comes nearer; the plane's point `at` stays where it is on screen. */
export function zoomed(view: Limits, factor: number, at: { readonly x: number; readonly y: number }): Limits {
  return {
    left: at.x - (at.x - view.left) / factor,
    right: at.x + (view.right - at.x) / factor,
    bottom: at.y - (at.y - view.bottom) / factor,
    top: at.y + (view.top - at.y) / factor,
  };
}

/** Moved by a share of its own width and height. */
export function moved(view: Limits, across: number, up: number): Limits {
  const dx = across * widthOf(view);
  const dy = up * heightOf(view);
  return { left: view.left + dx, right: view.right + dx, bottom: view.bottom + dy, top: view.top + dy };
}

/** Float32 columns carry seven digits: nearer than this they would jump, and further than this there is nothing. */
const NEAREST = 1e-5;
const FURTHEST = 50;

/** Whether a view can still be drawn of points that fill `whole`. */
export function isReachable(view: Limits, whole: Limits): boolean {
  // Of the direction that shows less: with equal scales the other one may show far more than there is.
  const share = Math.min(widthOf(view) / widthOf(whole), heightOf(view) / heightOf(whole));
  return share >= NEAREST && share <= FURTHEST;
}
