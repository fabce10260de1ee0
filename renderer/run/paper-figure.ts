import type { MapColumns } from '../../electron/domain/words.ts';
import { innerLimits } from '../maths/scatter-geometry.ts';
import { box, FRAME, INK, textWidth, type Figure, type Stroke } from '../charts/figure/figure.ts';
import { shortLabels } from '../charts/map/label-places.ts';
import { formatCount } from '../widgets/format-number.ts';
import { fitted, toPixels, transformOf } from '../charts/map/view.ts';

/** The paper's figure: the same images on two planes, side by side, each class with a marker of its own. */
export interface PaperFigure {
  readonly title: string;
  readonly panels: readonly [FigurePanel, FigurePanel];
  /** Of each image; empty without labels. */
  readonly labels: Uint8Array;
  readonly labelNames: readonly string[];
  /** "#rrggbb", come again when they run out. */
  readonly palette: readonly string[];
}

export interface FigurePanel {
  readonly caption: string;
  readonly points: MapColumns;
}

export const FIGURE_WIDTH = 1_800;
/** With one row of classes below the panels; each further row takes as much more. */
export const FIGURE_HEIGHT = 1_060;
const ROW = 34;

const PANEL = 860;
const TOP = 96;
const GAP = 40;
const LEFT = (FIGURE_WIDTH - 2 * PANEL - GAP) / 2;
const MARKER = 5;
/** Letters of a class's name in the legend; its marker and what lies free beside it. */
const NAME = 22;
const SIGN = 48;
/** Markers of one class that are drawn before the next class's. */
const A_TURN = 10;
const UNLABELLED = '#3f90da';

/** How many of some images each class has, such as ", 500 a class"; nothing where there are no classes. */
export function classWords(labels: Uint8Array, classCount: number): string {
  if (classCount === 0 || labels.length === 0) return '';
  const counts = new Array<number>(classCount).fill(0);
  for (const label of labels) if (label < classCount) counts[label]!++;
  const most = Math.max(...counts);
  return `, ${counts.every((count) => count === most) ? '' : 'at most '}${formatCount(most)} a class`;
}

/** Draws the figure: a title, panels A and B with their points, and the markers of the classes below. */
export function paperFigure(figure: PaperFigure): Figure {
  const title: Stroke = {
    kind: 'text',
    text: figure.title,
    x: FIGURE_WIDTH / 2,
    y: 40,
    size: 26,
    bold: true,
    anchor: 'middle',
    fill: INK,
  };
  const below = legend(figure);
  const strokes = [title, ...panel(figure, 0), ...panel(figure, 1), ...below.strokes];
  const height = FIGURE_HEIGHT + ROW * Math.max(0, below.rows - 1);
  return { width: FIGURE_WIDTH, height, density: 1, strokes };
}

function panel(figure: PaperFigure, side: 0 | 1): Stroke[] {
  const { points, caption } = figure.panels[side];
  const left = LEFT + side * (PANEL + GAP);
  const size = { width: PANEL, height: PANEL };
  const transform = transformOf(fitted(innerLimits(points), size, true, 18), size);
  const strokes: Stroke[] = [
    { kind: 'path', d: box(left, TOP, PANEL, PANEL), stroke: FRAME, width: 1 },
    { kind: 'text', text: 'AB'[side]!, x: left + 4, y: TOP - 12, size: 28, bold: true, anchor: 'start', fill: INK },
    { kind: 'text', text: caption, x: left + 40, y: TOP - 14, size: 20, anchor: 'start', fill: INK },
  ];
  const paths = new Map<number, string[]>();
  for (let index = 0; index < points.x.length; index++) {
    const at = toPixels(transform, points.x[index]!, points.y[index]!);
    if (!Number.isFinite(at.x) || !Number.isFinite(at.y)) continue;
    const label = figure.labels[index] ?? -1;
    const marks = paths.get(label) ?? [];
    paths.set(label, marks);
    // What lies beyond the limits stands at the edge.
    marks.push(marker(label, left + inPanel(at.x), TOP + inPanel(at.y), MARKER));
  }
  // A path holds many markers, or the file would be ten times as long; classes take turns, so that none hides the others.
  const classes = [...paths].sort(([a], [b]) => a - b);
  const most = Math.max(0, ...classes.map(([, marks]) => marks.length));
  for (let first = 0; first < most; first += A_TURN) {
    for (const [label, marks] of classes) {
      const d = marks.slice(first, first + A_TURN).join('');
      if (d !== '') strokes.push({ kind: 'path', d, ...ink(figure, label) });
    }
  }
  return strokes;
}

const inPanel = (at: number) => Math.max(MARKER, Math.min(PANEL - MARKER, at));

/** The classes that have points, in as many rows as their names need; long names as on the maps. */
function legend(figure: PaperFigure): { readonly strokes: readonly Stroke[]; readonly rows: number } {
  const present = figure.labels.length === 0 ? [] : [...new Set(figure.labels)].sort((a, b) => a - b);
  const names = shortLabels(present.map((label) => figure.labelNames[label] ?? String(label)));
  const room = FIGURE_WIDTH - 2 * LEFT;
  const widest = Math.max(0, ...names.map((name) => textWidth(name, NAME)));
  const step = Math.max(Math.min(150, room / present.length), widest + SIGN);
  const columns = Math.min(present.length, Math.floor(room / step));
  const start = FIGURE_WIDTH / 2 - (step * (columns - 1)) / 2;
  const strokes = present.flatMap((label, at): Stroke[] => {
    const x = start + (at % columns) * step;
    const y = TOP + PANEL + 48 + ROW * Math.floor(at / columns);
    return [
      { kind: 'path', d: marker(label, x - 16, y - 7, 9), ...ink(figure, label) },
      { kind: 'text', text: names[at]!, x, y, size: NAME, anchor: 'start', fill: INK },
    ];
  });
  return { strokes, rows: Math.ceil(present.length / Math.max(1, columns)) };
}

/** Filled shapes in the class's colour; the open ones, drawn with a line, in the same. */
function ink({ palette }: PaperFigure, label: number): { fill?: string; stroke?: string; width?: number } {
  const colour = label < 0 ? UNLABELLED : palette[label % palette.length]!;
  return isOpen(label) ? { stroke: colour, width: 2 } : { fill: colour };
}

const isOpen = (label: number) => [1, 2, 5, 8].includes(label % 10);

const number = (value: number) => value.toFixed(1);

/** Ten shapes that are told apart without their colours, around (x, y). */
export function marker(label: number, x: number, y: number, r: number): string {
  const at = (dx: number, dy: number) => `${number(x + dx * r)} ${number(y + dy * r)}`;
  const closed = (...corners: readonly (readonly [number, number])[]) =>
    `M${corners.map(([dx, dy]) => at(dx, dy)).join('L')}z`;
  switch (label < 0 ? 0 : label % 10) {
    case 1:
      return `M${at(-1, 0)}L${at(1, 0)}M${at(0, -1)}L${at(0, 1)}`;
    case 2:
      return `M${at(-0.8, -0.8)}L${at(0.8, 0.8)}M${at(-0.8, 0.8)}L${at(0.8, -0.8)}`;
    case 3:
      return closed([0, -1], [1, 0.8], [-1, 0.8]);
    case 4:
      return closed([-0.8, -0.8], [0.8, -0.8], [0.8, 0.8], [-0.8, 0.8]);
    case 5:
      return `M${at(-0.9, 0)}L${at(0.9, 0)}M${at(-0.5, -0.9)}L${at(0.5, 0.9)}M${at(0.5, -0.9)}L${at(-0.5, 0.9)}`;
    case 6:
      return closed([0, 1], [1, -0.8], [-1, -0.8]);
    case 7:
      return closed([0, -1.1], [0.9, 0], [0, 1.1], [-0.9, 0]);
    case 8:
      return closed([-0.8, -0.8], [0.8, -0.8], [0.8, 0.8], [-0.8, 0.8]);
    case 9:
      return closed([-1, -0.5], [0, -1], [1, -0.5], [0.6, 0.9], [-0.6, 0.9]);
    default: {
      const radius = number(r * 0.9);
      return `M${at(-0.9, 0)}a${radius} ${radius} 0 1 0 ${number(1.8 * r)} 0a${radius} ${radius} 0 1 0 ${number(-1.8 * r)} 0z`;
    }
  }
}
