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
  const [count, lengths, found] = [points.shape[0], points.square().sum(1), []];
  const closeness = (rows) => rows.matMul(points, false, true).mul(2).sub(lengths);
  const nearest = (rows) => closeness(rows).topk(${kept.count + 1}).indices.arraySync();
  for (let first = 0; first < count; first += ${QUERIES_AT_ONCE})
    found.push(...tf.tidy(() => nearest(points.slice(first, Math.min(${QUERIES_AT_ONCE}, count - first)))));
  const near = found.map((row, image) => row.filter((other) => other !== image).slice(0, ${kept.count}));
  const mutual = near.map((row, image) => row.filter((other) => near[other].includes(image)));
  return mutual.map((row, image) => (row.length > 0 ? row : near[image].slice(0, 1)));
}

/** How far codes lie from a neighbour's, in nats (InfoNCE, Damrich et al. 2023, eq. 8). */
function parting(code, beside) {
  const distances = (a, b) => a.sub(b).div(${literal(kept.radius)}).square().sum(-1);
  const every = distances(code.expandDims(1), tf.concat([code, beside])).add(1).reciprocal();
  return distances(code, beside).log1p().add(every.sum(1).sub(1).log()).mean(); // less itself
}`;
}

/** The line that finds the neighbours. */
export const tfjsNeighbourSearch = (plan: ScriptPlan): string[] =>
  keptNeighbours(plan) === undefined ? [] : ['const near = neighboursOf(trained);'];
