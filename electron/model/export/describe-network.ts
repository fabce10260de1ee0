import { StudioError } from '../../domain/errors.ts';
import type { ModelSpec } from '../../domain/experiment.ts';
import type { ModelPart } from '../../domain/export-formats.ts';
import {
  LEAKY_SLOPE,
  NORM_EPSILON,
  type Bending,
  type LayerFinish,
  type LayerShape,
} from '../../domain/layer-settings.ts';
import { layOut, type LayoutLayer } from '../../domain/model-layout.ts';
import { residualParts, shortcutParts } from '../../domain/residual-parts.ts';
import type { StoredTensor } from '../../files/safetensors.ts';
import { samePadding, transposedStart } from '../../domain/geometry.ts';
import type { Padding, PlainDense, PlainModel, PlainOp, PlainStep, PlainWeight } from './plain-model.ts';
import { transposeTensor } from './transpose-tensor.ts';

type Tensors = Readonly<Record<string, StoredTensor>>;

/**
 * Describes a trained network as plain steps, layer by layer from its layout. Tied weights are written out, transposed.
 * @param tensors the network's weights, named as in its weights file
 * @throws StudioError `bad-spec` naming the layer that is wrong, `internal` where a weight is missing
 */
export function describeNetwork(spec: ModelSpec, tensors: Tensors): Readonly<Record<ModelPart, PlainModel>> {
  const { layers, problems } = layOut(spec);
  const [problem] = problems;
  if (problem) throw new StudioError('bad-spec', `model.${problem.path}: ${problem.message}`);
  const names = new Map(layers.map(({ path, name }) => [path, name]));
  const opsOf = (decoder: boolean): PlainOp[] =>
    layers
      .filter(({ part }) => (part === 'decoder') === decoder)
      .flatMap((layer) => new LayerSteps(layer, tensors, names).ops);
  const code: LayerShape = [spec.code.size];
  const image = layers.find(({ part }) => part === 'code')?.shape ?? code;
  // Codes are rows to all who use them, also where the code is an image.
  const isImage = image.length > 1;
  const encoding: PlainOp[] = isImage
    ? [{ kind: 'flatten', name: 'code-flatten', inputShape: image, shape: code }]
    : [];
  const decoding: PlainOp[] = isImage
    ? [{ kind: 'reshape', name: 'code-reshape', inputShape: code, shape: image }]
    : [];
  const encoder = {
    part: 'encoder',
    inputShape: spec.inputShape,
    shape: code,
    ops: [...opsOf(false), ...encoding],
  } as const;
  const decoder = {
    part: 'decoder',
    inputShape: code,
    shape: spec.inputShape,
    ops: [...decoding, ...opsOf(true)],
  } as const;
  const ops = [...encoder.ops, ...decoder.ops];
  return {
    encoder,
    decoder,
    autoencoder: { part: 'autoencoder', inputShape: spec.inputShape, shape: spec.inputShape, ops },
  };
}

/** The steps of one layer, each taking up the shape that the one before has left. */
class LayerSteps {
  readonly ops: PlainOp[] = [];
  private readonly layer: LayoutLayer;
  private readonly tensors: Tensors;
  private readonly names: ReadonlyMap<string, string>;
  private shape: LayerShape;

  constructor(layer: LayoutLayer, tensors: Tensors, names: ReadonlyMap<string, string>) {
    this.layer = layer;
    this.tensors = tensors;
    this.names = names;
    this.shape = layer.inputShape;
    this.describe();
  }

  private describe(): void {
    const { layer } = this;
    switch (layer.kind) {
      case 'dense':
        if (this.shape.length > 1) this.add({ kind: 'flatten' }, [product(this.shape)], 'flatten');
        if (layer.classes !== undefined) return this.conditional(layer.classes);
        this.add({ kind: 'dense', kernel: this.kernel(), ...this.bias() }, [product(layer.shape)]);
        this.finish(layer);
        if (layer.shape.length > 1) this.add({ kind: 'reshape' }, layer.shape, 'reshape');
        return;
      case 'conv':
        this.convolution(layer);
        this.finish(layer);
        return this.quantise();
      case 'separable': {
        const { kernel, stride } = layer;
        const padding = paddingOf(layer.padding, this.shape, kernel, stride);
        const [height = 1, width = 1] = layer.shape;
        const depthwise = this.weight(`${layer.name}/depthwise_kernel`);
        const between = [height, width, this.shape[2] ?? 1];
        this.add({ kind: 'depthwise', kernel: depthwise, stride, padding }, between, 'depthwise');
        const pointwise = this.weight(`${layer.name}/pointwise_kernel`);
        this.add({ kind: 'conv', kernel: pointwise, ...this.bias(), stride: 1, padding: NO_PADDING }, layer.shape);
        return this.finish(layer);
      }
      case 'residual': {
        const stepsOf = (parts: readonly LayoutLayer[]): PlainOp[] =>
          parts.flatMap((part) => new LayerSteps(part, this.tensors, this.names).ops);
        const [ops, shortcut] = [stepsOf(residualParts(layer)), stepsOf(shortcutParts(layer))];
        this.add({ kind: 'residual', ops, shortcut }, layer.shape);
        return layer.plainSum ? undefined : this.bend(layer, 'activation');
      }
      default:
        return this.plain(layer);
    }
  }

  /** Layers without kernels. */
  private plain(layer: Exclude<LayoutLayer, { kind: 'dense' | 'conv' | 'separable' | 'residual' }>): void {
    switch (layer.kind) {
      case 'pool': {
        const { method, size, stride } = layer;
        const padding = paddingOf(layer.padding, this.shape, size, stride);
        return this.add({ kind: 'pool', method, size, stride, padding }, layer.shape);
      }
      case 'global-pool':
        return this.add({ kind: 'global-pool', method: layer.method }, layer.shape);
      case 'upsample':
        return this.enlarge(layer);
      case 'norm':
        return this.normalise(layer, layer.name);
      case 'activation':
        return this.bend(layer);
      case 'zero-pad':
      case 'crop': {
        const { top, left, bottom, right } = layer;
        const kind = layer.kind === 'crop' ? 'crop' : 'pad';
        return this.add({ kind, padding: { top, left, bottom, right } }, layer.shape);
      }
      case 'reshape':
        return this.add({ kind: layer.shape.length === 1 ? 'flatten' : 'reshape' }, layer.shape);
      case 'rescale':
        return this.add({ kind: 'rescale', scale: layer.scale, offset: layer.offset }, layer.shape);
      // Only in training.
      case 'dropout':
        return undefined;
    }
  }

  private conditional(count: number): void {
    const { name, shape } = this.layer;
    const features = product(this.shape);
    const dense = (own: string, inputs: number, units: number): PlainDense => ({
      kind: 'dense',
      name: own,
      kernel: this.weight(`${own}/kernel`),
      bias: this.weight(`${own}/bias`),
      inputShape: [inputs],
      shape: [units],
    });
    const classes = dense(`${name}-classes`, features, count);
    const style = dense(name, features + count, product(shape) - count);
    this.add({ kind: 'conditional', classes, style }, shape, 'whole');
  }

  private convolution(layer: Extract<LayoutLayer, { kind: 'conv' }>): void {
    const { stride, kernel: window, transposed } = layer;
    const own = { kernel: this.kernel(), ...this.bias(), stride };
    const start = layer.padding === 'same' ? transposedStart(window, stride) : 0;
    this.add(
      transposed
        ? { kind: 'conv-transpose', ...own, top: start, left: start }
        : { kind: 'conv', ...own, padding: paddingOf(layer.padding, this.shape, window, stride) },
      layer.shape,
    );
  }

  private quantise(): void {
    const { name, codebook, shape } = this.layer;
    if (codebook === undefined) return;
    this.add({ kind: 'quantise', codebook: this.weight(`${name}-vectors/codebook`) }, shape, 'vectors');
  }

  /** What is not reached by whole blocks is filled with zeros. */
  private enlarge({ size, method, shape }: Extract<LayoutLayer, { kind: 'upsample' }>): void {
    const [height = 1, width = 1, channels = 1] = shape;
    const [rows, columns] = [(this.shape[0] ?? 1) * size, (this.shape[1] ?? 1) * size];
    const [bottom, right] = [Math.max(height - rows, 0), Math.max(width - columns, 0)];
    this.add({ kind: 'upsample', size, method }, [Math.min(rows, height), Math.min(columns, width), channels]);
    if (bottom + right > 0) this.add({ kind: 'pad', padding: { top: 0, left: 0, bottom, right } }, shape, 'fill');
  }

  /** Batch normalisation stands between a layer and its activation. */
  private finish(layer: LayoutLayer & LayerFinish): void {
    if (layer.batchNorm)
      this.normalise({ method: 'batch', groups: 1, epsilon: NORM_EPSILON }, `${layer.name}-norm`, 'norm');
    this.bend(layer, 'activation');
  }

  private normalise(
    { method, groups, epsilon }: Pick<Extract<LayoutLayer, { kind: 'norm' }>, 'method' | 'groups' | 'epsilon'>,
    name: string,
    suffix?: string,
  ): void {
    const of = (weight: string): PlainWeight => this.weight(`${name}/${weight}`);
    const own = { scale: of('gamma'), shift: of('beta'), epsilon };
    if (method === 'layer') return this.add({ kind: 'layer-norm', ...own }, this.shape, suffix);
    if (method === 'group') return this.add({ kind: 'group-norm', ...own, groups }, this.shape, suffix);
    const statistics = { mean: of('moving_mean'), variance: of('moving_variance') };
    return this.add({ kind: 'batch-norm', ...own, ...statistics }, this.shape, suffix);
  }

  private bend({ activation, slope }: Bending, suffix?: string): void {
    if (activation === 'linear') return;
    const { name } = this.layer;
    if (activation === 'prelu') {
      const alpha = this.weight(`${suffix === undefined ? name : `${name}-${suffix}`}/alpha`);
      return this.add({ kind: 'prelu', alpha }, this.shape, suffix);
    }
    const own = activation === 'leaky-relu' ? { slope: slope ?? LEAKY_SLOPE } : {};
    return this.add({ kind: 'activation', activation, ...own }, this.shape, suffix);
  }

  private kernel(): PlainWeight {
    const { layer } = this;
    const name = `${layer.name}/kernel`;
    if (layer.kind !== 'dense' || layer.tiedTo === undefined) return this.weight(name);
    const source = this.weight(`${this.names.get(layer.tiedTo)}/kernel`);
    return { ...transposeTensor(source, [1, 0]), name };
  }

  private bias(): { bias?: PlainWeight } {
    const { layer } = this;
    return 'batchNorm' in layer && !layer.batchNorm ? { bias: this.weight(`${layer.name}/bias`) } : {};
  }

  private weight(name: string): PlainWeight {
    const tensor = this.tensors[name];
    if (tensor?.data instanceof Float32Array) return { name, shape: tensor.shape, data: tensor.data };
    throw new StudioError('internal', `${name}: expected weights of the network, found none.`);
  }

  private add(step: PlainStep, shape: LayerShape, suffix?: string): void {
    const name = suffix === undefined ? this.layer.name : `${this.layer.name}-${suffix}`;
    this.ops.push({ ...step, name, inputShape: this.shape, shape });
    this.shape = shape;
  }
}

const NO_PADDING: Padding = { top: 0, left: 0, bottom: 0, right: 0 };

const paddingOf = (word: 'same' | 'valid', shape: LayerShape, window: number, stride: number): Padding =>
  word === 'same' ? samePadding(shape, window, stride) : NO_PADDING;

const product = (shape: LayerShape): number => shape.reduce((all, size) => all * size, 1);
