import { keptNeighbours, type ScriptPlan } from '../script-plan.ts';

/** `neighbours_of(images)`; nothing where no neighbours are kept. */
export function pythonNeighbours(plan: ScriptPlan): string | undefined {
  const kept = keptNeighbours(plan);
  if (kept === undefined) return undefined;
  return `def neighbours_of(images):
    """Of each image those of its ${kept.count} nearest that have it among theirs; else its nearest."""
    points = PCA(${kept.components}).fit_transform(images.reshape(len(images), -1))
    near = NearestNeighbors(n_neighbors=${kept.count}).fit(points).kneighbors(return_distance=False)
    nearest = [set(row) for row in near]
    return [[j for j in row if i in nearest[j]] or [row[0]] for i, row in enumerate(near)]`;
}
