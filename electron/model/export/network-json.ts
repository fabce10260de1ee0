import type { ExportedModel } from './exported-model.ts';
import { weightsOf, type PlainModel, type PlainOp, type PlainWeight } from './plain-model.ts';

/** network.json: the steps of each part in their order, weights by name, for formats that hold weights alone. */
export function networkJson({ parts }: Pick<ExportedModel, 'parts'>): Record<string, unknown> {
  const described = Object.fromEntries(
    parts.map(({ part, inputShape, shape, ops }) => [part, { inputShape, shape, steps: ops.map(stepOf) }]),
  );
  return { version: 1, parts: described };
}

/** Everything of a step, each of its weights as its name. */
function stepOf(op: PlainOp): Record<string, unknown> {
  const named = Object.entries(op).map(([key, value]: [string, unknown]) => [
    key,
    isWeight(value) ? value.name : value,
  ]);
  if (op.kind === 'residual') named.push(['ops', op.ops.map(stepOf)], ['shortcut', op.shortcut.map(stepOf)]);
  if (op.kind === 'conditional') named.push(['classes', stepOf(op.classes)], ['style', stepOf(op.style)]);
  return Object.fromEntries(named) as Record<string, unknown>;
}

function isWeight(value: unknown): value is PlainWeight {
  return typeof value === 'object' && value !== null && 'data' in value;
}

/** Every weight of these parts once, in the order of the steps. */
export function weightsIn(parts: readonly PlainModel[]): readonly PlainWeight[] {
  const byName = new Map(parts.flatMap(({ ops }) => ops.flatMap(weightsOf)).map((weight) => [weight.name, weight]));
  return [...byName.values()];
}
