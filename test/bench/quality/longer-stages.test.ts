import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { ExperimentSchema } from '../../../electron/domain/experiment.ts';
import { presetExperiment, presets } from '../../../electron/domain/presets.ts';
import { LONGER, longerLines, stages } from './longer-stages.ts';

describe('the stages', () => {
  it('are experiments of the preset that the app would take', () => {
    const preset = presets.find(({ id }) => id === LONGER)!;
    const base = presetExperiment(preset, 'mnist', [28, 28, 1]);
    for (const { training } of stages) {
      expect(() => v.parse(ExperimentSchema, { ...base, training: { ...base.training, ...training } })).not.toThrow();
    }
  });
});

describe('their chapter', () => {
  it('has a row a stage, and the figures', () => {
    const ran = stages.map((_, index) => ({ steps: 1_000 + index, minutes: 7.4 }));
    const figures = {
      negativeElbo: 86.123,
      negativeLogLikelihood: 81.987,
      fittedNegativeElbo: 85,
      fittedNegativeLogLikelihood: 80.5,
    };
    const text = longerLines({ stages: ran, samples: 500, figures, remark: 'The second on a faster machine.' }).join(
      '\n',
    );
    for (const [index, { training }] of stages.entries()) {
      expect(text).toMatch(new RegExp(`\\| ${index + 1} \\|.* ${training.epochs} \\|.* ${1_000 + index} \\| 7 \\|`));
    }
    expect(text).toContain('500 samples each: **−ELBO 86.12, NLL 81.99** nats');
    expect(text).toContain('85.00 and 80.50 with the fitted prior');
    expect(text).toContain('The second on a faster machine.');
  });

  it('is left out where nothing was run', () => {
    expect(longerLines(undefined)).not.toContain('## Trained longer');
  });
});
