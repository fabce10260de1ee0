import type { ImageSetSummary, RunSummary } from '../../electron/domain/words.ts';
import { formatSquaredError } from '../widgets/format-number.ts';
import { formatMoment } from '../widgets/format-time.ts';

type Told = Pick<
  RunSummary,
  | 'name'
  | 'codeSize'
  | 'imageSet'
  | 'startedAt'
  | 'status'
  | 'sample'
  | 'testSquaredError'
  | 'bestValidationSquaredError'
>;

/** What tells a run from others in a list of them: its name, set, code, error and date. */
export function runTitle(run: Told, imageSets: readonly ImageSetSummary[]): string {
  const { name, codeSize, imageSet, startedAt, status } = run;
  const set = imageSets.find(({ id }) => id === imageSet)?.name;
  const error = run.testSquaredError ?? run.bestValidationSquaredError;
  return [
    name.includes(`${codeSize}-D`) ? name : `${name}, ${codeSize}-D`,
    set === undefined || name.includes(set) ? '' : set,
    error === undefined ? '' : `error ${formatSquaredError(error)}`,
    run.sample ? 'sample' : formatMoment(startedAt),
    status === 'running' ? 'training' : '',
  ]
    .filter(Boolean)
    .join(' · ');
}
