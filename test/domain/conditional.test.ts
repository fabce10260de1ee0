import { describe, expect, it } from 'vitest';
import { clusterProblems } from '../../electron/domain/cluster-limits.ts';
import { classProblem, withClassesOf } from '../../electron/domain/conditional.ts';
import type { ModelSpec } from '../../electron/domain/experiment.ts';
import { layOut } from '../../electron/domain/model-layout.ts';
import { presetExperiment, presetOn, presets } from '../../electron/domain/presets.ts';

const conditional = presets.find(({ id }) => id === 'conditional')!;
const code: ModelSpec['code'] = { size: 7, activation: 'linear', variational: true, classes: 3 };
const model: ModelSpec = { ...conditional.model, inputShape: [28, 28, 1], code };

describe('a code with classes', () => {
  it('has those of the set that a preset is put on, and its style keeps its size', () => {
    const set = { id: 'three', shape: [8, 8, 1] as const, trainingCount: 600, labelNames: ['a', 'b', 'c'] };
    expect(presetOn(conditional, set).model.code).toMatchObject({ size: 11, classes: 3 });
    expect(withClassesOf(model, { labelNames: ['a', 'b'] }).code).toMatchObject({ size: 6, classes: 2 });
    const plain = { ...model, code: { ...code, size: 4 } };
    delete (plain.code as { classes?: number }).classes;
    expect(withClassesOf(plain, set)).toBe(plain);
  });

  it('says in words what keeps it from a set', () => {
    const problem = (labelNames: readonly string[]) => classProblem(model, { name: 'Cells', labelNames })?.message;
    expect(problem(['a', 'b', 'c'])).toBeUndefined();
    expect(problem([])).toBe(
      'expected images of several classes, as each tells the decoder its own, found no labels in Cells. Choose a labelled set, or a model without classes.',
    );
    expect(problem(['a'])).toContain('found a single class in Cells.');
    expect(problem(['a', 'b'])).toBe('expected 2, the classes of Cells, found 3.');
  });

  it('is trained by no cluster, which says so', () => {
    const experiment = presetExperiment(conditional, 'mnist', [28, 28, 1]);
    expect(clusterProblems(experiment)).toContainEqual({
      path: 'model.code.classes',
      message: 'a cluster cannot train a code that knows the label. Train this experiment on this computer.',
    });
  });

  it('is laid out with what its parts take', () => {
    const { layers, problems } = layOut({ ...model, encoder: [], decoder: [] });
    expect(problems).toEqual([]);
    const features = 784;
    // Classes, then style and its log-variance from features and classes.
    const [first, output] = layers;
    expect(first).toMatchObject({ path: 'code', shape: [7], classes: 3 });
    expect(first!.parameters).toBe(features * 3 + 3 + 2 * ((features + 3) * 4 + 4));
    expect(output!.inputShape).toEqual([7]);
  });

  it.each<[string, Partial<ModelSpec['code']>, string]>([
    ['a plain code', { variational: false }, 'expected a variational code for a code with classes, found a plain one.'],
    ['bent units', { activation: 'tanh' }, 'expected linear units for a code with classes, found tanh.'],
    [
      'classes alone',
      { size: 3 },
      'expected more than 3 numbers, which are the classes’, for a code with classes, found 3.',
    ],
    ['an image', { map: { channels: 1, kernel: 3 } }, 'expected a row for a code with classes, found an image.'],
  ])('refuses %s', (_what, changes, message) => {
    const { problems } = layOut({ ...model, code: { ...code, ...changes } });
    expect(problems).toContainEqual({ path: 'code', message });
  });
});
