import type { Experiment, LayerSpec } from './experiment.ts';
import { residualOf } from './layer-settings.ts';
import { presets } from './presets.ts';
import { RECIPE_ID, RECIPE_NAME } from './recipe.ts';

/** Names tell runs apart, they set nothing. */
const notSettings = new Set(['version', 'name', 'sweep']);

/** "dense 256 gelu", "conv 32, 3 × 3, stride 2, relu". */
export function layerWords(layer: LayerSpec): string {
  switch (layer.kind) {
    case 'dense':
      return [`dense ${layer.units} ${layer.activation}`, ...extras(layer)].join(', ');
    case 'conv':
    case 'separable': {
      const { filters, kernel, stride, activation } = layer;
      const kind = layer.kind === 'conv' && layer.transposed === true ? 'transposed conv' : layer.kind;
      const padding = layer.padding === 'valid' ? ['no padding'] : [];
      const words = [`${kind} ${filters}, ${kernel} × ${kernel}, stride ${stride}`, ...padding, activation];
      return [...words, ...extras(layer)].join(', ');
    }
    case 'residual': {
      const own = residualOf(layer);
      const { filters, channels, stride, plainSum, preActivation, groups } = own;
      const words = [
        `residual ${filters}, ${kernelWords(own)}`,
        ...(channels === undefined ? [] : [`to ${channels} channels`]),
        ...(stride === 1
          ? []
          : [`stride ${stride}${own.middleKernel !== undefined && own.firstStrides ? ' of the first' : ''}`]),
        preActivation ? `${layer.activation} before each` : layer.activation,
        ...(plainSum && !preActivation ? ['sum as it is'] : []),
        ...(groups === undefined ? [] : [`group norm of ${groups}`]),
      ];
      return [...words, ...extras(layer)].join(', ');
    }
    case 'pool': {
      const stride = layer.stride === undefined ? [] : [`stride ${layer.stride}`];
      const padding = layer.padding === 'valid' ? ['no padding'] : [];
      return [`${layer.method} pool ${layer.size} × ${layer.size}`, ...stride, ...padding].join(', ');
    }
    case 'upsample':
      return `${enlargingWord(layer.method)}upsample ${layer.size} × ${layer.size}`;
    default:
      return plainWords(layer);
  }
}

/** "3 × 3", "1 × 1, 3 × 3 and 1 × 1". */
function kernelWords({ kernel, middleKernel, secondKernel }: ReturnType<typeof residualOf>): string {
  const square = (side: number): string => `${side} × ${side}`;
  if (middleKernel !== undefined) return `${square(kernel)}, ${square(middleKernel)} and ${square(secondKernel)}`;
  return secondKernel === kernel ? square(kernel) : `${square(kernel)} and ${square(secondKernel)}`;
}

const enlargingWord = (method: string | undefined): string =>
  method === undefined || method === 'nearest' ? '' : `${method.replace('-', ' ')} `;

function plainWords(
  layer: Exclude<LayerSpec, { kind: 'dense' | 'conv' | 'separable' | 'residual' | 'pool' | 'upsample' }>,
): string {
  switch (layer.kind) {
    case 'global-pool':
      return `global ${layer.method} pool`;
    case 'norm':
      return layer.method === 'group' ? `group norm of ${layer.groups ?? 1}` : `${layer.method} norm`;
    case 'activation':
      return [layer.activation, ...extras(layer)].join(', ');
    case 'dropout':
      return `${layer.method === 'units' ? '' : `${layer.method} `}dropout ${layer.rate}`;
    case 'zero-pad':
    case 'crop': {
      const { top, bottom, left, right } = layer;
      return `${layer.kind} ${[top, bottom, left, right].join(' ')}`;
    }
    case 'reshape':
      return `reshape ${layer.shape.join(' × ')}`;
    case 'rescale':
      return `rescale × ${layer.scale} + ${layer.offset}`;
  }
}

function extras(layer: {
  readonly slope?: number;
  readonly batchNorm?: boolean | undefined;
  readonly dropout?: number | undefined;
}): string[] {
  const { slope, batchNorm, dropout } = layer;
  return [
    ...(slope === undefined ? [] : [`slope ${slope}`]),
    ...(batchNorm ? ['batch norm'] : []),
    ...(dropout ? [`dropout ${dropout}`] : []),
  ];
}

/** Every setting of an experiment by its path, in the schema's order, in words; what is left out is left out. */
export function experimentSettings(experiment: Experiment): ReadonlyMap<string, string> {
  const { model } = experiment;
  const settings = new Map<string, string>();
  const named = presets.find(({ id }) => id === experiment.preset)?.name;
  const preset = named ?? (experiment.preset === RECIPE_ID ? RECIPE_NAME : experiment.preset);
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
