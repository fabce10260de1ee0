import type { ModelPart } from '../../../domain/export-formats.ts';
import type { ExportedModel } from '../exported-model.ts';
import { eachOp, type Padding, type PlainModel, type PlainOp } from '../plain-model.ts';
import { attributeOf } from './torch-weights.ts';

const classNames: Readonly<Record<ModelPart, string>> = {
  autoencoder: 'Autoencoder',
  encoder: 'Encoder',
  decoder: 'Decoder',
};

/** model.py: the network as plain PyTorch modules. */
export function torchModule(model: Pick<ExportedModel, 'scalingInside'>, parts: readonly PlainModel[]): string {
  const whole = parts.length > 1;
  const source = parts.map((part) => classOf(part, model)).join('\n\n\n');
  return `"""${whole ? 'An autoencoder' : `The ${parts[0]?.part} of an autoencoder`} in PyTorch, written by Autoencoder Studio.

Images are [n, channels, height, width], ${model.scalingInside ? 'uint8 in and float32 in [0, 1] out' : 'float32 in [0, 1]'}. Needs: pip install torch safetensors
"""

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor, nn


${source}
${whole ? `\n\n${AUTOENCODER}\n` : ''}

${loader(parts)}
`;
}

const AUTOENCODER = `class Autoencoder(nn.Module):
    """Images -> their reconstructions."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = Encoder()
        self.decoder = Decoder()

    def forward(self, x: Tensor) -> Tensor:
        return self.decoder(self.encoder(x))`;

function loader(parts: readonly PlainModel[]): string {
  const head = (name: string): string => `def load(folder: str | Path = Path(__file__).parent) -> ${name}:
    """The trained model, ready to be used; call .train() to go on training it."""
    state = load_file(Path(folder) / "model.safetensors")`;
  if (parts.length > 1) {
    return `${head('Autoencoder')}
    model = Autoencoder()
    model.load_state_dict(state)
    return model.eval()`;
  }
  const { part } = parts[0] as PlainModel;
  return `${head(classNames[part])}
    model = ${classNames[part]}()
    model.load_state_dict({name.removeprefix("${part}."): tensor for name, tensor in state.items()})
    return model.eval()`;
}

function classOf(
  { part, inputShape, shape, ops }: PlainModel,
  { scalingInside }: Pick<ExportedModel, 'scalingInside'>,
): string {
  const layers = eachOp(ops).flatMap((op) => {
    const layer = layerOf(op);
    return layer === undefined ? [] : [`        self.${attributeOf(op)} = ${layer}`];
  });
  const steps = ops.flatMap(stepsOf).map((line) => `        ${line}`);
  const [input, output] = [inputShape, shape].map((sizes) => `[${['n', ...channelsFirst(sizes)].join(', ')}]`);
  const [from, to] = part === 'encoder' ? ['Images', 'codes'] : ['Codes', 'images'];
  const scale = scalingInside && part === 'encoder' ? ['        x = x.float() / 255'] : [];
  return `class ${classNames[part]}(nn.Module):
    """${from} ${input} -> ${to} ${output}."""

    def __init__(self) -> None:
        super().__init__()
${layers.join('\n')}

    def forward(self, x: Tensor) -> Tensor:
${[...scale, ...steps].join('\n')}
        return x`;
}

const channelsFirst = (shape: readonly number[]): readonly (number | undefined)[] =>
  shape.length === 3 ? [shape[2], shape[0], shape[1]] : shape;

/** What stands in \`__init__\`; nothing for steps without weights. */
function layerOf(op: PlainOp): string | undefined {
  switch (op.kind) {
    case 'dense': {
      const [inputs, units] = op.kernel.shape;
      return `nn.Linear(${inputs}, ${units}${biasWord(op)})`;
    }
    case 'conv': {
      const [size, , inputs, outputs] = op.kernel.shape;
      return `nn.Conv2d(${inputs}, ${outputs}, ${size}, stride=${op.stride}${biasWord(op)})`;
    }
    case 'conv-transpose': {
      const [size = 1, , outputs, inputs] = op.kernel.shape;
      const beyond = beyondWords(op);
      return `nn.ConvTranspose2d(${inputs}, ${outputs}, ${size}, stride=${op.stride}${beyond}${biasWord(op)})`;
    }
    case 'batch-norm': {
      // PyTorch keeps the larger share of the old statistics by a small momentum, TensorFlow by a large one.
      const kind = op.shape.length === 1 ? 'nn.BatchNorm1d' : 'nn.BatchNorm2d';
      return `${kind}(${op.scale.data.length}, eps=${op.epsilon}, momentum=0.01)`;
    }
    case 'depthwise': {
      const [size, , channels] = op.kernel.shape;
      return `nn.Conv2d(${channels}, ${channels}, ${size}, stride=${op.stride}, groups=${channels}, bias=False)`;
    }
    case 'layer-norm':
      return `nn.LayerNorm(${op.scale.data.length}, eps=${op.epsilon})`;
    case 'group-norm':
      return `nn.GroupNorm(${op.groups}, ${op.scale.data.length}, eps=${op.epsilon})`;
    case 'prelu':
      return `nn.PReLU(${op.alpha.data.length})`;
    case 'quantise': {
      const [vectors, channels] = op.codebook.shape;
      return `nn.Embedding(${vectors}, ${channels})`;
    }
    default:
      return undefined;
  }
}

/** PyTorch grows by less than a stride beyond what its kernels reach. */
function beyondWords({
  kernel,
  stride,
  top,
  left,
  inputShape,
  shape,
}: Extract<PlainOp, { kind: 'conv-transpose' }>): string {
  const starts = [top, left];
  const [rows = 0, columns = 0] = [0, 1].map((axis) => {
    const reached = ((inputShape[axis] ?? 1) - 1) * stride + (kernel.shape[axis] ?? 1);
    return Math.max((starts[axis] ?? 0) + (shape[axis] ?? 1) - reached, 0);
  });
  if (rows + columns === 0) return '';
  return `, output_padding=${rows === columns ? rows : `(${rows}, ${columns})`}`;
}

const biasWord = ({ bias }: { readonly bias?: unknown }): string => (bias === undefined ? ', bias=False' : '');

/** What stands in \`forward\`. */
function stepsOf(op: PlainOp): string[] {
  const self = `self.${attributeOf(op)}`;
  switch (op.kind) {
    case 'flatten':
      return ['x = x.permute(0, 2, 3, 1).flatten(1)  # the weights were trained with channels last'];
    case 'reshape':
      return [`x = x.unflatten(1, (${op.shape.join(', ')})).permute(0, 3, 1, 2)`];
    case 'dense':
    case 'batch-norm':
    case 'group-norm':
    case 'prelu':
      return [`x = ${self}(x)`];
    case 'layer-norm':
      return [op.shape.length > 1 ? `x = ${self}(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)` : `x = ${self}(x)`];
    case 'conv':
    case 'depthwise':
      return [...padded(op.padding), `x = ${self}(x)`];
    case 'conv-transpose': {
      const [height = 1, width = 1] = op.shape;
      const crop = `[:, :, ${op.top}:${op.top + height}, ${op.left}:${op.left + width}]`;
      return [`x = ${self}(x)${crop}`];
    }
    case 'activation':
      return [`x = ${activationOf(op)}`];
    case 'pool':
      return poolSteps(op);
    case 'upsample': {
      const [height, width] = op.shape;
      const whole = op.inputShape.slice(0, 2).map((size) => size * op.size);
      const crop = whole[0] === height && whole[1] === width ? '' : `[:, :, :${height}, :${width}]`;
      const corners = op.method === 'bilinear-corners' ? 'True' : 'False';
      const manner = op.method === 'nearest' ? 'mode="nearest"' : `mode="bilinear", align_corners=${corners}`;
      return [`x = F.interpolate(x, scale_factor=${op.size}, ${manner})${crop}`];
    }
    case 'global-pool':
      return [op.method === 'max' ? 'x = x.amax((2, 3))' : 'x = x.mean((2, 3))'];
    case 'pad':
      return padded(op.padding);
    case 'crop': {
      const { top, left } = op.padding;
      return [`x = x[:, :, ${top}:${top + (op.shape[0] ?? 1)}, ${left}:${left + (op.shape[1] ?? 1)}]`];
    }
    case 'rescale':
      return [`x = x * ${op.scale} + ${op.offset}`];
    case 'residual': {
      const before = `before_${attributeOf(op)}`;
      const sum = `x = ${before} + x`;
      if (op.shortcut.length === 0) return [`${before} = x`, ...op.ops.flatMap(stepsOf), sum];
      const inner = `inner_${attributeOf(op)}`;
      const through = [`${before} = x`, ...op.ops.flatMap(stepsOf), `${inner} = x`];
      return [...through, `x = ${before}`, ...op.shortcut.flatMap(stepsOf), `x = ${inner} + x`];
    }
    case 'conditional': {
      const [classes, style] = [op.classes, op.style].map((each) => `self.${attributeOf(each)}`);
      return [`y = F.softmax(${classes}(x), 1)`, `x = torch.cat((${style}(torch.cat((x, y), 1)), y), 1)`];
    }
    case 'quantise':
      return [
        'x = x.permute(0, 2, 3, 1)',
        `distances = ${self}.weight.square().sum(1) - 2 * x @ ${self}.weight.T  # and |x|^2, the same for all`,
        `x = ${self}(distances.argmin(-1)).permute(0, 3, 1, 2)`,
      ];
  }
}

function activationOf({ activation, slope }: Extract<PlainOp, { kind: 'activation' }>): string {
  switch (activation) {
    case 'sigmoid':
    case 'tanh':
    case 'relu':
      return `torch.${activation}(x)`;
    case 'leaky-relu':
      return `F.leaky_relu(x, ${slope})`;
    case 'clip':
      return 'x.clamp(0, 1)';
    case 'gelu-tanh':
      return 'F.gelu(x, approximate="tanh")';
    case 'hard-silu':
      return 'F.hardswish(x)';
    default:
      return `F.${activation}(x)`;
  }
}

function poolSteps({ method, size, stride, padding }: Extract<PlainOp, { kind: 'pool' }>): string[] {
  const pad = padWords(padding);
  const sizes = stride === size ? `${size}` : `${size}, ${stride}`;
  if (method === 'max') {
    const source = pad === undefined ? 'x' : `F.pad(x, ${pad}, value=float("-inf"))`;
    return [`x = F.max_pool2d(${source}, ${sizes})`];
  }
  if (pad === undefined) return [`x = F.avg_pool2d(x, ${sizes})`];
  return [
    `inside = F.avg_pool2d(F.pad(torch.ones_like(x), ${pad}), ${sizes})  # what lies beyond the edge does not count`,
    `x = F.avg_pool2d(F.pad(x, ${pad}), ${sizes}) / inside`,
  ];
}

function padded(padding: Padding): string[] {
  const pad = padWords(padding);
  return pad === undefined ? [] : [`x = F.pad(x, ${pad})`];
}

/** PyTorch names the last axis first; nothing where there is no padding. */
function padWords({ top, left, bottom, right }: Padding): string | undefined {
  return top + left + bottom + right === 0 ? undefined : `(${left}, ${right}, ${top}, ${bottom})`;
}
