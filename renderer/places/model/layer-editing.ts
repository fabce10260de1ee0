import type { LayerSpec, ModelSpec } from '../../../electron/domain/experiment.ts';
import { withChoice, type Draft } from '../../experiment/draft.ts';
import { withValueAt } from '../../experiment/path-values.ts';

/** Which list of layers: the decoder's only when it is given by hand. */
export type LayerList = 'encoder' | 'decoder';
export type LayerKind = LayerSpec['kind'];

/** What may be added to a list. */
export const kindsOf: Readonly<Record<LayerList, readonly LayerKind[]>> = {
  encoder: ['dense', 'conv', 'pool', 'separable', 'residual', 'global-pool', 'norm', 'dropout', 'zero-pad', 'crop'],
  decoder: ['dense', 'conv', 'upsample', 'residual', 'norm', 'dropout'],
};

/** How many of a list's kinds, its first, have a button of their own; the others stand in a list. */
export const COMMON_KINDS = 3;

/** What a kind is called where it is offered. */
export const kindNames: Readonly<Record<LayerKind, string>> = {
  dense: 'dense',
  conv: 'convolution',
  pool: 'pooling',
  upsample: 'upsampling',
  separable: 'separable convolution',
  residual: 'residual block',
  'global-pool': 'global pooling',
  norm: 'normalisation',
  dropout: 'dropout',
  activation: 'activation alone',
  rescale: 'rescaling',
  reshape: 'reshaping',
  'zero-pad': 'zero padding',
  crop: 'cropping',
};

/** Kinds that go with images and with rows alike: behind the last layer. */
const anywhere: readonly LayerKind[] = ['norm', 'activation', 'dropout', 'rescale'];

/** The layers of a list; none of a decoder that mirrors the encoder. */
export function layersOf({ encoder, decoder }: ModelSpec, list: LayerList): readonly LayerSpec[] {
  if (list === 'encoder') return encoder;
  return decoder === 'mirror' ? [] : decoder;
}

/**
 * With one more layer, where such a layer fits: in an encoder images are handled before units, in a decoder after them.
 * Its settings are those of the last layer of its kind, else usual ones.
 */
export function withLayer(
  draft: Draft,
  list: LayerList,
  kind: LayerKind,
): { readonly draft: Draft; readonly index: number } {
  const layers = layersOf(draft.base.model, list);
  const index = placeFor(layers, list, kind);
  const next = layers.toSpliced(index, 0, layerLike(layers, kind));
  const from = [...layers.keys()].toSpliced(index, 0, -1);
  return { draft: rearranged(draft, list, next, from), index };
}

export function withoutLayer(draft: Draft, list: LayerList, index: number): Draft {
  const layers = layersOf(draft.base.model, list);
  return rearranged(draft, list, layers.toSpliced(index, 1), [...layers.keys()].toSpliced(index, 1));
}

/** With a layer at another place of its list; beyond the ends nothing changes. */
export function withLayerMoved(draft: Draft, list: LayerList, index: number, to: number): Draft {
  const layers = layersOf(draft.base.model, list);
  const moved = layers[index];
  if (!moved || to < 0 || to >= layers.length) return draft;
  const order = [...layers.keys()].toSpliced(index, 1).toSpliced(to, 0, index);
  const next = order.map((at) => layers[at]!);
  return rearranged(draft, list, next, order);
}

/** A decoder by hand starts as the encoder's layers turned around; a mirror forgets what was written. */
export function withDecoder(draft: Draft, how: 'mirror' | 'by-hand'): Draft {
  const { encoder } = draft.base.model;
  return withChoice(
    draft,
    'model.decoder',
    how === 'mirror' ? 'mirror' : encoder.filter(hasTurn).reverse().flatMap(turned),
  );
}

/** Whether a decoder between its ends has a layer for it: what pools without a stride leaves nothing to enlarge. */
const hasTurn = (layer: LayerSpec): boolean =>
  !['global-pool', 'zero-pad', 'crop', 'reshape', 'rescale'].includes(layer.kind) &&
  !(layer.kind === 'pool' && shrinkingOf(layer) === 1);

/** By how much pooling shrinks an image. */
const shrinkingOf = ({ stride, size }: Extract<LayerSpec, { kind: 'pool' }>): number => stride ?? size;

/** A block has nothing to grow by: what it shrank is enlarged before it. */
function turned(layer: LayerSpec): LayerSpec | readonly LayerSpec[] {
  if (layer.kind === 'pool') return { kind: 'upsample', size: shrinkingOf(layer) };
  if (layer.kind === 'residual' && layer.stride !== undefined) {
    const { stride, ...block } = layer;
    return stride === 1 ? block : [{ kind: 'upsample', size: stride }, block];
  }
  if (layer.kind !== 'separable') return layer;
  const { filters, kernel, stride, activation } = layer;
  return { kind: 'conv', filters, kernel, stride, activation };
}

function placeFor(layers: readonly LayerSpec[], list: LayerList, kind: LayerKind): number {
  const dense = (layer: LayerSpec) => layer.kind === 'dense';
  const first = layers.findIndex((layer) => (list === 'encoder' ? dense(layer) : !dense(layer)));
  if (anywhere.includes(kind)) return layers.length;
  const early = list === 'encoder' ? kind !== 'dense' : kind === 'dense';
  return early && first >= 0 ? first : layers.length;
}

function layerLike(layers: readonly LayerSpec[], kind: LayerKind): LayerSpec {
  const alike = layers.findLast((layer) => layer.kind === kind);
  if (alike) return alike;
  switch (kind) {
    case 'dense':
      return { kind, units: 128, activation: 'gelu' };
    case 'conv':
      return { kind, filters: 16, kernel: 3, stride: 2, activation: 'relu' };
    case 'pool':
      return { kind, method: 'max', size: 2 };
    case 'upsample':
      return { kind, size: 2 };
    case 'separable':
      return { kind, filters: 16, kernel: 3, stride: 1, activation: 'relu' };
    case 'residual':
      return { kind, filters: 16, kernel: 3, activation: 'relu' };
    default:
      return plainLayer(kind);
  }
}

type PlainKind = Exclude<LayerKind, 'dense' | 'conv' | 'pool' | 'upsample' | 'separable' | 'residual'>;

/** Of layers without kernels. */
function plainLayer(kind: PlainKind): LayerSpec {
  switch (kind) {
    case 'global-pool':
      return { kind, method: 'average' };
    case 'norm':
      return { kind, method: 'batch' };
    case 'activation':
      return { kind, activation: 'relu' };
    case 'dropout':
      return { kind, method: 'units', rate: 0.2 };
    case 'zero-pad':
    case 'crop':
      return { kind, top: 1, bottom: 1, left: 1, right: 1 };
    case 'reshape':
      return { kind, shape: [1] };
    case 'rescale':
      return { kind, scale: 2, offset: -1 };
  }
}

/**
 * What was typed moves with its layer.
 * @param from the place before, of each layer now; −1 for a new one
 */
function rearranged(draft: Draft, list: LayerList, layers: readonly LayerSpec[], from: readonly number[]): Draft {
  const prefix = `model.${list}.`;
  const typed: Record<string, string> = {};
  for (const [path, text] of Object.entries(draft.typed)) {
    if (!path.startsWith(prefix)) typed[path] = text;
    else {
      const [index = '', ...field] = path.slice(prefix.length).split('.');
      const now = from.indexOf(Number(index));
      if (now >= 0) typed[`${prefix}${[now, ...field].join('.')}`] = text;
    }
  }
  return { base: withValueAt(draft.base, `model.${list}`, layers), typed };
}
