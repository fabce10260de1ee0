import type { Experiment } from '../../../electron/domain/experiment.ts';
import type { Problems } from '../../experiment/draft.ts';
import { asSentence } from '../../widgets/as-sentence.ts';
import { layerName } from '../../experiment/model-settings.ts';
import { groupOf, mainSettings } from '../../experiment/training-settings.ts';

/** Fields whose problems stand in sight. */
const inSightOf = (experiment: Experiment): ReadonlyMap<string, string> =>
  new Map([
    ['imageSet', 'Images'],
    // Their size and channels are the model's input.
    ['model.inputShape', 'Images'],
    ...mainSettings(experiment).map(({ path, label }) => [path, label] as const),
    ['name', 'Title'],
  ]);

export interface WhereToLook {
  readonly place: 'train' | 'model';
  /** "Model: encoder layer 2", "Clipping". */
  readonly where: string;
  readonly message: string;
}

/** Why an experiment cannot be trained, and where to look; nothing where it can. */
export function whereToLook(problems: Problems, experiment: Experiment): WhereToLook | undefined {
  const inSight = inSightOf(experiment);
  const [first] = Object.entries(problems).sort(([a], [b]) => Number(inSight.has(a)) - Number(inSight.has(b)));
  if (!first) return undefined;
  const [path, problem] = first;
  const shown = inSight.get(path);
  const message = asSentence(problem);
  if (shown !== undefined) return { place: 'train', where: shown, message };
  if (path.startsWith('model.')) return { place: 'model', where: modelPart(path), message };
  return { place: 'train', where: groupOf(path, experiment)?.title ?? 'Experiment', message };
}

function modelPart(path: string): string {
  if (/^model\.(encoder|decoder|code|output)(\.|$)/.test(path)) return layerName(path);
  return path === 'model.initialiser' ? 'Initial weights' : path === 'model.tiedWeights' ? 'Tied weights' : 'Output';
}
