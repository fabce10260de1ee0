import {
  LEAST_STRENGTH,
  lineFilters,
  mirroredTurn,
  STRENGTHS,
  TURNS,
  type Look,
} from '../../../engine/inspection/line-filters.ts';
import { nearestDistance } from './nearest.ts';
import type { Matrix, Nodes } from './nodes.ts';

/** What is normal of the strengths of lines, as nodes. */
export interface LineArrays {
  readonly known: string;
  readonly deviation: string;
  readonly usual: string;
  /** Known pictures. */
  readonly count: number;
}

/**
 * See engine/inspection/lines.ts: the distance to the nearest normal pictures by place, 1 is usual, [batch, rows, columns].
 * @param pictures doubles [batch, height, width, channels]
 */
export function lineDistances(
  nodes: Nodes,
  pictures: string,
  plane: readonly [height: number, width: number],
  { known, deviation, usual, count }: LineArrays,
): { readonly distances: string; readonly rows: number; readonly columns: number } {
  const { rows, columns, scales } = lineFilters(plane);
  const colourless = nodes.mean(pictures, [3]);
  const grey = nodes.op('Sub', [colourless, nodes.mean(colourless, [1, 2], true)]);
  const strengths: string[] = [];
  scales.forEach((scale, size) => {
    const planes = new Map<number, string>();
    const pooled = (one: string, other: string): string => {
      const length = nodes.op('Sqrt', [nodes.sum([nodes.square(one), nodes.square(other)])]);
      const { pooledDown, pooledAcross } = scale;
      const name = `lines/${size}/pooled`;
      const sums = nodes.linear(length, even(`${name}-down`, pooledDown), even(`${name}-across`, pooledAcross));
      return nodes.op('Log', [nodes.op('Add', [sums, nodes.number(LEAST_STRENGTH)])]);
    };
    for (const turn of TURNS) {
      const [across, down] = [scale.across[turn]!, scale.down[turn]!];
      const name = `lines/${size}/${turn}`;
      const [evenDown, unevenDown] = [even(`${name}/down`, down), uneven(`${name}/down`, down)];
      const [evenAcross, unevenAcross] = [even(`${name}/across`, across), uneven(`${name}/across`, across)];
      const cc = nodes.linear(grey, evenDown, evenAcross);
      const ss = nodes.linear(grey, unevenDown, unevenAcross);
      const cs = nodes.linear(grey, unevenDown, evenAcross);
      const sc = nodes.linear(grey, evenDown, unevenAcross);
      planes.set(turn, pooled(nodes.op('Sub', [cc, ss]), nodes.op('Add', [cs, sc])));
      const opposite = mirroredTurn(turn);
      if (opposite !== undefined) {
        planes.set(opposite, pooled(nodes.op('Add', [cc, ss]), nodes.op('Sub', [cs, sc])));
      }
    }
    for (let direction = 0; direction < planes.size; direction += 1) strengths.push(planes.get(direction)!);
  });
  const last = strengths.map((one) => nodes.op('Unsqueeze', [one, nodes.integers([3])]));
  const all = nodes.op('Div', [nodes.op('Concat', last, { axis: 3 }), deviation]);
  const byPlace = nodes.transposed(
    nodes.op('Reshape', [all, nodes.integers([-1, rows * columns, STRENGTHS])]),
    [1, 0, 2],
  );
  const normal = nodes.op('Reshape', [known, nodes.integers([rows * columns, count, STRENGTHS])]);
  const distance = nodes.transposed(nearestDistance(nodes, byPlace, normal, count, true), [1, 0]);
  const cells = nodes.op('Reshape', [distance, nodes.integers([-1, rows, columns])]);
  return { distances: nodes.op('Div', [cells, usual]), rows, columns };
}

const even = (name: string, { places, length, cosine }: Look): Matrix => ({
  name: `${name}/even`,
  rows: places,
  columns: length,
  data: cosine,
});

const uneven = (name: string, { places, length, sine }: Look): Matrix => ({
  name: `${name}/uneven`,
  rows: places,
  columns: length,
  data: sine,
});
