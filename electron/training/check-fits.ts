import { StudioError } from '../domain/errors.ts';
import { classProblem } from '../domain/conditional.ts';
import { checkExperiment } from '../domain/experiment-problems.ts';
import type { Experiment } from '../domain/experiment.ts';
import { layOut } from '../domain/model-layout.ts';
import type { ImageSet } from '../dataset/image-set.ts';
import { mostInOnePiece } from '../files/whole-file.ts';
import type { FoundCheckpoint } from './checkpoints.ts';

/** @throws StudioError `bad-spec` where an experiment cannot be trained on an image set, or a checkpoint not gone on from. */
export function checkFits(experiment: Experiment, set: ImageSet, from?: FoundCheckpoint): void {
  const { height, width, channels, count } = set.training.images;
  const found = experiment.model.inputShape.join(' × ');
  const expected = `${height} × ${width} × ${channels}`;
  if (found !== expected) {
    throw new StudioError(
      'bad-spec',
      `model.inputShape must be ${expected}, the size of ${set.name}'s images, found ${found}.`,
    );
  }
  checkExperiment(experiment);
  if (experiment.startFrom !== undefined && experiment.training.start !== undefined) {
    const expected = 'training.start: expected none where training begins with the weights of another run';
    throw new StudioError('bad-spec', `${expected}, found ${experiment.training.start}.`);
  }
  if (experiment.startFrom !== undefined && experiment.training.pretraining !== undefined) {
    const expected = 'training.pretraining: expected none where training begins with the weights of another run';
    throw new StudioError('bad-spec', `${expected}, found ${experiment.training.pretraining.kind}.`);
  }
  const wrong = classProblem(experiment.model, set);
  if (wrong) throw new StudioError('bad-spec', `${wrong.path}: ${wrong.message}`);
  const { validationCount } = experiment.training;
  if (validationCount >= count) {
    throw new StudioError(
      'bad-spec',
      `training.validationCount must be less than the ${count} training images of ${set.name}, found ${validationCount}.`,
    );
  }
  const begunWith = from?.note.imageCount;
  if (begunWith !== undefined && begunWith !== count - validationCount) {
    throw new StudioError(
      'bad-spec',
      `${set.name}: expected the ${begunWith} images that the run was begun with, found ${count - validationCount}.`,
    );
  }
}

/**
 * Refuses what TensorFlow would ask for in one piece and not get: a batch of one layer's values, or one layer's weights, as float32.
 * There the process would end.
 * @param most bytes that can be had in one piece
 * @throws StudioError `refused`
 */
export function checkTensors({ model, training }: Experiment, most = mostInOnePiece()): void {
  const { batchSize } = training;
  const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
  for (const { path, activationBytes, parameters } of layOut(model).layers) {
    const [values, weights] = [batchSize * activationBytes, 4 * parameters];
    if (values <= most && weights <= most) continue;
    const what =
      weights > most ? 'has weights' : `makes, of a batch of ${batchSize.toLocaleString('en')} images, values`;
    const found = `this layer ${what} of ${gigabytes(Math.max(values, weights))} in one piece`;
    const instead = weights > most ? 'a smaller layer' : 'a smaller batch';
    throw new StudioError(
      'refused',
      `model.${path}: ${found}, and the desktop app has at most ${gigabytes(most)}. Choose ${instead}.`,
    );
  }
}
