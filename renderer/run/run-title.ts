import type { ImageSetSummary, RunSummary } from '../../electron/domain/words.ts';
import type { ErrorUnit } from '../../electron/contract/settings.ts';
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
