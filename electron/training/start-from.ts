import { access } from 'node:fs/promises';
import { StudioError } from '../domain/errors.ts';
import type { Experiment } from '../domain/experiment.ts';
import { RunFolder } from '../files/run-folder.ts';
import { weightsPath } from '../model/weights-file.ts';

/**
 * Where the weights lie that an experiment's training begins with; nothing where they are drawn.
 * @throws StudioError `not-found` where the run is gone or has none
 */
export async function startOptions(
  { startFrom }: Pick<Experiment, 'startFrom'>,
  dataFolder: string,
): Promise<{ readonly startFrom?: string }> {
  if (startFrom === undefined) return {};
  const folder = RunFolder.under(dataFolder, startFrom.runId).modelFolder(startFrom.weights);
  await access(weightsPath(folder)).catch((cause: unknown) => {
    const message = `Training is to begin with the weights of the run "${startFrom.runId}": expected them in ${folder}, found none.`;
    throw new StudioError('not-found', message, { cause });
  });
  return { startFrom: folder };
}
