import type { ModelSpec } from './experiment.ts';
import type { LayoutProblem } from './layer-settings.ts';
import type { ImageSetSummary } from './words.ts';

type Labelled = Pick<ImageSetSummary, 'name' | 'labelNames'>;

/** What keeps a code with classes from being trained on a set: it has one for each of the set's. */
export function classProblem(
  { code }: Pick<ModelSpec, 'code'>,
  { name, labelNames }: Labelled,
): LayoutProblem | undefined {
  if (code.classes === undefined || labelNames.length === code.classes) return undefined;
  const path = 'model.code.classes';
  const found = ['no labels', 'a single class'][labelNames.length];
  if (found !== undefined) {
    const expected = 'expected images of several classes, as each tells the decoder its own';
    return {
      path,
      message: `${expected}, found ${found} in ${name}. Choose a labelled set, or a model without classes.`,
    };
  }
  return { path, message: `expected ${labelNames.length}, the classes of ${name}, found ${code.classes}.` };
}

/** A model whose code has classes, with as many as a set; the rest of the code keeps its size. */
export function withClassesOf<Model extends Pick<ModelSpec, 'code'>>(
  model: Model,
  { labelNames }: Pick<Labelled, 'labelNames'>,
): Model {
  const { classes, size } = model.code;
  if (classes === undefined || labelNames.length < 2) return model;
  return { ...model, code: { ...model.code, size: size - classes + labelNames.length, classes: labelNames.length } };
}
