import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { toErrorData } from '../domain/errors.ts';
import { ClusterOrderSchema } from '../contract/cluster.ts';
import { DeviceOrderSchema } from '../contract/torch.ts';
import { IdSchema } from '../domain/ids.ts';
import { readExperiment } from '../domain/migrate-experiment.ts';
import { MOST_QUEUED, type QueueEntry } from '../contract/queue.ts';
import { JsonFile } from './json-file.ts';

const QueueSchema = v.strictObject({
  entries: v.pipe(
    v.array(
      v.strictObject({
        id: IdSchema,
        addedAt: v.string(),
        experiment: v.unknown(),
        cluster: v.exactOptional(ClusterOrderSchema),
        device: v.exactOptional(DeviceOrderSchema),
      }),
    ),
    v.maxLength(MOST_QUEUED),
  ),
});

/**
 * The experiments that waited when the app was last closed, the next first; those of older versions migrated. A file that cannot
 * be read is put aside as queue-damaged.json.
 * @returns a sentence for each entry that is not whole, and for a damaged file
 */
export async function readQueue(
  dataFolder: string,
): Promise<{ readonly entries: readonly QueueEntry[]; readonly problems: readonly string[] }> {
  const file = queueFile(dataFolder);
  try {
    const stored = await file.readIfThere();
    const problems: string[] = [];
    const entries = (stored?.entries ?? []).flatMap(({ experiment, ...rest }, index) => {
      try {
        return [{ ...rest, experiment: readExperiment(experiment, `${file.path}, entry ${index + 1}`) }];
      } catch (error) {
        problems.push(toErrorData(error).message);
        return [];
      }
    });
    return { entries, problems };
  } catch (error) {
    await rename(file.path, join(dataFolder, 'queue-damaged.json')).catch(() => undefined);
    return { entries: [], problems: [toErrorData(error).message] };
  }
}

/** Throws as `writeJson`. */
export async function writeQueue(dataFolder: string, entries: readonly QueueEntry[]): Promise<void> {
  await queueFile(dataFolder).write({ entries: [...entries] });
}

function queueFile(dataFolder: string) {
  return new JsonFile(join(dataFolder, 'queue.json'), 1, QueueSchema);
}
