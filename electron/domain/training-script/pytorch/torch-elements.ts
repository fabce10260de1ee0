import { assertNever } from '../../errors.ts';
import { notWritten } from '../script-limits.ts';
import type { Padding } from '../../geometry.ts';
import { LEAKY_SLOPE, NORM_EPSILON, type Bending, type LayerFinish } from '../../layer-settings.ts';
import type { LayoutLayer } from '../../model-layout.ts';
import { joined, literal } from '../script-text.ts';
import type { ScriptPlan } from '../script-plan.ts';

/** Modules of layers without kernels, which look at one value at a time, or at where it is. */
export function torchElement(layer: LayoutLayer): string[] {
  const { inputShape, shape } = layer;
  const last = shape.at(-1) ?? 1;
  switch (layer.kind) {
    case 'norm': {
      const epsilon = `eps=${literal(layer.epsilon)}`;
      if (layer.method === 'batch') return [batchNorm(shape.length > 1 ? 2 : 1, last)];
      if (layer.method === 'group') return [`nn.GroupNorm(${layer.groups}, ${last}, ${epsilon})`];
      return [`${shape.length > 1 ? 'ChannelNorm' : 'nn.LayerNorm'}(${last}, ${epsilon})`];
    }
    case 'activation':
      return [torchActivation(layer, last) ?? []].flat();
    case 'dropout': {
      const name = { units: 'nn.Dropout', channels: 'nn.Dropout2d', gaussian: 'GaussianDropout' }[layer.method];
      return [`${name}(${literal(layer.rate)})`];
    }
    case 'zero-pad':
      return padded(layer);
    case 'crop':
      return [`nn.ZeroPad2d((${-layer.left}, ${-layer.right}, ${-layer.top}, ${-layer.bottom}))`.replaceAll('-0', '0')];
    case 'reshape':
      if (inputShape.length === 1 && shape.length === 1) return [];
      return [`Reshape(${shape.join(', ')})`];
    case 'rescale':
      return [`Rescale(${literal(layer.scale)}, ${literal(layer.offset)})`];
    default:
      throw notWritten(`a ${layer.kind} layer`);
  }
}

/** Modules that PyTorch does not have, before they are used. */
export function torchElementClasses({ encoder, decoder }: ScriptPlan): string {
  const layers = [...encoder, ...decoder];
  const some = (is: (layer: LayoutLayer) => boolean, text: string): string | undefined =>
    layers.some(is) ? text : undefined;
  return joined(2, [
    some((layer) => layer.kind === 'norm' && layer.method === 'layer' && layer.shape.length > 1, CHANNEL_NORM),
    some((layer) => layer.kind === 'dropout' && layer.method === 'gaussian', GAUSSIAN_DROPOUT),
    some((layer) => layer.kind === 'reshape', RESHAPE),
    some((layer) => layer.kind === 'rescale', RESCALE),
    some((layer) => layer.kind === 'residual', RESIDUAL),
  ]);
}

const RESIDUAL = `class Residual(nn.Module):
    """Adds what modules make of images to them, or to what others do (He et al. 2016, eq. 2)."""

    def __init__(self, *inner, beside=None):
        super().__init__()
        self.inner = nn.Sequential(*inner)
        self.beside = beside or nn.Identity()

    def forward(self, images):
        return self.beside(images) + self.inner(images)`;

const CHANNEL_NORM = `class ChannelNorm(nn.LayerNorm):
    """Layer normalisation over the channels at each place."""

    def forward(self, images):
        return super().forward(images.movedim(1, -1)).movedim(-1, 1)`;

const GAUSSIAN_DROPOUT = `class GaussianDropout(nn.Module):
    """Multiplies by noise around 1 (Srivastava et al. 2014, section 10)."""

    def __init__(self, rate):
        super().__init__()
        self.deviation = (rate / (1 - rate)) ** 0.5

    def forward(self, x):
        return x * (1 + self.deviation * torch.randn_like(x)) if self.training else x`;

const RESHAPE = `class Reshape(nn.Module):
    """Other rows or images of the same values, counted with an image's channels last."""

    def __init__(self, *shape):
        super().__init__()
        self.shape = shape

    def forward(self, x):
        return x.movedim(1, -1).reshape(len(x), *self.shape).movedim(-1, 1)`;

const RESCALE = `class Rescale(nn.Module):
    def __init__(self, scale, offset):
        super().__init__()
        self.scale, self.offset = scale, offset

    def forward(self, x):
        return self.scale * x + self.offset`;

/** PyTorch's momentum is the share of the new statistics, TensorFlow's that of the old ones. */
const batchNorm = (dimensions: 1 | 2, units: number): string =>
  `nn.BatchNorm${dimensions}d(${units}, eps=${NORM_EPSILON}, momentum=0.01)`;

/** Modules behind one with weights. @param dimensions of the images that it gives, 1 for rows; @param units or channels */
export function torchFinish(finish: LayerFinish, dimensions: 1 | 2, units: number): string[] {
  const module = torchActivation(finish, units);
  return [
    ...(finish.batchNorm ? [batchNorm(dimensions, units)] : []),
    ...(module === undefined ? [] : [module]),
    ...(finish.dropout > 0 ? [`nn.Dropout(${literal(finish.dropout)})`] : []),
  ];
}

/** @param units or channels */
export function torchActivation({ activation, slope = LEAKY_SLOPE }: Bending, units: number): string | undefined {
  switch (activation) {
    case 'linear':
      return undefined;
    case 'sigmoid':
      return 'nn.Sigmoid()';
    case 'tanh':
      return 'nn.Tanh()';
    case 'relu':
      return 'nn.ReLU()';
    case 'leaky-relu':
      return `nn.LeakyReLU(${literal(slope)})`;
    case 'elu':
      return 'nn.ELU()';
    case 'gelu':
      return 'nn.GELU()';
    case 'softplus':
      return 'nn.Softplus()';
    case 'silu':
      return 'nn.SiLU()';
    case 'selu':
      return 'nn.SELU()';
    case 'clip':
      return 'nn.Hardtanh(0, 1)';
    case 'gelu-tanh':
      return 'nn.GELU(approximate="tanh")';
    case 'hard-silu':
      return 'nn.Hardswish()';
    case 'mish':
      return 'nn.Mish()';
    case 'softsign':
      return 'nn.Softsign()';
    case 'prelu':
      return `nn.PReLU(${units})`;
    default:
      return assertNever(activation);
  }
}

/** PyTorch names the last axis first. */
export function padded({ top, left, bottom, right }: Padding, value?: string): string[] {
  if (top + left + bottom + right === 0) return [];
  const sides = `(${left}, ${right}, ${top}, ${bottom})`;
  return [value === undefined ? `nn.ZeroPad2d(${sides})` : `nn.ConstantPad2d(${sides}, ${value})`];
}
