import type { RunRecord, Snapshot } from '../../domain/words.ts';
import { epochShown } from '../../domain/epoch-shown.ts';
import { toErrorData } from '../../domain/errors.ts';
import type { AskEngine } from '../window-handlers.ts';
import { reportPage, type ReportContents } from './page.ts';

/** The report of a run; what the engine or the image set cannot give is said to be missing. */
export async function reportOf(
  record: RunRecord,
  snapshotOf: (epoch: number) => Promise<Snapshot>,
  ask: AskEngine,
): Promise<string> {
  const missing: string[] = [];
  const { imageSet, training } = record.experiment;
  const had = async <T>(what: string, get: () => Promise<T>): Promise<T | undefined> =>
    get().catch((error: unknown) => {
      missing.push(`${what}: ${toErrorData(error).message}`);
      return undefined;
    });
  const epoch = epochShown(record);
  const snapshot = epoch === undefined ? undefined : await had('No reconstructions', () => snapshotOf(epoch));
  const originals =
    snapshot &&
    (await had('No original images', async () => {
      const { examples: indices, reconstructions } = snapshot;
      const test = { imageSet, split: 'test' } as const;
      if (indices !== undefined) return (await ask('image-set:pick', { ...test, indices: indices.slice() })).images;
      return ask('image-set:images', { ...test, first: 0, count: reconstructions.count });
    }));
  const baseline = await had('No PCA to compare with', () =>
    ask('image-set:baseline', { imageSet, validationCount: training.validationCount }),
  );
  const { size } = record.experiment.model.code;
  const pcaNeighbours =
    record.test?.neighbourAccuracy === undefined
      ? undefined
      : await ask('image-set:pca-neighbours', {
          imageSet,
          validationCount: training.validationCount,
          components: size,
        }).catch(() => undefined);
  const inspected = await had('No figures of odd ones', () =>
    ask('inspection:open', { model: { runId: record.summary.id, weights: 'best' } }),
  );
  const sets = await ask('image-set:list', {}).catch(() => []);
  const set = sets.find(({ id }) => id === imageSet);
  const contents: ReportContents = {
    record,
    missing,
    ...(set === undefined ? {} : { imageSet: set }),
    ...(snapshot === undefined ? {} : { snapshot }),
    ...(originals === undefined ? {} : { originals }),
    ...(baseline === undefined ? {} : { baseline }),
    ...(pcaNeighbours === undefined ? {} : { pcaNeighbours }),
    ...(inspected?.inspection === undefined ? {} : { inspection: inspected.inspection }),
  };
  return reportPage(contents);
}
