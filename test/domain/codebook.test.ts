import { describe, expect, it } from 'vitest';
import { bitsOfIndex, codeIndicesOf, withSizeOfMap } from '../../electron/domain/codebook.ts';
import { clusterProblems } from '../../electron/domain/cluster-limits.ts';
import { experimentProblems } from '../../electron/domain/experiment-problems.ts';
import type { ModelSpec, TrainingSpec } from '../../electron/domain/experiment.ts';
import { layOut } from '../../electron/domain/model-layout.ts';
import { presetExperiment, presetOn, presets } from '../../electron/domain/presets.ts';

const vq = presets.find(({ id }) => id === 'vq')!;
const whole = presetExperiment(vq, 'mnist', [28, 28, 1]);

/** The same code, of any numbers. */
const plain: ModelSpec = {
  ...whole.model,
  code: { size: 392, activation: 'linear', variational: false, map: { channels: 8, kernel: 1 } },
};

describe('a code of a codebook’s vectors', () => {
  it('has the places of the images that a preset is put on', () => {
    const { model } = presetOn(vq, { id: 'mine', shape: [45, 30, 3], trainingCount: 600 });
    expect(model.code.size).toBe(12 * 8 * 8);
    expect(codeIndicesOf(model)).toEqual({ height: 12, width: 8, channels: 8, vectors: 128 });
    expect(codeIndicesOf(plain)).toBeUndefined();
    const row: ModelSpec = { ...whole.model, code: { size: 5, activation: 'linear', variational: false } };
    expect(withSizeOfMap(row)).toBe(row);
  });

  it('takes as many bits as its indices need', () => {
    expect([2, 3, 128, 129, 4_096].map(bitsOfIndex)).toEqual([1, 2, 7, 8, 12]);
  });

  it('is laid out with what it takes', () => {
    const { layers, problems } = layOut(whole.model);
    expect(problems).toEqual([]);
    const beside = layOut(plain).layers.find(({ path }) => path === 'code')!;
    const own = layers.find(({ path }) => path === 'code')!;
    expect(own).toMatchObject({ codebook: 128, shape: [7, 7, 8] });
    expect(own.parameters - beside.parameters).toBe(128 * 8);
    expect(own.statistics).toBe(128);
    expect(own.multiplyAdds - beside.multiplyAdds).toBe(49 * 128 * 8);
    expect(own.activationBytes - beside.activationBytes).toBe(4 * 49 * 128);
  });

  const problemsOf = (code: Partial<ModelSpec['code']>, training: Partial<TrainingSpec> = {}): readonly string[] =>
    experimentProblems({
      model: { ...whole.model, code: { ...whole.model.code, ...code } },
      training: { ...whole.training, ...training },
    }).map(({ path, message }) => `${path}: ${message}`);

  it('is refused of other codes, in words', () => {
    const kind = 'for a code of a codebook’s vectors, found';
    expect(problemsOf({ variational: true })).toContain(`model.code: expected a plain code ${kind} a variational one.`);
    const row: ModelSpec['code'] = { size: 392, activation: 'linear', variational: false, codebook: 128 };
    const problems = experimentProblems({ ...whole, model: { ...whole.model, code: row } });
    expect(problems[0]).toEqual({ path: 'model.code', message: `expected an image ${kind} a row.` });
    expect(experimentProblems({ ...whole, model: plain })).toEqual([
      {
        path: 'training.commitment',
        message: 'expected a code of a codebook’s vectors, found one without.',
      },
      {
        path: 'training.codebookDecay',
        message: 'expected a code of a codebook’s vectors, found one without.',
      },
    ]);
  });

  it.each<[string, Partial<TrainingSpec['regularisers']>]>([
    ['codeL1', { codeL1: 1 }],
    ['codeL2', { codeL2: 1 }],
    ['mmd', { mmd: 1 }],
    ['neighbours', { neighbours: { weight: 1, count: 5, radius: 1 } }],
  ])('is pulled by no penalty: %s', (name, changes) => {
    expect(problemsOf({}, { regularisers: { codeL1: 0, contractive: 0, ...changes } })).toContain(
      `training.regularisers.${name}: expected none where the code is of a codebook’s vectors, found one.`,
    );
  });

  it('is not trained by a cluster, which says so', () => {
    expect(clusterProblems(whole)).toContainEqual({
      path: 'model.code.codebook',
      message: 'a cluster cannot train a code of a codebook’s vectors. Train this experiment on this computer.',
    });
  });
});
