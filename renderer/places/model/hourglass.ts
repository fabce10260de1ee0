import type { LayerShape } from '../../../electron/domain/layer-settings.ts';
import type { LayoutLayer, ModelLayout } from '../../../electron/domain/model-layout.ts';

/** One layer as it is drawn, in pixels. */
export interface Column {
  /** The layer's path; "image" for what goes in. */
  readonly path: string;
  readonly kind: LayoutLayer['kind'] | 'image';
  readonly part: LayoutLayer['part'] | 'image';
  readonly shape: LayerShape;
  readonly values: number;
  /** The middle of its slot. */
  readonly middle: number;
  readonly left: number;
  readonly width: number;
  readonly top: number;
  readonly height: number;
  /** Planes of a stack; 1 for units in a row. */
  readonly planes: number;
}

export interface Hourglass {
  readonly width: number;
  readonly columns: readonly Column[];
}

/** How far each plane of a stack lies behind the one before it, in pixels, to the right and up. */
export const PLANE_STEP = 3;
const MOST_PLANES = 7;
const LEAST_SLOT = 84;
const LEAST_HEIGHT = 6;

/**
 * The network from the image through the code and back, a column a layer: as high as the logarithm of its values, images as
 * stacks of as many planes as the binary logarithm of their depth.
 * @param room width and height there is, in pixels; many layers take more width
 */
export function hourglass(
  { layers }: Pick<ModelLayout, 'layers'>,
  inputShape: LayerShape,
  room: { readonly width: number; readonly height: number },
): Hourglass {
  const drawn = [
    { path: 'image', kind: 'image', part: 'image', shape: inputShape } as const,
    ...layers.map(({ path, kind, part, shape }) => ({ path, kind, part, shape })),
  ];
  const slot = Math.max(LEAST_SLOT, room.width / drawn.length);
  const most = Math.max(...drawn.map(({ shape }) => product(shape)));
  const tall = room.height - MOST_PLANES * PLANE_STEP;
  const columns = drawn.map((layer, index): Column => {
    const values = product(layer.shape);
    const height = Math.max(LEAST_HEIGHT, tall * (Math.log1p(values) / Math.log1p(most)));
    const planes = planesOf(layer.shape);
    const width = layer.shape.length === 1 ? 14 : 20;
    const middle = slot * (index + 0.5);
    const left = middle - (width + (planes - 1) * PLANE_STEP) / 2;
    return { ...layer, values, middle, left, width, top: (room.height - height) / 2, height, planes };
  });
  return { width: slot * drawn.length, columns };
}

function planesOf([, , depth]: LayerShape): number {
  return depth === undefined ? 1 : Math.min(MOST_PLANES, Math.max(1, Math.round(Math.log2(depth)) + 1));
}

/** The flow from one column to the next, as a polygon's points. */
export function joint(from: Column, to: Column): string {
  const x1 = from.left + from.width + (from.planes - 1) * PLANE_STEP;
  const corners = [
    [x1, from.top],
    [to.left, to.top],
    [to.left, to.top + to.height],
    [x1, from.top + from.height],
  ];
  return corners.map(([x = 0, y = 0]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
}

/** "28 × 28 × 16", "128" */
export const layerShapeWords = (shape: LayerShape): string => shape.join(' × ');

export const product = (shape: LayerShape): number => shape.reduce((all, size) => all * size, 1);
