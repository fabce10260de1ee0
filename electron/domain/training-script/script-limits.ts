import { StudioError } from '../errors.ts';
import { batchTerms } from '../cluster-limits.ts';
import type { Experiment, TrainingSpec } from '../experiment.ts';
import { layOut } from '../model-layout.ts';

/** What a script does not say yet: such an experiment is trained in the app. */
export const notWritten = (what: string): StudioError =>
  new StudioError('refused', `No script trains ${what} yet: train this experiment in the app, and export the model.`);

const activations = ['silu', 'selu', 'clip', 'prelu'];

/** What of a training no script says, in words. */
export function unwrittenTerms(training: TrainingSpec): string[] {
  const { freeBits = 0, betaCycles, regularisers } = training;
  const { codeL2 = 0, decoderL2 = 0 } = regularisers;
  return [
    ...batchTerms(training).map(([, words]) => words),
    ...(freeBits > 0 ? ['with free bits'] : []),
    ...(betaCycles === undefined ? [] : ['with a beta that rises in cycles']),
    ...(codeL2 > 0 ? ['codes by their length'] : []),
    ...(decoderL2 > 0 ? ['by the squares of the decoder’s weights'] : []),
  ];
}

/** @throws StudioError `refused` naming what of the experiment no script says */
export function checkWritten({ model, training }: Pick<Experiment, 'model' | 'training'>): void {
  const [term] = unwrittenTerms(training);
  if (term !== undefined) throw notWritten(term);
  if (model.code.map !== undefined) throw notWritten('a code that is an image');
  if (model.decoderEnds === 'none') throw notWritten('a decoder of which every layer is said');
  for (const layer of layOut(model).layers) {
    if (!['dense', 'conv', 'pool', 'upsample'].includes(layer.kind)) throw notWritten(`a ${layer.kind} layer`);
    if ('padding' in layer && layer.padding === 'valid') throw notWritten('windows without padding');
    if (layer.kind === 'pool' && layer.stride !== layer.size) throw notWritten('pooling of windows that overlap');
    if (layer.kind === 'upsample' && layer.method === 'bilinear') throw notWritten('bilinear enlarging');
    if (!('activation' in layer)) continue;
    if (activations.includes(layer.activation)) throw notWritten(`${layer.activation} units`);
    if (layer.slope !== undefined) throw notWritten('a leaky ReLU of another slope than 0.2');
  }
}
