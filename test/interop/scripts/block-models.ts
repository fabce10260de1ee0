import type { ModelSpec } from '../../../electron/domain/experiment.ts';
import type { ScriptDialectId } from '../../../electron/domain/training-script/dialects.ts';

interface BlockModel {
  readonly name: string;
  readonly model: Partial<ModelSpec>;
  /** Dialects that refuse it by name. */
  readonly without?: readonly ScriptDialectId[];
}

const bottleneck = { kind: 'residual', filters: 4, kernel: 1, middleKernel: 3, secondKernel: 1 } as const;

/** Models of blocks of layers, for scripts to train. */
export const blockModels: readonly BlockModel[] = [
  {
    name: 'separable, residual',
    model: {
      encoder: [
        { kind: 'conv', filters: 6, kernel: 3, stride: 2, activation: 'elu' },
        { kind: 'residual', filters: 4, kernel: 3, activation: 'leaky-relu', slope: 0.1, batchNorm: true },
        { kind: 'separable', filters: 8, kernel: 4, stride: 2, activation: 'silu' },
        {
          kind: 'separable',
          filters: 8,
          kernel: 3,
          stride: 1,
          padding: 'valid',
          activation: 'relu',
          batchNorm: true,
        },
        { kind: 'residual', filters: 5, kernel: 2, activation: 'prelu' },
        { kind: 'residual', filters: 8, kernel: 3, activation: 'linear' },
        { kind: 'residual', filters: 6, kernel: 3, secondKernel: 1, activation: 'relu', preActivation: true },
        { kind: 'residual', filters: 4, kernel: 1, activation: 'elu', preActivation: true, batchNorm: true },
      ],
      decoder: [
        { kind: 'residual', filters: 8, kernel: 3, activation: 'relu' },
        { kind: 'upsample', size: 2 },
        { kind: 'separable', filters: 6, kernel: 3, stride: 1, activation: 'elu' },
      ],
    },
  },
  {
    name: 'residual, convolutions beside',
    model: {
      encoder: [
        { kind: 'conv', filters: 4, kernel: 3, stride: 1, activation: 'relu' },
        { kind: 'residual', filters: 6, kernel: 3, channels: 8, stride: 2, activation: 'relu', batchNorm: true },
        { kind: 'residual', filters: 5, kernel: 3, channels: 6, activation: 'elu', plainSum: true },
        { kind: 'residual', filters: 6, kernel: 5, channels: 9, stride: 3, activation: 'silu', preActivation: true },
        {
          kind: 'residual',
          filters: 9,
          kernel: 3,
          secondKernel: 1,
          channels: 7,
          activation: 'leaky-relu',
          batchNorm: true,
          preActivation: true,
        },
      ],
    },
  },
  {
    name: 'bottleneck',
    model: {
      encoder: [
        { kind: 'conv', filters: 4, kernel: 3, stride: 1, activation: 'relu' },
        { ...bottleneck, channels: 8, stride: 2, activation: 'relu', batchNorm: true },
        { ...bottleneck, channels: 6, stride: 2, firstStrides: true, activation: 'elu' },
        { ...bottleneck, activation: 'silu', preActivation: true, batchNorm: true },
      ],
    },
  },
  {
    name: 'residual, groups',
    model: {
      encoder: [
        { kind: 'conv', filters: 4, kernel: 3, stride: 1, activation: 'relu' },
        { kind: 'residual', filters: 6, kernel: 3, channels: 8, stride: 2, activation: 'silu', groups: 2 },
        {
          kind: 'residual',
          filters: 8,
          kernel: 3,
          activation: 'prelu',
          groups: 4,
          epsilon: 1e-5,
          preActivation: true,
        },
        { ...bottleneck, channels: 4, stride: 2, activation: 'relu', groups: 2 },
      ],
    },
    without: ['tfjs'],
  },
];
