import { StudioError } from '../domain/errors.ts';
import { checkExperiment } from '../domain/experiment-problems.ts';
import type { Experiment } from '../domain/experiment.ts';
import type { ImageSet } from '../dataset/image-set.ts';
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
