import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { diagnose, type FindingKind } from '../../electron/domain/doctor/doctor.ts';
import { experimentProblems } from '../../electron/domain/experiment-problems.ts';
import { ExperimentSchema, type Experiment } from '../../electron/domain/experiment.ts';
import { presetExperiment, presets, type Preset } from '../../electron/domain/presets.ts';
import type { EpochMetrics, Health, RunStatus } from '../../electron/domain/words.ts';

const article = presetExperiment(presets[0] as Preset, 'mnist', [28, 28, 1]);
const modern = presetExperiment(presets.find(({ id }) => id === 'modern') as Preset, 'mnist', [28, 28, 1]);
const denoising: Experiment = {
  ...modern,
  training: { ...modern.training, inputNoise: { kind: 'gaussian', deviation: 0.5 } },
};

const healthy: Health = {
  meanImageMse: 0.0675,
  imageDeviation: 0.2,
  outputDeviation: 0.19,
  layers: [{ layer: 'encoder.0', units: 256, constant: 3, saturated: 0 }],
};

/** One epoch for each cost; the validation error is the cost unless given. */
function epochs(costs: readonly number[], more: Partial<EpochMetrics> = {}, errors = costs): EpochMetrics[] {
  return costs.map((cost, index) => ({
    epoch: index + 1,
    step: 100 * (index + 1),
    secondsSinceStart: index + 1,
    lastBatchCost: cost,
    trainingCost: cost,
    validationMse: errors[index] as number,
    validationSquaredError: 784 * (errors[index] as number),
    stepsPerSecond: 100,
    learningRate: 0.01,
    health: healthy,
    ...more,
  }));
}

function kinds(experiment: Experiment, metrics: readonly EpochMetrics[], status: RunStatus = 'running'): FindingKind[] {
  return diagnose({ experiment, metrics, status }).map(({ kind }) => kind);
}

/** Below the average image's error, but not by much. */
const nearAverage = [0.065, 0.06, 0.055];
const falling = [0.03, 0.015, 0.009, 0.006, 0.005, 0.0045, 0.0041];

const ill = (changes: Partial<Health>) => ({ health: { ...healthy, ...changes } });
const sick = (changes: Partial<Health['layers'][number]>) =>
  ill({ layers: [{ layer: 'decoder.0', units: 64, constant: 0, saturated: 0, ...changes }] });
const best = [0.03, 0.015, 0.01, 0.0108, 0.0112, 0.012, 0.013];

/** One for each thing that the doctor tells. */
const illnesses: readonly { readonly metrics: readonly EpochMetrics[] }[] = [
  { metrics: epochs([0.1, Number.NaN]) },
  { metrics: epochs([0.2, 0.19, 0.18], ill({ outputDeviation: 0.001 })) },
  { metrics: epochs([0.2, 0.19, 0.18]) },
  { metrics: epochs(falling, ill({ activeCodeUnits: 0 })) },
  { metrics: epochs(nearAverage, sick({ saturated: 0.8 })) },
  { metrics: epochs(falling, sick({ constant: 40 })) },
  { metrics: epochs(falling, {}, best) },
  { metrics: epochs([0.03, 0.02, 0.024, 0.019, 0.025, 0.018, 0.022]) },
  { metrics: epochs([0.066, 0.0655, 0.065, 0.0645, 0.064]) },
];

describe('the doctor', () => {
  it('counts steps before anything else, and names the change as it is', () => {
    const metrics = epochs([0.2, 0.19, 0.18], { ...sick({ constant: 60 }), step: 30 });
    const findings = diagnose({ experiment: modern, metrics, status: 'finished' });
    expect(findings.map(({ kind }) => kind)).toEqual(['few-steps']);
    expect(findings[0]!.says).toContain('30 steps were taken (40 epochs, 256 images a step)');
    expect(findings[0]!.remedy.label).toBe('Try 64 images a step, about 1,600 steps');
    expect(findings[0]!.remedy.experiment.training).toMatchObject({ batchSize: 64, epochs: 40 });
    // It may still come down.
    expect(kinds(modern, metrics, 'running')).not.toContain('few-steps');
  });

  it('blames no number of steps for an error that only rose in several epochs', () => {
    const rising = [0.2, 0.21, 0.22, 0.24, 0.25];
    const metrics = epochs(rising, { step: 30 }, rising);
    expect(diagnose({ experiment: modern, metrics, status: 'finished' })[0]?.kind).not.toBe('few-steps');
    const fell = epochs(rising.toReversed(), { step: 30 }, rising.toReversed());
    expect(diagnose({ experiment: modern, metrics: fell, status: 'finished' })[0]?.kind).toBe('few-steps');
  });

  it('calls no unit dead that only a few images have not woken', () => {
    const training = { ...modern.training, validationCount: 20 };
    expect(kinds({ ...modern, training }, epochs(falling, sick({ constant: 40 })))).toEqual([]);
  });

  it('has nothing to say of a run that goes well, nor before it has seen anything', () => {
    expect(kinds(modern, epochs(falling))).toEqual([]);
    expect(kinds(modern, [])).toEqual([]);
    expect(kinds(modern, epochs([0.03], { health: undefined } as never))).toEqual([]);
  });

  it('tells errors in the unit that was chosen', () => {
    const metrics = epochs([0.2, 0.19, 0.14]);
    const says = (perImage: boolean) => diagnose({ experiment: modern, metrics, status: 'running', perImage })[0]?.says;
    expect(says(false)).toContain('0.14 per pixel, stays above 0.0675,');
    expect(says(true)).toContain('110 per image, stays above 52.9,');
  });

  it('holds two errors against each other in as many digits as tell them apart', () => {
    const meanImageMse = 0.10598;
    const says = (last: number) =>
      diagnose({
        experiment: modern,
        metrics: epochs([0.12, 0.11, last], ill({ meanImageMse })),
        status: 'running',
      }).find(({ kind }) => kind === 'worse-than-mean')?.says;
    expect(says(0.10612)).toBe(
      'The validation error, 0.1061 per pixel, stays above 0.106, what the average image alone gives.',
    );
    expect(says(meanImageMse)).toBe('The validation error, 0.106 per pixel, is what the average image alone gives.');
    expect(says(0.10597)).toBeUndefined();
    const early = (last: number) =>
      diagnose({
        experiment: modern,
        metrics: epochs([0.12, 0.11, last], { ...ill({ meanImageMse }), step: 30 }),
        status: 'finished',
      })[0]?.says;
    expect(early(0.10612)).toContain('0.1061 per pixel, is still above 0.106, what this set’s mean image gives.');
    expect(early(meanImageMse)).toContain('0.106 per pixel, is still what this set’s mean image gives.');
  });

  it('says by what was measured why the article ends above the mean image', () => {
    const health = { ...healthy, layers: [{ layer: 'encoder.0', units: 256, constant: 20, saturated: 0.741 }] };
    const [finding, ...others] = diagnose({
      experiment: article,
      metrics: epochs([0.21, 0.18, 0.165, 0.15, 0.14], { health }),
      status: 'running',
    });
    expect(others).toEqual([]);
    expect(finding?.kind).toBe('worse-than-mean');
    expect(finding?.says).toBe(
      'The validation error, 0.14 per pixel, stays above 0.0675, what the average image alone gives. 74 % of the values in ' +
        'encoder layer 1 lie in the flat ends of its activation, where a step changes next to nothing: weights drawn from ' +
        'N(0, 1) are too large for so many inputs.',
    );
    expect(finding?.advice).toContain('smaller initial weights');
    expect(finding?.remedy.experiment.model).toEqual(modern.model);
    expect(finding?.remedy.experiment.training.optimizer).toEqual(modern.training.optimizer);
  });

  it.each([
    ['NaN', [0.1, Number.NaN], 'is no longer a number in epoch 2'],
    ['an explosion', [0.1, 0.05, 4], 'rose to 4 from 0.1 in epoch 1 in epoch 3'],
  ])('tells %s', (_, costs, words) => {
    const [finding] = diagnose({ experiment: article, metrics: epochs(costs), status: 'failed' });
    expect(finding?.kind).toBe('diverged');
    expect(finding?.says).toContain(words);
    expect(finding?.remedy.experiment.training).toMatchObject({ learningRate: 0.001, clipNorm: 1 });
  });

  it('tells an output that is the same for every image, and nothing beside it', () => {
    const health = {
      ...healthy,
      outputDeviation: 0.002,
      layers: [{ layer: 'code', units: 8, constant: 8, saturated: 0 }],
    };
    expect(kinds(modern, epochs([0.0676, 0.0675, 0.0675], { health }))).toEqual(['constant-output']);
  });

  it('tells dead units and saturated ones apart', () => {
    const dead = { ...healthy, layers: [{ layer: 'decoder.0', units: 64, constant: 40, saturated: 0 }] };
    const [finding] = diagnose({ experiment: modern, metrics: epochs(falling, { health: dead }), status: 'running' });
    expect(finding?.says).toBe('40 of 64 units in decoder layer 1 give the same value for every image: they are dead.');
    const flat = { ...healthy, layers: [{ layer: 'code', units: 64, constant: 40, saturated: 0.8 }] };
    expect(kinds(modern, epochs(nearAverage, { health: flat }))).toEqual(['saturated-units']);
    // Pretrained and sparse units are nearly off or on, too, and learn.
    expect(kinds(modern, epochs(falling, { health: flat }))).toEqual([]);
  });

  it('tells a collapsed posterior, and warms β up or halves it', () => {
    const variational = {
      ...modern,
      model: { ...modern.model, code: { ...modern.model.code, size: 20, variational: true } },
    };
    const health = { ...healthy, activeCodeUnits: 2 };
    const [finding] = diagnose({ experiment: variational, metrics: epochs(falling, { health }), status: 'running' });
    expect(finding?.kind).toBe('posterior-collapse');
    expect(finding?.remedy.experiment.training.betaWarmupEpochs).toBe(modern.training.epochs / 4);
    const warmed = { ...variational, training: { ...variational.training, betaWarmupEpochs: 5 } };
    const [again] = diagnose({ experiment: warmed, metrics: epochs(falling, { health }), status: 'running' });
    expect(again?.remedy.experiment.training.beta).toBe(0.5);
    expect(kinds(variational, epochs(falling, { health: { ...healthy, activeCodeUnits: 18 } }))).toEqual([]);
  });

  it('tells over-fitting when the validation error has risen for three epochs and the cost has not', () => {
    const errors = [0.03, 0.015, 0.01, 0.0108, 0.0112, 0.012, 0.013];
    expect(kinds(modern, epochs(falling, {}, errors))).toEqual(['over-fitting']);
    expect(kinds(modern, epochs(falling.slice(0, 5), {}, errors.slice(0, 5)))).toEqual([]);
    const both = [0.03, 0.015, 0.01, 0.0108, 0.0112, 0.012, 0.013];
    expect(kinds(modern, epochs(both, {}, both))).not.toContain('over-fitting');
    // Held-out images are shown without the noise that a denoiser learns from.
    expect(kinds(denoising, epochs(falling, {}, errors))).toEqual([]);
  });

  it('against learning by heart proposes what does not run yet, in the words of its button', () => {
    const told = (changes: Partial<Experiment['training']>) => {
      const experiment = { ...modern, training: { ...modern.training, ...changes } };
      const [finding] = diagnose({ experiment, metrics: epochs(falling, {}, best), status: 'finished' });
      return [finding?.advice.replace('The best weights are kept. ', ''), finding?.remedy.label];
    };
    const still = { shiftPixels: 0, flip: false };
    const shifted = { shiftPixels: 1, flip: false };
    const earlyStopping = { patience: 9, minimumImprovement: 0 };
    expect(told({ augmentation: still })).toEqual([
      'Stop when nothing improves, and shift the images a little as they are trained on.',
      'Try shifts and early stopping',
    ]);
    expect(told({ augmentation: shifted })).toEqual([
      'Stop when nothing improves, and shift the images further as they are trained on.',
      'Try larger shifts and early stopping',
    ]);
    expect(told({ augmentation: shifted, earlyStopping })).toEqual([
      'Shift the images further as they are trained on.',
      'Try larger shifts',
    ]);
  });

  it('tells a learning rate that is too high by costs that jump', () => {
    const shaky = [0.03, 0.02, 0.024, 0.019, 0.025, 0.018, 0.022];
    const [finding] = diagnose({ experiment: article, metrics: epochs(shaky), status: 'running' });
    expect(finding?.kind).toBe('rate-too-high');
    expect(finding?.says).toContain('3 of the last 6 epochs, by up to 32 %');
    expect(finding?.remedy.experiment.training.learningRate).toBe(0.00333);
  });

  it('blames no rate for the jumps of few steps an epoch, nor one that a schedule has brought down', () => {
    const shaky = [0.03, 0.02, 0.024, 0.019, 0.025, 0.018, 0.022];
    const few = epochs(shaky).map((epoch) => ({ ...epoch, step: 6 * epoch.epoch }));
    expect(kinds(modern, few)).toEqual([]);
    const fallen = epochs(shaky).map((epoch) => ({ ...epoch, learningRate: 0.01 / epoch.epoch }));
    expect(kinds(modern, fallen)).toEqual([]);
  });

  it('holds a run that has ended against PCA of the same images, and begins there where the model can', () => {
    const told = (experiment: Experiment, pcaMse: number, status: RunStatus = 'finished') =>
      diagnose({ experiment, metrics: epochs(falling), status, pcaMse });
    const linear = { ...modern, model: { ...modern.model, outputActivation: 'linear' as const } };
    const [finding, ...others] = told(linear, 0.0033);
    expect(others).toEqual([]);
    expect(finding?.kind).toBe('worse-than-pca');
    expect(finding?.says).toBe(
      'The least validation error, 0.0041 per pixel, is above 0.0033, what PCA with 128 numbers gives on these images.',
    );
    expect(finding?.remedy.experiment).toEqual({ ...linear, training: { ...linear.training, start: 'pca' } });
    // Where it runs already, or the model cannot: something else.
    const begun = told(finding!.remedy.experiment, 0.0033)[0];
    expect(begun?.remedy.experiment.training).toMatchObject({ start: 'pca', epochs: 2 * modern.training.epochs });
    expect(told(article, 0.0033)[0]?.remedy.label).toBe('Try the modern recipe');
    expect(told(modern, 0.0041)).toEqual([]);
    expect(told(modern, 0.0033, 'running')).toEqual([]);
    const variational = { ...modern, model: { ...modern.model, code: { ...modern.model.code, variational: true } } };
    expect(told(variational, 0.0033)).toEqual([]);
    expect(told(denoising, 0.0033)).toEqual([]);
  });

  it('does not call what runs a new recipe: of the modern one it changes the rate', () => {
    const [finding] = diagnose({ experiment: modern, metrics: epochs([0.2, 0.19, 0.18]), status: 'running' });
    expect(finding?.kind).toBe('worse-than-mean');
    expect(finding?.remedy.label).toBe('Try a third of the learning rate');
  });

  it('tells a learning rate that is too low by costs that hardly fall, but not at the end of a schedule', () => {
    const slow = [0.066, 0.0655, 0.065, 0.0645, 0.064];
    expect(kinds(modern, epochs(slow))).toEqual(['rate-too-low']);
    const ending = epochs(slow).map((epoch, index) => ({ ...epoch, learningRate: 0.01 / (1 + index) }));
    expect(kinds(modern, ending)).toEqual([]);
  });

  it.each(presets.map((preset) => [preset.id, preset] as const))(
    'recommends of the preset %s only what can be trained, and never the same again',
    (_, preset) => {
      let tried = presetExperiment(preset, 'mnist', [28, 28, 1]);
      for (const illness of illnesses) {
        // Whoever follows the advice and is no better off is given other advice.
        for (let attempt = 0; attempt < 3; attempt += 1) {
          for (const { remedy } of diagnose({ experiment: tried, status: 'running', ...illness })) {
            expect(v.safeParse(ExperimentSchema, remedy.experiment).issues).toBeUndefined();
            expect(experimentProblems(remedy.experiment)).toEqual([]);
            expect(remedy.experiment).not.toEqual(tried);
            tried = remedy.experiment;
          }
        }
      }
    },
  );
});
