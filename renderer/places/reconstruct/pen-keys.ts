import type { PenPoint } from './sketch.ts';

/** How far an arrow key moves the pen, in the paper's pixels; with Shift for small steps. */
const STEP = 8;
const SMALL_STEP = 2;

const directions: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Where a key moves the pen on a paper of this size; nothing for other keys. */
export function movedPen(
  key: string,
  small: boolean,
  pen: PenPoint,
  paper: { readonly width: number; readonly height: number },
): PenPoint | undefined {
  const direction = directions[key];
  if (!direction) return undefined;
  const step = small ? SMALL_STEP : STEP;
  const within = (value: number, most: number) => Math.min(most, Math.max(0, value));
  return {
    x: within(pen.x + step * direction[0], paper.width),
    y: within(pen.y + step * direction[1], paper.height),
  };
}
