import type { Experiment, LayerSpec } from '../../electron/contract/experiment.ts';
import { presets } from '../../electron/contract/presets.ts';
import { settingWords } from '../../electron/contract/setting-words.ts';

/** A setting that is not the same in all of the experiments; a value each, in their order. */
export interface Difference {
  readonly path: string;
  readonly words: string;
  readonly values: readonly string[];
}

/** What an experiment has not set. */
const ABSENT = '–';
/** Names tell runs apart, they set nothing. */
const notSettings = new Set(['version', 'name', 'sweep']);

/** The settings in which experiments differ, in the order of the experiment's schema. */
export function differences(experiments: readonly Experiment[]): readonly Difference[] {
  const all = experiments.map(settingsOf);
  return mergedPaths(all).flatMap((path) => {
    const found = all.map((settings) => settings.get(path));
    // A switch that is left out is off.
    const absent = found.includes('yes') || found.includes('no') ? 'no' : ABSENT;
    const values = found.map((value) => value ?? absent);
    return values.every((value) => value === values[0]) ? [] : [{ path, words: settingWords(path), values }];
  });
}

/** "dense 256 gelu", "conv 32, 3 × 3, stride 2, relu". */
export function layerWords(layer: LayerSpec): string {
  switch (layer.kind) {
    case 'dense':
      return [`dense ${layer.units} ${layer.activation}`, ...extras(layer)].join(', ');
    case 'conv': {
      const { filters, kernel, stride, activation } = layer;
      return [`conv ${filters}, ${kernel} × ${kernel}, stride ${stride}, ${activation}`, ...extras(layer)].join(', ');
    }
    case 'pool':
      return `${layer.method} pool ${layer.size} × ${layer.size}`;
    case 'upsample':
      return `upsample ${layer.size} × ${layer.size}`;
  }
}

function extras({ batchNorm, dropout }: { batchNorm?: boolean | undefined; dropout?: number | undefined }): string[] {
  return [...(batchNorm ? ['batch norm'] : []), ...(dropout ? [`dropout ${dropout}`] : [])];
}

function settingsOf(experiment: Experiment): ReadonlyMap<string, string> {
  const { model } = experiment;
  const settings = new Map<string, string>();
  const preset = presets.find(({ id }) => id === experiment.preset)?.name ?? experiment.preset;
  const said = {
    ...experiment,
    preset,
    model: {
      ...model,
      inputShape: model.inputShape.join(' × '),
      encoder: layersWords(model.encoder),
      decoder: model.decoder === 'mirror' ? 'mirror of the encoder' : layersWords(model.decoder),
    },
  };
  collect('', said, settings);
  return settings;
}

const layersWords = (layers: readonly LayerSpec[]) =>
  layers.length === 0 ? 'none' : layers.map(layerWords).join(' → ');

function collect(path: string, value: unknown, into: Map<string, string>): void {
  if (value === undefined || notSettings.has(path)) return;
  if (typeof value === 'object' && value !== null) {
    for (const [key, part] of Object.entries(value)) collect(path === '' ? key : `${path}.${key}`, part, into);
  } else if (typeof value === 'boolean') into.set(path, value ? 'yes' : 'no');
  else into.set(path, String(value as string | number));
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
