import type { LayerSpec, ModelSpec, OptimizerSpec, ScheduleSpec } from '../../electron/domain/experiment.ts';

function width(layer: LayerSpec): string {
  switch (layer.kind) {
    case 'dense':
      return String(layer.units);
    case 'conv':
      return `conv ${layer.filters}`;
    case 'pool':
      return `pool ${layer.size}`;
    case 'upsample':
      return `upsample ${layer.size}`;
    case 'separable':
      return `separable ${layer.filters}`;
    case 'residual':
      return `residual ${layer.channels ?? layer.filters}`;
    default:
      return layer.kind;
  }
}

const mirrored = (layer: LayerSpec): string =>
  width(layer.kind === 'pool' ? { kind: 'upsample', size: layer.stride ?? layer.size } : layer);

/** The model's widths from pixels through the code and back: "784-256-128-256-784", "784-conv 16-pool 2-…". */
export function shapeLine(model: ModelSpec): string {
  const pixels = String(model.inputShape.reduce((product, side) => product * side, 1));
  const encoder = model.encoder.map(width);
  const decoder = model.decoder === 'mirror' ? model.encoder.map(mirrored).reverse() : model.decoder.map(width);
  return [pixels, ...encoder, String(model.code.size), ...decoder, pixels].join('-');
}

/** What makes the code. */
export function codeKind({ variational, map, codebook }: ModelSpec['code']): string {
  if (codebook !== undefined) return 'codebook';
  if (variational) return 'mean and spread';
  return map === undefined ? 'dense' : 'conv';
}

export function optimizerWords(optimizer: OptimizerSpec): string {
  switch (optimizer.kind) {
    case 'sgd':
      return 'SGD';
    case 'momentum':
      return `${optimizer.nesterov ? 'Nesterov momentum' : 'Momentum'} ${optimizer.momentum}`;
    case 'adagrad':
      return 'AdaGrad';
    case 'rmsprop':
      return `RMSProp, decay ${optimizer.decay}`;
    case 'adam':
      return 'Adam';
    case 'adamw':
      return `AdamW, decay ${optimizer.weightDecay}`;
  }
}

export function scheduleWords(schedule: ScheduleSpec, warmupEpochs: number): string {
  const rise = warmupEpochs > 0 ? ` after ${warmupEpochs} warm-up ${warmupEpochs === 1 ? 'epoch' : 'epochs'}` : '';
  switch (schedule.kind) {
    case 'constant':
      return `constant${rise}`;
    case 'step':
      return `× ${schedule.factor} every ${schedule.everyEpochs} epochs${rise}`;
    case 'cosine':
      return `cosine${rise}`;
  }
}
