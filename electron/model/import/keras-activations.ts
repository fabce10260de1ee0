import type { PlainStep } from '../export/plain-model.ts';

export type Activation = Extract<PlainStep, { kind: 'activation' }>;

/** By the names that Keras and TensorFlow.js have for them. */
export const activations: Readonly<Record<string, Activation['activation'] | 'linear'>> = {
  linear: 'linear',
  sigmoid: 'sigmoid',
  tanh: 'tanh',
  relu: 'relu',
  elu: 'elu',
  gelu: 'gelu',
  softplus: 'softplus',
  leaky_relu: 'leaky-relu',
  silu: 'silu',
  swish: 'silu',
  selu: 'selu',
  celu: 'elu',
  gelu_new: 'gelu-tanh',
  hard_silu: 'hard-silu',
  hard_swish: 'hard-silu',
  mish: 'mish',
  softsign: 'softsign',
};
