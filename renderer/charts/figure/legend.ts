import { INK, textWidth, type Stroke } from './figure.ts';

/** One sign of a legend: what is drawn with its middle at (x, y), and its name. */
export interface LegendSign {
  readonly name: string;
  readonly draw: (x: number, y: number) => readonly Stroke[];
  /** How wide the sign is. */
  readonly width: number;
}

const SIZE = 14;
const ROW = 22;
const GAP = 8;
const BETWEEN = 22;

/** Signs beside each other in as many rows as they need, and how high these are. */
export function legend(
  signs: readonly LegendSign[],
  left: number,
  top: number,
  width: number,
): { readonly strokes: readonly Stroke[]; readonly height: number } {
  let [x, y] = [left, top];
  const strokes = signs.flatMap((sign): Stroke[] => {
    const wide = sign.width + GAP + textWidth(sign.name, SIZE);
    if (x > left && x + wide > left + width) [x, y] = [left, y + ROW];
    const at = x;
    x += wide + BETWEEN;
    return [
      ...sign.draw(at + sign.width / 2, y + ROW / 2),
      {
        kind: 'text',
        text: sign.name,
        x: at + sign.width + GAP,
        y: y + ROW / 2 + 5,
        size: SIZE,
        anchor: 'start',
        fill: INK,
      },
    ];
  });
  return { strokes, height: signs.length === 0 ? 0 : y + ROW - top };
}

/** A dot of a class. */
export const dotSign = (name: string, colour: string): LegendSign => ({
  name,
  width: 12,
  draw: (x, y) => [{ kind: 'path', d: `M${x} ${y}h0.1`, stroke: colour, width: 11, round: true }],
});
