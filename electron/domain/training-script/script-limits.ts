import { StudioError } from '../errors.ts';
import type { Experiment } from '../experiment.ts';
import { layOut, type LayoutLayer } from '../model-layout.ts';

/** What a script does not say yet: such an experiment is trained in the app. */
export const notWritten = (what: string): StudioError =>
  new StudioError('refused', `No script trains ${what} yet: train this experiment in the app, and export the model.`);

/** @throws StudioError `refused` naming what of the experiment no script says */
export function checkWritten({ model, training }: Pick<Experiment, 'model' | 'training'>): void {
  if (training.inputNoise?.kind === 'patches') throw notWritten('on images with squares missing');
  if (model.code.classes !== undefined && (training.importanceSamples ?? 1) > 1) {
    throw notWritten('a code that knows the label with several codes an image');
  }
  if (model.code.codebook !== undefined) throw notWritten('a code of a codebook’s vectors');
  if (model.code.map !== undefined) throw notWritten('a code that is an image');
  for (const layer of layOut(model).layers) {
    if (layer.kind === 'conv' && layer.transposed && (layer.padding === 'valid' || widens(layer))) {
      throw notWritten('a transposed convolution that grows images by more than its stride');
    }
  }
}

/** Whether the image becomes larger than the stride alone makes it. */
const widens = ({ inputShape, shape, stride }: Extract<LayoutLayer, { kind: 'conv' }>): boolean =>
  [0, 1].some((axis) => (shape[axis] ?? 0) > (inputShape[axis] ?? 0) * stride);
