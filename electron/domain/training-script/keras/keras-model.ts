import type { Activation } from '../../experiment.ts';
import { literal } from '../script-text.ts';
import { classCode, drawnCodes, keptNeighbours, type ScriptPlan } from '../script-plan.ts';
import { kerasCodeRegulariser, kerasDecoder, kerasLayer, kerasOptions, kerasSequential } from './keras-layers.ts';

/** The lines that make `encoder`, `decoder` and `autoencoder`; of a variational code what draws it too. */
export function kerasModel(plan: ScriptPlan): string {
  return [plan.model.code.variational ? variationalModel(plan) : plainModel(plan), ...decoderWeights(plan)].join('\n');
}

function plainModel(plan: ScriptPlan): string {
  const input = `keras.Input((${plan.model.inputShape.join(', ')}))`;
  const encoder = [
    input,
    ...[...plan.encoder, plan.code].flatMap((layer) => kerasLayer(layer, plan)),
    ...codePenalties(plan),
  ];
  return [
    ...kerasSequential('encoder', encoder),
    ...kerasDecoder(plan),
    ...(keptNeighbours(plan) === undefined
      ? ['autoencoder = keras.Sequential([encoder, decoder])']
      : [
          `image, beside = ${input}, ${input}`,
          'code = Neighbours()([encoder(image), encoder(beside)])',
          'autoencoder = keras.Model((image, beside), decoder(code))',
        ]),
  ].join('\n');
}

/** The lines that make `encoder`, `decoder` and `autoencoder` of a code that is drawn. */
function variationalModel(plan: ScriptPlan): string {
  const { model, code } = plan;
  const flatten = code.inputShape.length > 1 ? ['layers.Flatten()'] : [];
  const { activation, size } = model.code;
  const head = (own: Activation, more: readonly string[] = []): string =>
    `layers.Dense(${[size, ...kerasOptions({ activation: own }, plan), ...more].join(', ')})`;
  const features = [...plan.encoder.flatMap((layer) => kerasLayer(layer, plan)), ...flatten];
  if (classCode(plan) !== undefined) {
    return [
      `image, label = keras.Input((${model.inputShape.join(', ')})), keras.Input((), dtype="int32")`,
      ...kerasSequential('features', features, '(image)'),
      ...kerasDecoder(plan),
      'sampling = Sampling()',
      'encoder = keras.Model(image, sampling(features))',
      'autoencoder = keras.Model((image, label), decoder(sampling(features, label)))',
    ].join('\n');
  }
  return [
    `image = keras.Input((${model.inputShape.join(', ')}))`,
    ...kerasSequential('features', features, '(image)'),
    `mean = ${head(activation, kerasCodeRegulariser(plan))}(features)`,
    `log_variance = ${head('linear')}(features)`,
    ...kerasDecoder(plan),
    ...(drawnCodes(plan) === 1
      ? [
          'sampling = Sampling()',
          'encoder = keras.Model(image, mean)',
          'autoencoder = keras.Model(image, decoder(sampling(mean, log_variance)))',
        ]
      : [
          'encoder = keras.Model(image, mean)',
          'autoencoder = ImportanceWeighted(keras.Model(image, [mean, log_variance]), decoder)',
        ]),
  ].join('\n');
}

/** What has beta for a weight. */
export const betaOwner = (plan: ScriptPlan): string => (drawnCodes(plan) === 1 ? 'sampling' : 'autoencoder');

/** Layers that pass the code on. */
function codePenalties({ training }: ScriptPlan): string[] {
  const { codeKl, mmd = 0 } = training.regularisers;
  return [...((codeKl?.weight ?? 0) > 0 ? ['Sparsity()'] : []), ...(mmd > 0 ? ['Prior()'] : [])];
}

/** The lines that keep the decoder's weights small. */
function decoderWeights({ model, training }: ScriptPlan): string[] {
  const { decoderL2 = 0 } = training.regularisers;
  if (decoderL2 === 0) return [];
  const regulariser = `weight.regularizer = keras.regularizers.L2(${literal(decoderL2)})`;
  const why = '  # so that it is smooth (Ghosh et al. 2020)';
  if (model.tiedWeights !== true) return [`for weight in decoder.trainable_weights:${why}`, `    ${regulariser}`];
  return [
    'encoding = [id(weight) for weight in encoder.weights]',
    `for weight in decoder.trainable_weights:${why}`,
    '    if id(weight) not in encoding:',
    `        ${regulariser}`,
  ];
}
