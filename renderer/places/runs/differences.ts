import type { Experiment } from '../../../electron/domain/experiment.ts';
import { experimentSettings } from '../../../electron/domain/settings-of.ts';
import { settingWords } from '../../../electron/domain/setting-words.ts';

/** A setting that is not the same in all of the experiments; a value each, in their order. */
export interface Difference {
  readonly path: string;
  readonly words: string;
  readonly values: readonly string[];
}

/** All settings of one experiment, in the order of its schema; its image set has its own place on screen. */
export function settingsInWords(
  experiment: Experiment,
): readonly { readonly path: string; readonly words: string; readonly value: string }[] {
  return [...experimentSettings(experiment)]
    .filter(([path]) => path !== 'imageSet')
    .map(([path, value]) => ({ path, words: settingWords(path), value }));
}

/** What an experiment has not set. */
const ABSENT = '–';
/** The settings in which experiments differ, in the order of the experiment's schema. */
export function differences(experiments: readonly Experiment[]): readonly Difference[] {
  const all = experiments.map(experimentSettings);
  return mergedPaths(all).flatMap((path) => {
    const found = all.map((settings) => settings.get(path));
    // A switch that is left out is off.
    const absent = found.includes('yes') || found.includes('no') ? 'no' : ABSENT;
    const values = found.map((value) => value ?? absent);
    return values.every((value) => value === values[0]) ? [] : [{ path, words: settingWords(path), values }];
  });
}

/** In the order of the first experiment; what only later ones have stands beside its neighbours there. */
function mergedPaths(all: readonly ReadonlyMap<string, string>[]): readonly string[] {
  const merged: string[] = [];
  for (const settings of all) {
    let at = 0;
    for (const path of settings.keys()) {
      const known = merged.indexOf(path);
      if (known < 0) merged.splice(at, 0, path);
      at = (known < 0 ? at : known) + 1;
    }
  }
  return merged;
}
