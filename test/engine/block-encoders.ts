import type { ModelSpec } from '../../electron/domain/experiment.ts';
import { conv, residual } from './samples.ts';

/** Of models whose compiled step is held against the eager one: what they have of residual blocks. */
export const blockEncoders: Readonly<Record<string, Partial<ModelSpec>>> = {
  'residual blocks around a code that is an image': {
    encoder: [conv(2, 3, 2), residual(2, 3, { batchNorm: true })],
    code: { size: 24, activation: 'linear', variational: false, map: { channels: 2, kernel: 3 } },
  },
  'residual blocks that begin with their activation': {
    encoder: [
      conv(2, 3, 2),
      residual(3, 3, { preActivation: true, secondKernel: 1, activation: 'relu' }),
      residual(2, 1, { preActivation: true, secondKernel: 3, batchNorm: true, dropout: 0.2 }),
    ],
  },
  'residual blocks with a convolution beside them': {
    encoder: [
      conv(2, 3, 1),
      residual(3, 3, { channels: 4, stride: 2, activation: 'relu', batchNorm: true }),
      residual(2, 2, { channels: 3, preActivation: true, batchNorm: true }),
    ],
  },
  'residual blocks of three convolutions': {
    encoder: [
      conv(2, 3, 1),
      residual(3, 1, { middleKernel: 3, secondKernel: 1, channels: 4, stride: 2, batchNorm: true }),
      residual(4, 1, { middleKernel: 2, groups: 2, activation: 'relu' }),
      // Of one channel alone a bias would be taken away again: what is left of its gradient is rounding.
      residual(4, 3, { groups: 2, preActivation: true, channels: 2 }),
    ],
    // Three such blocks take TensorFlow seconds to make ready, and as many mirrored ones as long again.
    decoder: [],
  },
};
