import type { Activation, ModelSpec } from '../domain/experiment.ts';
import type { LayoutProblem } from '../domain/layer-settings.ts';
import { layOut } from '../domain/model-layout.ts';

/**
 * Activations f that let numbers through unchanged in pairs of units, and by what f(z) - f(-z) must be multiplied to be z:
 * exactly, whatever z is. GELU is z Φ(z), and Φ(z) + Φ(-z) = 1.
 */
export const PASSES_LINEAR: Partial<Record<Activation, number>> = {
  linear: 1 / 2,
  relu: 1,
  'leaky-relu': 1 / 1.2,
  gelu: 1,
  softplus: 1,
};

/** What keeps a model from being started at PCA: each hidden layer must be able to let the code through. */
export function linearPathProblems(model: ModelSpec): LayoutProblem[] {
  const problems: LayoutProblem[] = [];
  const expect = (holds: boolean, path: string, expected: string, found: string): void => {
    if (!holds) problems.push({ path, message: `expected ${expected} to start at PCA, found ${found}.` });
  };
  const { code } = model;
  expect(!code.variational, 'code', 'a plain code', 'a variational one');
  expect(code.activation === 'linear', 'code', 'a linear code', code.activation);
  expect(model.outputActivation === 'linear', 'outputActivation', 'linear', model.outputActivation);
  expect(model.tiedWeights !== true, 'tiedWeights', 'weights of each layer’s own', 'tied ones');
  for (const layer of layOut(model).layers) {
    const { path, part } = layer;
    if (layer.kind !== 'dense') expect(false, path, 'a dense layer', `a ${layer.kind} layer`);
    else if (part !== 'code' && path !== 'output') {
      const units = layer.shape.reduce((all, size) => all * size, 1);
      expect(PASSES_LINEAR[layer.activation] !== undefined, path, 'ReLU, GELU, softplus or linear', layer.activation);
      expect(!layer.batchNorm, path, 'no batch normalisation', 'it');
      expect(units >= 2 * code.size, path, `at least ${2 * code.size} units, two for each of the code,`, `${units}`);
    }
  }
  return problems;
}
