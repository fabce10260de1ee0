import { notWritten } from '../script-limits.ts';
import { samePadding, transposedStart, type Padding } from '../../geometry.ts';
import type { LayerShape } from '../../layer-settings.ts';
import type { LayoutLayer } from '../../model-layout.ts';
import { indented, joined, SCRIPT_WIDTH } from '../script-text.ts';
import { residualParts, shortcutParts } from '../../residual-parts.ts';
import { classCode, type ClassCode, type ScriptPlan } from '../script-plan.ts';
import { padded, torchActivation, torchElement, torchElementClasses, torchFinish } from './torch-elements.ts';
import { torchInitialiser } from './torch-initialiser.ts';

/** Classes of the model: none of a plain one without tied weights. */
export function torchClasses(plan: ScriptPlan): string {
  const { model } = plan;
  const known = classCode(plan);
  return joined(2, [
    torchElementClasses(plan),
    model.tiedWeights === true ? tiedModule(plan) : undefined,
    known === undefined ? undefined : conditionalEncoder(plan, known),
    model.code.variational && known === undefined ? variationalModule(plan) : undefined,
  ]);
}

/** The lines that make `model`, of it `encoder` and `decoder`, and draw its first weights. */
export function torchModel(plan: ScriptPlan): string {
  const made =
    plan.model.code.variational && classCode(plan) === undefined
      ? ['model = Autoencoder().to(DEVICE)', 'encoder, decoder = model.encoder, model.decoder']
      : [
          ...(plan.model.code.variational
            ? ['encoder = Encoder()']
            : sequential('encoder', [...plan.encoder, plan.code], plan)),
          ...sequential('decoder', plan.decoder, plan),
          'model = nn.Sequential(encoder, decoder).to(DEVICE)',
        ];
  // Pretraining draws its own.
  return [...made, ...(plan.training.pretraining === undefined ? torchInitialiser(plan) : [])].join('\n');
}

function variationalModule(plan: ScriptPlan): string {
  const { code, model } = plan;
  const features = product(code.inputShape);
  const linear = `nn.Linear(${features}, ${model.code.size})`;
  const activation = torchActivation({ activation: model.code.activation }, 1);
  const mean = activation === undefined ? linear : `nn.Sequential(${linear}, ${activation})`;
  const flatten = code.inputShape.length > 1 ? ['nn.Flatten()'] : [];
  return `class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
${indented(8, sequential('self.encoder', plan.encoder, plan, [...flatten, mean]))}
        self.log_variance = ${linear}
${indented(8, sequential('self.decoder', plan.decoder, plan))}

    def forward(self, images):
        return self.decoder(self.encoder(images))`;
}

/** Its code is the style with the classes behind it. */
function conditionalEncoder(plan: ScriptPlan, { classes, style }: ClassCode): string {
  const features = product(plan.code.inputShape);
  const flatten = plan.code.inputShape.length > 1 ? ['nn.Flatten()'] : [];
  return `class Encoder(nn.Module):
    """A style given the label, and how likely each label is (Kingma et al. 2014, M2)."""

    def __init__(self):
        super().__init__()
${indented(8, sequential('self.features', plan.encoder, plan, flatten))}
        self.classes = nn.Linear(${features}, ${classes})
        self.mean = nn.Linear(${features + classes}, ${style})
        self.log_variance = nn.Linear(${features + classes}, ${style})

    def forward(self, images):
        features = self.features(images)
        likely = self.classes(features).softmax(1)
        return torch.cat([self.mean(torch.cat([features, likely], 1)), likely], 1)`;
}

function sequential(
  name: string,
  layers: readonly LayoutLayer[],
  plan: ScriptPlan,
  after: readonly string[] = [],
): string[] {
  // A layer a line, with its activation.
  const lines = [...layers.map((layer) => torchLayer(layer, plan)), after].filter((modules) => modules.length > 0);
  return [`${name} = nn.Sequential(`, ...lines.flatMap(onLines).map((line) => `    ${line}`), ')'];
}

/** Modules on one line where there is room. */
function onLines(modules: readonly string[]): string[] {
  const line = `${modules.join(', ')},`;
  const isWhole = !line.includes('\n') && line.length + 12 <= SCRIPT_WIDTH;
  return isWhole ? [line] : modules.flatMap((module) => `${module},`.split('\n'));
}

/** A module of others; one a line where they do not fit on one. @param within how far to the right it may stand */
function moduleOf(name: string, inner: readonly string[], within: number): string {
  const line = `${name}(${inner.join(', ')})`;
  return line.length + within <= SCRIPT_WIDTH && !line.includes('\n')
    ? line
    : [
        `${name}(`,
        indented(
          4,
          inner.map((module) => `${module},`),
        ),
        ')',
      ].join('\n');
}

/** The modules of one layer: a new kind of layer gets a case here. */
function torchLayer(layer: LayoutLayer, plan: ScriptPlan): string[] {
  switch (layer.kind) {
    case 'dense':
      return dense(layer, plan);
    case 'conv':
      return layer.transposed ? transposedConvolution(layer) : convolution(layer);
    case 'separable':
      return separable(layer);
    case 'residual': {
      const { activation, slope, dropout, shape, plainSum } = layer;
      const [inner, beside] = [residualParts(layer), shortcutParts(layer)].map((parts) =>
        parts.flatMap((part) => torchLayer(part, plan)),
      ) as [string[], string[]];
      if (beside.length === 1) inner.push(`beside=${beside[0]}`);
      else if (beside.length > 1) inner.push(moduleOf('beside=nn.Sequential', beside, 17));
      const bent = plainSum
        ? ({ activation: 'linear' } as const)
        : { activation, ...(slope === undefined ? {} : { slope }) };
      return [
        moduleOf('Residual', inner, 13),
        ...torchFinish({ ...bent, dropout, batchNorm: false }, 2, shape[2] ?? 1),
      ];
    }
    case 'pool':
      return pooling(layer);
    case 'global-pool':
      return [`nn.Adaptive${layer.method === 'max' ? 'Max' : 'Avg'}Pool2d(1)`, 'nn.Flatten()'];
    case 'upsample': {
      const corners = layer.method === 'bilinear-corners' ? ', align_corners=True' : '';
      const mode = layer.method === 'nearest' ? '' : `, mode="bilinear"${corners}`;
      return [`nn.Upsample(scale_factor=${layer.size}${mode})`, ...cropped(layer, layer.size)];
    }
    default:
      return torchElement(layer);
  }
}

function pooling({ inputShape, size, stride, padding, method }: Extract<LayoutLayer, { kind: 'pool' }>): string[] {
  const windows = stride === size ? `${size}` : `${size}, stride=${stride}`;
  const name = method === 'max' ? 'Max' : 'Avg';
  if (padding === 'valid') return [`nn.${name}Pool2d(${windows})`];
  if (method === 'average' && stride !== size) throw notWritten('average pooling of windows that overlap in PyTorch');
  if (method === 'max')
    return [...padded(samePadding(inputShape, size, stride), 'float("-inf")'), `nn.MaxPool2d(${windows})`];
  // What lies beyond the edge does not count.
  return [`nn.AvgPool2d(${windows}, ceil_mode=True, count_include_pad=False)`];
}

function dense(layer: Extract<LayoutLayer, { kind: 'dense' }>, plan: ScriptPlan): string[] {
  const { inputShape, shape, tiedTo, batchNorm } = layer;
  const [inputs, units] = [product(inputShape), product(shape)];
  const own = `nn.Linear(${inputs}, ${units}${batchNorm ? ', bias=False' : ''})`;
  return [
    ...(inputShape.length > 1 ? ['nn.Flatten()'] : []),
    tiedTo === undefined ? own : `Tied(encoder[${placeInEncoder(plan, tiedTo)}])`,
    ...torchFinish(layer, 1, units),
    ...(shape.length > 1 ? [`nn.Unflatten(1, (${channelsFirst(shape).join(', ')}))`] : []),
  ];
}

/** Where the linear layer of this path stands among the encoder's modules. */
function placeInEncoder(plan: ScriptPlan, path: string): number {
  const layers = [...plan.encoder, plan.code];
  const at = layers.findIndex((layer) => layer.path === path);
  const before = layers.slice(0, at).flatMap((layer) => torchLayer(layer, plan));
  return before.length + ((layers[at]?.inputShape.length ?? 1) > 1 ? 1 : 0);
}

const NO_PADDING: Padding = { top: 0, left: 0, bottom: 0, right: 0 };

function convolution(layer: Extract<LayoutLayer, { kind: 'conv' }>): string[] {
  const { inputShape, filters, batchNorm } = layer;
  const own = windows(layer, `${inputShape[2]}, ${filters}`, batchNorm ? ['bias=False'] : []);
  return [...own, ...torchFinish(layer, 2, filters)];
}

/** Each channel by itself, then all of them at each place. */
function separable(layer: Extract<LayoutLayer, { kind: 'separable' }>): string[] {
  const { inputShape, filters, batchNorm } = layer;
  const [, , channels] = inputShape;
  return [
    ...windows(layer, `${channels}, ${channels}`, [...(channels === 1 ? [] : [`groups=${channels}`]), 'bias=False']),
    `nn.Conv2d(${channels}, ${filters}, 1${batchNorm ? ', bias=False' : ''})`,
    ...torchFinish(layer, 2, filters),
  ];
}

/** A convolution that TensorFlow's padding stands before where PyTorch's own is another one. @param channels in and out */
function windows(
  layer: Extract<LayoutLayer, { kind: 'conv' | 'separable' }>,
  channels: string,
  more: readonly string[],
): string[] {
  const { inputShape, kernel, stride } = layer;
  const padding = layer.padding === 'valid' ? NO_PADDING : samePadding(inputShape, kernel, stride);
  const even = padding.top === padding.bottom && padding.left === padding.right && padding.top === padding.left;
  const options = [
    ...(stride === 1 ? [] : [`stride=${stride}`]),
    ...(even && padding.top > 0 ? [`padding=${padding.top}`] : []),
    ...more,
  ];
  return [...(even ? [] : padded(padding)), `nn.Conv2d(${[channels, kernel, ...options].join(', ')})`];
}

function transposedConvolution(layer: Extract<LayoutLayer, { kind: 'conv' }>): string[] {
  const { inputShape, filters, kernel, stride, batchNorm } = layer;
  const start = transposedStart(kernel, stride);
  // Of stride × size values: positive what PyTorch's formula lacks of them, negative what it has beyond.
  const lacking = stride - (kernel - 2 * start);
  const options = [
    ...(stride === 1 ? [] : [`stride=${stride}`]),
    ...(start > 0 ? [`padding=${start}`] : []),
    ...(lacking > 0 ? [`output_padding=${lacking}`] : []),
    ...(batchNorm ? ['bias=False'] : []),
  ];
  return [
    `nn.ConvTranspose2d(${[inputShape[2], filters, kernel, ...options].join(', ')})`,
    ...(lacking < 0 ? [`nn.ZeroPad2d((0, ${lacking}, 0, ${lacking}))`] : []),
    ...torchFinish(layer, 2, filters),
    ...cropped(layer, stride),
  ];
}

/** Cuts off at the far edges what growing by a whole number overshoots of an odd size. */
function cropped({ inputShape, shape }: LayoutLayer, by: number): string[] {
  const [rows, columns] = [0, 1].map((axis) => (shape[axis] ?? 0) - (inputShape[axis] ?? 0) * by);
  return rows === 0 && columns === 0 ? [] : [`nn.ZeroPad2d((0, ${columns}, 0, ${rows}))`];
}

function tiedModule({ model }: ScriptPlan): string {
  const bias = model.initialiser === 'standard-normal' ? 'torch.randn' : 'torch.zeros';
  return `class Tied(nn.Module):
    """A linear layer with another one's weights, transposed."""

    def __init__(self, linear):
        super().__init__()
        self.weight = linear.weight
        self.bias = nn.Parameter(${bias}(linear.in_features))

    def forward(self, x):
        return F.linear(x, self.weight.T, self.bias)`;
}

const channelsFirst = ([height, width, channels]: LayerShape): (number | undefined)[] => [channels, height, width];

const product = (shape: LayerShape): number => shape.reduce((all, size) => all * size, 1);
