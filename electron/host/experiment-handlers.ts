import type { Handlers } from '../contract/contract.ts';
import { writeJson } from '../files/atomic.ts';
import { exportInto, fileName, type ChooseExportPlace } from './export.ts';
import { openExperiments } from './run-files.ts';
import { withStaged } from './staged-list.ts';
import type { Staging } from './staging.ts';

export interface ExperimentSurroundings {
  readonly staging: Staging;
  readonly choose: ChooseExportPlace;
  readonly onFilesUsed: (paths: readonly string[]) => void;
}

/** Answers what is asked of experiments as files. */
export function experimentHandlers({
  staging,
  choose,
  onFilesUsed,
}: ExperimentSurroundings): Handlers<'experiment:save' | 'experiment:open'> {
  return {
    'experiment:save': async ({ experiment }) => {
      const name = `${fileName(experiment.name, 'experiment')}.json`;
      const wish = { kind: 'file', name, title: 'Save experiment' } as const;
      const answer = await exportInto(choose, wish, (path) => writeJson(path, experiment));
      if (answer.kind === 'saved') onFilesUsed([answer.folder]);
      return answer;
    },
    'experiment:open': async ({ staged }) => {
      const given = staging.given(staged);
      const answer = await withStaged(staging, staged, openExperiments);
      if (answer.problems.length === 0) onFilesUsed(given);
      return answer;
    },
  };
}
