import { StudioError } from '../errors.ts';
import { recipeFor, type Recipe } from '../recipe.ts';
import type { ImageSetSummary } from '../words.ts';

/** Held-out pictures below this say too little of what is normal. */
export const LEAST_HELD_OUT = 5;
/** Of so many normal pictures that many are held out (`heldOut` of recipe.ts), of fewer less. */
export const LEAST_NORMAL = 20;

export const tooFewNormal = (found: number): StudioError =>
  new StudioError(
    'refused',
    `Expected at least ${LEAST_NORMAL} different normal pictures, ${LEAST_HELD_OUT} of which are held out of training to say what is usual; found ${found}.`,
  );

/**
 * The recipe for a set of normal pictures. Where the set's own validation pictures are too few to say what is usual, as many are held
 * out as of a set without any.
 * @throws StudioError `refused` where there are too few for that
 */
export function recipeForNormal(set: ImageSetSummary): Recipe {
  const { validationCount = 0, ...others } = set;
  const recipe = recipeFor(validationCount < LEAST_HELD_OUT ? others : set);
  if (recipe.experiment.training.validationCount < LEAST_HELD_OUT) throw tooFewNormal(set.trainingCount);
  return recipe;
}
