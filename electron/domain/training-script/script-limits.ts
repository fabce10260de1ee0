import { StudioError } from '../errors.ts';
import type { Experiment } from '../experiment.ts';
import { layOut } from '../model-layout.ts';

/** What a script does not say yet: such an experiment is trained in the app. */
export const notWritten = (what: string): StudioError =>
  new StudioError('refused', `No script trains ${what} yet: train this experiment in the app, and export the model.`);

const activations = ['silu', 'selu', 'clip', 'prelu'];

/** @throws StudioError `refused` naming what of the experiment no script says */
export function checkWritten({ model }: Pick<Experiment, 'model'>): void {
  if (model.code.classes !== undefined) throw notWritten('a code that knows the label');
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
