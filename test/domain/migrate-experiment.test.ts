import { describe, expect, it } from 'vitest';
import { StudioError } from '../../electron/domain/errors.ts';
import { readExperiment } from '../../electron/domain/migrate-experiment.ts';
import { presetExperiment, presets } from '../../electron/domain/presets.ts';

const current = presetExperiment(presets[0]!, 'mnist', [28, 28, 1]);

/** As the first version wrote it: the penalty on the code stood beside the loss. */
function first(codeL1: unknown): unknown {
  const training = { ...current.training, regularisers: undefined, codeL1 };
  return JSON.parse(JSON.stringify({ ...current, version: 1, training })) as unknown;
}

describe('an experiment’s file', () => {
  it('of this version is read as it is', () => {
    expect(readExperiment(JSON.parse(JSON.stringify(current)), 'a.json')).toEqual(current);
  });

  it('of version 1 is migrated', () => {
    expect(readExperiment(first(0.25), 'a.json')).toEqual({
      ...current,
      training: { ...current.training, regularisers: { codeL1: 0.25, contractive: 0 } },
    });
  });

  it.each<[string, unknown, string]>([
    ['no experiment', [current], 'a.json: expected an experiment, found a list.'],
    ['nothing', null, 'a.json: expected an experiment, found null.'],
    [
      'without a version',
      { ...current, version: undefined },
      'a.json: version must be a whole number from 1, found none.',
    ],
    ['with half a version', { ...current, version: 1.5 }, 'a.json: version must be a whole number from 1, found 1.5.'],
    [
      'of a newer version',
      { ...current, version: 3 },
      'a.json: written by a newer version of the app: version 3, this version of the app reads up to 2.',
    ],
    ['of version 1 and broken', first('much'), 'a.json: training.regularisers.codeL1 must be number, found "much".'],
    ['broken', { ...current, training: 5 }, 'a.json: training must be Object, found 5.'],
    [
      'of version 1 without its training',
      { ...current, version: 1, training: 5 },
      'a.json: training must be Object, found 5.',
    ],
  ])('%s is refused by name', (_name, value, message) => {
    expect(() => readExperiment(value, 'a.json')).toThrow(new StudioError('bad-file', message));
  });
});
