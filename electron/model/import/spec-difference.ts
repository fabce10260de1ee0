import type { ModelSpec } from '../../domain/experiment.ts';
import type { LayerFinish, LayerSettings } from '../../domain/layer-settings.ts';
import { layOut } from '../../domain/model-layout.ts';
import type { AppLayer } from './app-layers.ts';

/** What a file has, as layers of the app. */
export interface Parts {
  readonly encoder: readonly AppLayer[];
  readonly code: AppLayer;
  /** The layer that gives the image is the last. */
  readonly decoder: readonly AppLayer[];
}

/** Where the app's layout of the spec is not what the file has. */
export function difference(
  spec: ModelSpec,
  { encoder, code, decoder }: Parts,
): { readonly name: string; readonly expected: string; readonly found: string } | undefined {
  const { layers, problems } = layOut(spec);
  const own = [...encoder, code, ...decoder];
  const [problem] = problems;
  if (problem !== undefined) {
    const [part = '', index] = problem.path.split('.');
    const at = part === 'decoder' ? decoder[Number(index)] : encoder[Number(index)];
    const found = problem.message.replace(/^expected /, '').replace(/\.$/, '');
    return {
      name: at?.name ?? problem.path,
      expected: found.split(', found ')[0]!,
      found: found.split(', found ')[1] ?? '',
    };
  }
  for (const [index, layer] of own.entries()) {
    const laid = layers[index];
    const [expected, found] = [wordsOf(laid, laid?.shape), wordsOf(layer.settings, layer.shape)];
    if (expected !== found) return { name: layer.name, expected, found };
  }
  if (layers.length === own.length) return undefined;
  return { name: own.at(-1)?.name ?? '', expected: `${layers.length} layers`, found: `${own.length}` };
}

/** Everything of a layer that another of the same settings and shape has too. */
function wordsOf(settings: LayerSettings | undefined, shape: readonly number[] | undefined): string {
  if (settings === undefined || shape === undefined) return 'none';
  const to = ` → ${shape.join(' × ')}`;
  switch (settings.kind) {
    case 'dense':
      return `dense${finishWords(settings)}${to}`;
    case 'conv': {
      const { kernel, stride, transposed, padding } = settings;
      const name = transposed ? 'transposed convolution' : 'convolution';
      const edge = padding === 'valid' ? ', no padding' : '';
      return `${name} ${kernel} × ${kernel}, stride ${stride}${edge}${finishWords(settings)}${to}`;
    }
    case 'pool': {
      const { method, size, stride, padding } = settings;
      return `${method} pooling by ${size}, stride ${stride}, ${padding}${to}`;
    }
    case 'upsample':
      return `${settings.method === 'nearest' ? '' : `${settings.method} `}enlarging by ${settings.size}${to}`;
    default: {
      const own = Object.entries(ownSettings(settings)).map(([key, value]) => `${key} ${String(value)}`);
      return `${own.sort().join(', ')}${to}`;
    }
  }
}

/** Without what the layout adds. */
function ownSettings(settings: LayerSettings): Readonly<Record<string, unknown>> {
  const laid = [
    'path',
    'name',
    'part',
    'inputShape',
    'shape',
    'parameters',
    'statistics',
    'multiplyAdds',
    'activationBytes',
  ];
  return Object.fromEntries(Object.entries(settings).filter(([key]) => !laid.includes(key)));
}

function finishWords({ activation, slope, batchNorm, dropout }: LayerFinish): string {
  const bent = slope === undefined ? activation : `${activation} ${slope}`;
  return `${batchNorm ? ', batch normalisation' : ''}, ${bent}${dropout > 0 ? `, dropout ${dropout}` : ''}`;
}
