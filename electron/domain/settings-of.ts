import type { Experiment, LayerSpec } from './experiment.ts';
import { presets } from './presets.ts';

/** Names tell runs apart, they set nothing. */
const notSettings = new Set(['version', 'name', 'sweep']);

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

/** Every setting of an experiment by its path, in the schema's order, in words; what is left out is left out. */
export function settingsOf(experiment: Experiment): ReadonlyMap<string, string> {
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
