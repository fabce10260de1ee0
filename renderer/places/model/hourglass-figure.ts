import type { LayerShape } from '../../../electron/domain/layer-settings.ts';
import type { ModelLayout } from '../../../electron/domain/model-layout.ts';
import { INK, MUTED, type Figure, type Stroke } from '../../charts/figure/figure.ts';
import { hourglass, joint, PLANE_STEP, layerShapeWords, type Column } from './hourglass.ts';

const TOP = 60;
const HEIGHT = 240;
const MARGIN = 24;
const LEAST_WIDTH = 760;

const fills: Readonly<Record<Column['part'], string>> = {
  image: '#94a4a2',
  encoder: '#3f90da',
  code: '#0a6e69',
  decoder: '#c96f00',
};

/** The network drawing as a figure, with what its colours and heights mean. */
export function hourglassFigure(
  title: string,
  { layers }: Pick<ModelLayout, 'layers'>,
  inputShape: LayerShape,
): Figure {
  const { width, columns } = hourglass({ layers }, inputShape, { width: LEAST_WIDTH, height: HEIGHT });
  const text = { kind: 'text', x: MARGIN, anchor: 'start' } as const;
  const note = 'Height: values a layer gives, on a logarithmic scale. Stacks are images, units stand alone.';
  return {
    width: width + 2 * MARGIN,
    height: TOP + HEIGHT + 92,
    density: 2,
    strokes: [
      { ...text, text: title, y: 36, size: 20, bold: true, fill: INK },
      ...columns.slice(1).map((to, index): Stroke => ({ kind: 'path', d: flow(columns[index]!, to), fill: '#e9ebed' })),
      ...columns.flatMap(columnStrokes),
      { ...text, text: note, y: TOP + HEIGHT + 76, size: 13, fill: MUTED },
    ],
  };
}

function flow(from: Column, to: Column): string {
  const corners = joint(from, to).split(' ');
  const placed = corners.map((corner) => {
    const [x = 0, y = 0] = corner.split(',').map(Number);
    return `${MARGIN + x} ${TOP + y}`;
  });
  return `M${placed.join('L')}z`;
}

function columnStrokes(column: Column): Stroke[] {
  const fill = fills[column.part];
  const words = { kind: 'text', x: MARGIN + column.middle, anchor: 'middle' } as const;
  const name = column.path === 'output' || column.path === 'code' ? column.path : column.kind;
  return [
    ...Array.from({ length: column.planes }, (_, index): Stroke => {
      const step = (column.planes - 1 - index) * PLANE_STEP;
      const [x, y] = [MARGIN + column.left + step, TOP + column.top - step];
      const d = `M${x.toFixed(1)} ${y.toFixed(1)}h${column.width}v${column.height.toFixed(1)}h${-column.width}z`;
      return { kind: 'path', d, fill, stroke: '#ffffff', width: 1 };
    }),
    { ...words, text: name, y: TOP + HEIGHT + 20, size: 14, bold: column.part === 'code', fill: INK },
    { ...words, text: layerShapeWords(column.shape), y: TOP + HEIGHT + 40, size: 13, fill: MUTED },
  ];
}
