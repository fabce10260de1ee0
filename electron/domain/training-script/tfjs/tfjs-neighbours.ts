import { literal } from '../script-text.ts';
import { keptNeighbours, type ScriptPlan } from '../script-plan.ts';

/** Images whose neighbours are looked for at once. */
const QUERIES_AT_ONCE = 500;

/** `neighboursOf(images)` and `parting(code, beside)`; nothing where no neighbours are kept. */
export function tfjsNeighbours(plan: ScriptPlan): string | undefined {
  const kept = keptNeighbours(plan);
  if (kept === undefined) return undefined;
  return `/** Of each image those of its ${kept.count} nearest that have it among theirs; else its nearest. */
function neighboursOf(images) {
  const points = tf.tidy(() => pca(images.reshape([images.shape[0], -1]), ${kept.components}));
  const found = [];
  for (let first = 0; first < points.shape[0]; first += ${QUERIES_AT_ONCE}) {
    tf.tidy(() => {
      const rows = points.slice(first, Math.min(${QUERIES_AT_ONCE}, points.shape[0] - first));
      const closeness = rows.matMul(points, false, true).mul(2).sub(points.square().sum(1));
      found.push(...closeness.topk(${kept.count + 1}).indices.arraySync());
    });
  }
  const near = found.map((row, image) => row.filter((other) => other !== image).slice(0, ${kept.count}));
  return near.map((row, image) => {
    const mutual = row.filter((other) => near[other].includes(image));
    return mutual.length > 0 ? mutual : row.slice(0, 1);
  });
}

/** How far codes lie from a neighbour's, in nats (InfoNCE, Damrich et al. 2023, eq. 8). */
function parting(code, beside) {
  const distances = (a, b) => a.sub(b).div(${literal(kept.radius)}).square().sum(-1);
  const every = distances(code.expandDims(1), tf.concat([code, beside]));
  const others = every.add(1).reciprocal().sum(1).sub(1); // less each one itself
  return distances(code, beside).log1p().add(others.log()).mean();
}`;
}

/** The line that finds the neighbours. */
export const tfjsNeighbourSearch = (plan: ScriptPlan): string[] =>
  keptNeighbours(plan) === undefined ? [] : ['const neighbours = neighboursOf(trained);'];
