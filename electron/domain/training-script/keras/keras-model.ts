import { notWritten } from '../script-limits.ts';
import type { Activation } from '../../experiment.ts';
import type { LayoutLayer } from '../../model-layout.ts';
import { doubleQuoted, indented, joined, complement, literal, SCRIPT_WIDTH } from '../script-text.ts';
import { keptNeighbours, type KeptNeighbours, type ScriptPlan } from '../script-plan.ts';
import { kerasInitialiser } from './keras-initialiser.ts';

/** The lines that make `encoder`, `decoder` and `autoencoder`; of a variational code `sampling` too. */
export function kerasModel(plan: ScriptPlan): string {
  return plan.model.code.variational ? variationalModel(plan) : plainModel(plan);
}

function plainModel(plan: ScriptPlan): string {
  const input = `keras.Input((${plan.model.inputShape.join(', ')}))`;
  const encoder = [
    input,
    ...[...plan.encoder, plan.code].flatMap((layer) => kerasLayer(layer, plan)),
    ...sparsity(plan),
  ];
  return [
    ...sequential('encoder', encoder),
    ...decoder(plan),
    ...(keptNeighbours(plan) === undefined
      ? ['autoencoder = keras.Sequential([encoder, decoder])']
      : [
          `image, beside = ${input}, ${input}`,
          'code = Neighbours()([encoder(image), encoder(beside)])',
          'autoencoder = keras.Model((image, beside), decoder(code))',
        ]),
  ].join('\n');
}

function variationalModel(plan: ScriptPlan): string {
  const { model, code } = plan;
  const flatten = code.inputShape.length > 1 ? ['layers.Flatten()'] : [];
  const { activation, size } = model.code;
  const head = (own: Activation): string => `layers.Dense(${[size, ...options({ activation: own }, plan)].join(', ')})`;
  return [
    `image = keras.Input((${model.inputShape.join(', ')}))`,
    ...sequential('features', [...plan.encoder.flatMap((layer) => kerasLayer(layer, plan)), ...flatten], '(image)'),
    `mean = ${head(activation)}(features)`,
    `log_variance = ${head('linear')}(features)`,
    ...decoder(plan),
    'sampling = Sampling()',
    'encoder = keras.Model(image, mean)',
    'autoencoder = keras.Model(image, decoder(sampling([mean, log_variance])))',
  ].join('\n');
}

const decoder = (plan: ScriptPlan): string[] =>
  sequential('decoder', [
    `keras.Input((${plan.model.code.size},))`,
    ...plan.decoder.flatMap((layer) => kerasLayer(layer, plan)),
  ]);

function sequential(name: string, modules: readonly string[], applied = ''): string[] {
  return [`${name} = keras.Sequential([`, ...modules.map((module) => indented(4, [`${module},`])), `])${applied}`];
}

/** The layers of one layer: a new kind of layer gets a case here. */
function kerasLayer(layer: LayoutLayer, plan: ScriptPlan): string[] {
  switch (layer.kind) {
    case 'dense':
      return dense(layer, plan);
    case 'conv': {
      const { filters, kernel, stride, transposed } = layer;
      const own = [
        filters,
        kernel,
        ...(stride === 1 ? [] : [`strides=${stride}`]),
        'padding="same"',
        ...options(layer, plan, transposed),
      ];
      return [
        call(`layers.Conv2D${transposed ? 'Transpose' : ''}`, own),
        ...finish(layer),
        ...(transposed ? cropped(layer, stride) : []),
      ];
    }
    case 'pool':
      return [`layers.${layer.method === 'max' ? 'Max' : 'Average'}Pooling2D(${layer.size}, padding="same")`];
    case 'upsample':
      return [`layers.UpSampling2D(${layer.size})`, ...cropped(layer, layer.size)];
    default:
      throw notWritten(`a ${layer.kind} layer`);
  }
}

/** On one line where there is room. */
function call(name: string, options: readonly (string | number)[]): string {
  const line = `${name}(${options.join(', ')})`;
  return line.length < SCRIPT_WIDTH - 4 ? line : `${name}(\n${options.map((option) => `    ${option},\n`).join('')})`;
}

function dense(layer: Extract<LayoutLayer, { kind: 'dense' }>, plan: ScriptPlan): string[] {
  const { inputShape, shape, tiedTo, part, path } = layer;
  const units = shape.reduce((product, size) => product * size, 1);
  const contractive = path === 'code' && plan.training.regularisers.contractive > 0;
  const tied = plan.model.tiedWeights === true;
  const own = [
    units,
    ...options(layer, plan),
    ...(path === 'code' && plan.training.regularisers.codeL1 > 0
      ? [`activity_regularizer=keras.regularizers.L1(${literal(plan.training.regularisers.codeL1)})`]
      : []),
    ...(tied && part !== 'decoder' ? [`name=${doubleQuoted(nameOf(path))}`] : []),
  ];
  const activation = layer.activation === 'linear' ? '' : `, ${doubleQuoted(activationName(layer.activation))}`;
  return [
    ...(inputShape.length > 1 ? ['layers.Flatten()'] : []),
    tiedTo === undefined
      ? `${contractive ? 'Contractive' : 'layers.Dense'}(${own.join(', ')})`
      : `Tied(encoder.get_layer(${doubleQuoted(nameOf(tiedTo))})${layer.batchNorm ? '' : activation})`,
    ...finish(layer),
    ...(shape.length > 1 ? [`layers.Reshape((${shape.join(', ')}))`] : []),
  ];
}

/** "encoder.0" → "encoder_0". */
const nameOf = (path: string): string => path.replaceAll('.', '_');

/** What stands within the brackets behind the sizes. */
function options(
  { activation, batchNorm = false }: { readonly activation: Activation; readonly batchNorm?: boolean },
  { model }: ScriptPlan,
  transposed = false,
): string[] {
  return [
    ...(batchNorm ? ['use_bias=False'] : []),
    ...(batchNorm || activation === 'linear' ? [] : [`activation=${doubleQuoted(activationName(activation))}`]),
    ...kerasInitialiser(model.initialiser, transposed, batchNorm),
  ];
}

function finish(layer: Extract<LayoutLayer, { kind: 'dense' | 'conv' }>): string[] {
  const { batchNorm, activation, dropout } = layer;
  const apart =
    batchNorm && activation !== 'linear' && !('tiedTo' in layer && layer.tiedTo !== undefined && !batchNorm);
  return [
    ...(batchNorm ? ['layers.BatchNormalization()'] : []),
    ...(apart ? [`layers.Activation(${doubleQuoted(activationName(activation))})`] : []),
    ...(dropout > 0 ? [`layers.Dropout(${literal(dropout)})`] : []),
  ];
}

/** Cuts off at the far edges what growing by a whole number overshoots of an odd size. */
function cropped({ inputShape, shape }: LayoutLayer, by: number): string[] {
  const [rows, columns] = [0, 1].map((axis) => (inputShape[axis] ?? 0) * by - (shape[axis] ?? 0));
  return rows === 0 && columns === 0 ? [] : [`layers.Cropping2D(((0, ${rows}), (0, ${columns})))`];
}

const activationName = (activation: Activation): string => activation.replace('-', '_');

function sparsity({ training }: ScriptPlan): string[] {
  return (training.regularisers.codeKl?.weight ?? 0) > 0 ? ['Sparsity()'] : [];
}

/** Layers that Keras does not have, before they are used. */
export function kerasLayers(plan: ScriptPlan): string {
  const { model, training } = plan;
  const { codeKl, contractive } = training.regularisers;
  const neighbours = keptNeighbours(plan);
  return joined(2, [
    model.tiedWeights === true ? tiedLayer(plan) : undefined,
    model.code.variational ? samplingLayer(plan) : undefined,
    codeKl !== undefined && codeKl.weight > 0 ? sparsityLayer(codeKl.target, codeKl.weight) : undefined,
    contractive > 0 ? contractiveLayer(model.code.activation, contractive) : undefined,
    neighbours === undefined ? undefined : neighboursLayer(neighbours),
  ]);
}

function tiedLayer({ model }: ScriptPlan): string {
  const bias = model.initialiser === 'standard-normal' ? 'keras.initializers.RandomNormal(stddev=1.0)' : '"zeros"';
  return `class Tied(layers.Layer):
    """A dense layer with another one's kernel, transposed."""

    def __init__(self, dense, activation=None):
        super().__init__()
        self.dense, self.activation = dense, keras.activations.get(activation)

    def build(self, input_shape):
        units = self.dense.kernel.shape[0]
        self.bias = self.add_weight(name="bias", shape=(units,), initializer=${bias})

    def call(self, x):
        return self.activation(ops.matmul(x, ops.transpose(self.dense.kernel)) + self.bias)`;
}

function samplingLayer({ training, values }: ScriptPlan): string {
  const rises = (training.betaWarmupEpochs ?? 0) > 0;
  const pixels = training.loss === 'bce' ? '' : ` / ${literal(values)}`;
  const beta = rises ? 'self.beta * ' : training.beta === 1 ? '' : `${literal(training.beta)} * `;
  return `class Sampling(layers.Layer):
    """Draws codes around their means, and adds their divergence (Kingma & Welling 2014)."""

    def __init__(self):
        super().__init__()
        self.seed = keras.random.SeedGenerator(SEED)
${rises ? '        self.beta = self.add_weight(name="beta", shape=(), initializer="zeros", trainable=False)\n' : ''}
    def call(self, inputs, training=False):
        mean, log_variance = inputs
        inner = 1 + log_variance - ops.square(mean) - ops.exp(log_variance)
        self.add_loss(-0.5 * ${beta}ops.mean(ops.sum(inner, axis=1))${pixels})  # nats an image
        noise = keras.random.normal(ops.shape(mean), seed=self.seed)
        return mean + ops.exp(0.5 * log_variance) * noise if training else mean`;
}

function sparsityLayer(target: number, weight: number): string {
  return `class Sparsity(layers.Layer):
    """Passes a code on; each unit is to be on for ${literal(target)} of the images."""

    def call(self, code):
        activity = ops.clip(ops.mean(code, axis=0), 1e-6, 1 - 1e-6)
        on = ${literal(target)} * ops.log(${literal(target)} / activity)
        off = ${literal(complement(target))} * ops.log(${literal(complement(target))} / (1 - activity))
        self.add_loss(${literal(weight)} * ops.sum(on + off))
        return code`;
}

function contractiveLayer(activation: Activation, weight: number): string {
  return `class Contractive(layers.Dense):
    """Adds the squared Frobenius norm of its Jacobian, an image (Rifai et al. 2011, eq. 7)."""

    def call(self, images):
        x = ops.matmul(images, self.kernel) + self.bias
        slope = ${slope(activation)}
        norms = ops.sum(ops.square(slope) * ops.sum(ops.square(self.kernel), axis=0), axis=1)
        self.add_loss(${literal(weight)} * ops.mean(norms))
        return self.activation(x)`;
}

function neighboursLayer({ weight, radius }: KeptNeighbours): string {
  return `class Neighbours(layers.Layer):
    """Passes codes on; neighbours' are to lie together (InfoNCE, Damrich et al. 2023, eq. 8)."""

    def call(self, codes):
        code, beside = codes[0] / ${literal(radius)}, codes[1] / ${literal(radius)}
        every = ops.concatenate([code, beside])
        distances = ops.sum(ops.square(code[:, None] - every), axis=2)
        others = ops.sum(1 / (1 + distances), axis=1) - 1  # less each one itself
        near = ops.log1p(ops.sum(ops.square(code - beside), axis=1))
        self.add_loss(${literal(weight)} * ops.mean(near + ops.log(others)))
        return codes[0]`;
}

/** The derivative of an activation at x. */
function slope(activation: Activation): string {
  switch (activation) {
    case 'linear':
      return 'ops.ones_like(x)';
    case 'sigmoid':
      return 'ops.sigmoid(x) * (1 - ops.sigmoid(x))';
    case 'tanh':
      return '1 - ops.square(ops.tanh(x))';
    case 'relu':
      return 'ops.cast(x > 0, x.dtype)';
    case 'leaky-relu':
      return 'ops.where(x > 0, 1.0, 0.2)';
    case 'elu':
      return 'ops.exp(ops.minimum(x, 0))';
    case 'gelu':
      return '(1 + ops.erf(x / 2**0.5)) / 2 + x * ops.exp(-ops.square(x) / 2) / (2 * np.pi) ** 0.5';
    case 'softplus':
      return 'ops.sigmoid(x)';
    default:
      throw notWritten(`${activation} units`);
  }
}
