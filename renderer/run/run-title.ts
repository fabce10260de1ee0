import type { ImageSetSummary, RunSummary } from '../../electron/domain/words.ts';
import type { ErrorUnit } from '../../electron/contract/settings.ts';
import { versionName } from '../../electron/domain/versions.ts';
import { errorWords } from '../widgets/error-unit.ts';
import { formatMoment } from '../widgets/format-time.ts';

type Told = Pick<
  RunSummary,
  | 'name'
  | 'codeSize'
  | 'imageValues'
  | 'imageSet'
  | 'startedAt'
  | 'status'
  | 'sample'
  | 'testSquaredError'
  | 'bestValidationSquaredError'
>;

/** An image set's name, or its id when it is not here. */
export function imageSetName(id: string, imageSets: readonly ImageSetSummary[]): string {
  const set = imageSets.find((each) => each.id === id);
  return set === undefined ? id : versionName(set);
}

/** What tells a run from others in a list of them: its name, set, code, error (in the unit that was chosen) and date. */
export function runTitle(run: Told, imageSets: readonly ImageSetSummary[], unit: ErrorUnit): string {
  const { name, codeSize, imageSet, startedAt, status } = run;
  const { short, show } = errorWords(unit, run.imageValues);
  const set = imageSets.find(({ id }) => id === imageSet)?.name;
  const error = run.testSquaredError ?? run.bestValidationSquaredError;
  return [
    name.includes(`${codeSize}-D`) ? name : `${name}, ${codeSize}-D`,
    set === undefined || name.includes(set) ? '' : set,
    error === undefined ? '' : `${unit === 'mse' ? short : 'error'} ${show(error)}`,
    run.sample ? 'sample' : formatMoment(startedAt),
    status === 'running' ? 'training' : '',
  ]
    .filter(Boolean)
    .join(' · ');
}
