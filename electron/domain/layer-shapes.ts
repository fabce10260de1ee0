import type { LayerSpec, Padding } from './layer-spec.ts';
import { settingsOf, type LayerSettings, type LayerShape } from './layer-settings.ts';
import { blockParts } from './residual-parts.ts';

/** Layers that keep a shape and its order: what stands between two others. */
export const keepsShape = ({ kind }: { readonly kind: LayerSettings['kind'] }): boolean =>
  kind === 'norm' || kind === 'activation' || kind === 'dropout';

/** The shape that a layer makes of its input, where nothing is wrong with it. */
export function shapeAfter(spec: LayerSpec, from: LayerShape): LayerShape {
  const settings = settingsOf(spec);
  const [height = 1, width = 1, channels = 1] = from;
  switch (settings.kind) {
    case 'dense':
      return [spec.kind === 'dense' ? spec.units : sizeOf(from)];
    case 'conv': {
      const sized = (size: number): number => (settings.transposed ? grown(size, settings) : placesIn(size, settings));
      return [sized(height), sized(width), settings.filters];
    }
    case 'separable':
      return [placesIn(height, settings), placesIn(width, settings), settings.filters];
    case 'residual': {
      const places = (size: number): number => placesIn(size, { ...settings, padding: 'same' });
      return [places(height), places(width), settings.channels ?? channels];
    }
    case 'pool': {
      const window = { ...settings, kernel: settings.size };
      return [placesIn(height, window), placesIn(width, window), channels];
    }
    case 'global-pool':
      return [channels];
    case 'upsample':
      return [height * settings.size, width * settings.size, channels];
    case 'zero-pad':
      return [height + settings.top + settings.bottom, width + settings.left + settings.right, channels];
    case 'crop':
      return [height - settings.top - settings.bottom, width - settings.left - settings.right, channels];
    case 'reshape':
      return spec.kind === 'reshape' ? spec.shape : from;
    default:
      return from;
  }
}

interface Window {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: Padding;
}

/** How many windows go into so many rows or columns. */
export function placesIn(size: number, { kernel, stride, padding }: Window): number {
  return padding === 'same' ? Math.ceil(size / stride) : Math.floor((size - kernel) / stride) + 1;
}

/** What a transposed convolution grows so many rows or columns to. */
function grown(size: number, { kernel, stride, padding }: Window): number {
  return size * stride + (padding === 'same' ? 0 : Math.max(kernel - stride, 0));
}

/** What is wrong with a layer that takes this shape, whichever half it is in: "expected …, found …". */
export function wrongWith(spec: LayerSpec, from: LayerShape): string | undefined {
  const settings = settingsOf(spec);
  const [height = 1, width = 1, channels = 1] = from;
  if (settings.kind === 'norm') return wrongGroups(settings, from);
  if (settings.kind === 'dropout') {
    if (settings.method !== 'channels' || from.length > 1) return undefined;
    return `expected an image to silence channels of, found ${height} units.`;
  }
  if (['dense', 'activation', 'rescale'].includes(settings.kind)) return undefined;
  if (spec.kind === 'reshape') {
    const [wanted, found] = [sizeOf(spec.shape), sizeOf(from)];
    if (wanted === found) return undefined;
    return `expected a shape of ${found} values, found ${spec.shape.join(' × ')}, which is ${wanted}.`;
  }
  if (from.length === 1) {
    return `expected an image for a ${settings.kind} layer, found ${height} units: it must stand before every dense layer.`;
  }
  const least = 'padding' in settings && settings.padding === 'valid' ? windowOf(settings) : 1;
  const shrinks = !('transposed' in settings && settings.transposed);
  if (shrinks && Math.min(height, width) < least) {
    return `expected an image of at least ${least} × ${least} for a window that does not reach beyond it, found ${height} × ${width}.`;
  }
  if (settings.kind === 'pool' && Math.min(height, width) < settings.size) {
    return `expected an image of at least ${settings.size} × ${settings.size} to pool, found ${height} × ${width}.`;
  }
  if (settings.kind === 'residual' && settings.stride > 1 && settings.channels === undefined) {
    return `expected channels to be said for a stride of ${settings.stride}, so that what comes in shrinks too, found none.`;
  }
  if (settings.kind === 'residual') {
    const wrong = wrongInBlock(settings, from, shapeAfter(spec, from));
    if (wrong !== undefined) return wrong;
  }
  if (
    settings.kind === 'crop' &&
    (settings.top + settings.bottom >= height || settings.left + settings.right >= width)
  ) {
    return `expected less to cut off than the image has, found all of ${height} × ${width} × ${channels}.`;
  }
  return undefined;
}

/** What is wrong with how a residual layer is normalised, between these shapes. */
export function wrongInBlock(
  settings: Extract<LayerSettings, { kind: 'residual' }>,
  from: LayerShape,
  to: LayerShape,
): string | undefined {
  if (settings.groups === undefined) return undefined;
  if (settings.batchNorm) return 'expected normalisation over the batch or over groups, found both.';
  const { inner, shortcut } = blockParts(settings, from, to);
  for (const part of [...inner, ...shortcut]) {
    const wrong = part.settings.kind === 'norm' ? wrongGroups(part.settings, part.shape) : undefined;
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function wrongGroups(
  { method, groups }: Extract<LayerSettings, { kind: 'norm' }>,
  from: LayerShape,
): string | undefined {
  const channels = from.at(-1) ?? 1;
  if (method !== 'group' || channels % groups === 0) return undefined;
  return `expected groups that ${channels} channel${channels === 1 ? '' : 's'} can be parted into, found ${groups}.`;
}

const windowOf = (settings: Extract<LayerSettings, { padding: Padding }>): number =>
  settings.kind === 'pool' ? settings.size : settings.kernel;

/** How many values a shape has. */
export const sizeOf = (shape: LayerShape): number => shape.reduce((all, size) => all * size, 1);
