import { StudioError } from '../../domain/errors.ts';
import type { ModelSpec } from '../../domain/experiment.ts';
import type { ModelPart } from '../../domain/export-formats.ts';
import { LEAKY_SLOPE, NORM_EPSILON, type LayerShape } from '../../domain/layer-settings.ts';
import { layOut, type LayoutLayer } from '../../domain/model-layout.ts';
import type { StoredTensor } from '../../files/safetensors.ts';
import { samePadding, transposedStart } from '../../domain/geometry.ts';
import type { PlainModel, PlainOp, PlainStep, PlainWeight } from './plain-model.ts';
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
  const encoder = { part: 'encoder', inputShape: spec.inputShape, shape: code, ops: opsOf(false) } as const;
  const decoder = { part: 'decoder', inputShape: code, shape: spec.inputShape, ops: opsOf(true) } as const;
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
    if (layer.kind === 'dense') {
      if (this.shape.length > 1) this.add({ kind: 'flatten' }, [product(this.shape)], 'flatten');
      this.add({ kind: 'dense', kernel: this.kernel(), ...this.bias() }, [product(layer.shape)]);
      this.finish();
      if (layer.shape.length > 1) this.add({ kind: 'reshape' }, layer.shape, 'reshape');
    } else if (layer.kind === 'conv') {
      const { stride, kernel: window, transposed } = layer;
      const own = { kernel: this.kernel(), ...this.bias(), stride };
      const start = transposedStart(window, stride);
      this.add(
        transposed
          ? { kind: 'conv-transpose', ...own, top: start, left: start }
          : { kind: 'conv', ...own, padding: samePadding(this.shape, window, stride) },
        layer.shape,
      );
      this.finish();
    } else if (layer.kind === 'pool') {
      const { method, size } = layer;
      this.add({ kind: 'pool', method, size, padding: samePadding(this.shape, size, size) }, layer.shape);
    } else this.add({ kind: 'upsample', size: layer.size }, layer.shape);
  }

  /** Batch normalisation stands between a layer and its activation. */
  private finish(): void {
    const { layer } = this;
    if (layer.kind !== 'dense' && layer.kind !== 'conv') return;
    if (layer.batchNorm) {
      const of = (name: string): PlainWeight => this.weight(`${layer.name}-norm/${name}`);
      const statistics = { mean: of('moving_mean'), variance: of('moving_variance') };
      const step = { scale: of('gamma'), shift: of('beta'), ...statistics, epsilon: NORM_EPSILON };
      this.add({ kind: 'batch-norm', ...step }, this.shape, 'norm');
    }
    const { activation } = layer;
    if (activation === 'linear') return;
    const slope = activation === 'leaky-relu' ? { slope: LEAKY_SLOPE } : {};
    this.add({ kind: 'activation', activation, ...slope }, this.shape, 'activation');
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

const product = (shape: LayerShape): number => shape.reduce((all, size) => all * size, 1);
