import { assertNever } from '../../errors.ts';
import type { ModelSpec } from '../../experiment.ts';
import { pythonCall } from '../python/python-call.ts';

/**
 * Options of a layer that say how its weights are drawn: none for Keras's own way.
 * @param transposed of a transposed convolution Keras takes the fan in for the fan out
 */
export function kerasInitialiser(
  initialiser: ModelSpec['initialiser'],
  transposed: boolean,
  biasless: boolean,
): string[] {
  if (initialiser === 'glorot-uniform') return [];
  if (initialiser === 'standard-normal')
    return ['kernel_initializer=NORMAL', ...(biasless ? [] : ['bias_initializer=NORMAL'])];
  const name = transposed && turns(initialiser) ? 'INITIALISER_TRANSPOSED' : 'INITIALISER';
  return [`kernel_initializer=${name}`];
}

/** The same of a separable convolution: of a channel by itself the fan in is what Keras takes for the fan out. */
export function kerasSeparableInitialiser(initialiser: ModelSpec['initialiser'], biasless: boolean): string[] {
  const own = (depthwise: string, pointwise?: string): string[] => [
    `depthwise_initializer=${depthwise}`,
    ...(pointwise === undefined ? [] : [`pointwise_initializer=${pointwise}`]),
  ];
  if (initialiser === 'glorot-uniform') return own('DEPTHWISE');
  if (initialiser !== 'standard-normal') return own('DEPTHWISE', 'INITIALISER');
  return [...own('NORMAL', 'NORMAL'), ...(biasless ? [] : ['bias_initializer=NORMAL'])];
}

/** Whether it asks for the fan in alone. */
const turns = (initialiser: ModelSpec['initialiser']): boolean =>
  initialiser !== 'standard-normal' && initialiser !== 'glorot-uniform' && initialiser !== 'glorot-normal';

/** With a plain number every layer of one shape would begin alike. */
const DRAWS = 'draws = keras.random.SeedGenerator(SEED)';

/**
 * The lines that make what those options name.
 * @param transposing whether there are transposed convolutions
 * @param separable whether there are separable ones
 */
export function kerasInitialisers(
  initialiser: ModelSpec['initialiser'],
  transposing: boolean,
  separable: boolean,
): string[] {
  const scaled = (name: string, scale: number, mode: string, distribution: string): string[] =>
    pythonCall(`${name} = keras.initializers.VarianceScaling`, [
      `${scale}.0`,
      `"${mode}"`,
      `"${distribution}"`,
      'seed=draws',
    ]);
  const depthwise = (scale: number, distribution: string): string[] =>
    separable ? scaled('DEPTHWISE', scale, 'fan_out', distribution) : [];
  const byFanIn = (scale: number, distribution: string): string[] => [
    DRAWS,
    ...scaled('INITIALISER', scale, 'fan_in', distribution),
    ...(transposing ? scaled('INITIALISER_TRANSPOSED', scale, 'fan_out', distribution) : []),
    ...depthwise(scale, distribution),
  ];
  switch (initialiser) {
    case 'standard-normal':
      return [
        '# N(0, 1), as the article’s tf.random_normal: large, so that most sigmoids begin flat.',
        DRAWS,
        `NORMAL = keras.initializers.RandomNormal(stddev=1.0, seed=draws)`,
      ];
    case 'glorot-uniform':
      return separable ? [DRAWS, ...depthwise(1, 'uniform')] : [];
    case 'glorot-normal':
      return [
        DRAWS,
        ...scaled('INITIALISER', 1, 'fan_avg', 'untruncated_normal'),
        ...depthwise(1, 'untruncated_normal'),
      ];
    case 'he-uniform':
      return byFanIn(2, 'uniform');
    case 'he-normal':
      return byFanIn(2, 'untruncated_normal');
    case 'lecun-normal':
      return byFanIn(1, 'untruncated_normal');
    default:
      return assertNever(initialiser);
  }
}
