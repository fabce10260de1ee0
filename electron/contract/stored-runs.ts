import * as v from 'valibot';
import type { ExportAnswer } from './export-answer.ts';
import { ExperimentSchema, type Experiment } from '../domain/experiment.ts';
import { IdSchema } from '../domain/ids.ts';
import type { ImageColumns, RunSummary } from '../domain/words.ts';

const RunIds = v.pipe(v.array(IdSchema), v.minLength(1), v.maxLength(1_000));

export const TagSchema = v.pipe(
  v.string(),
  v.trim(),
  v.minLength(1, 'must not be empty'),
  v.maxLength(40, 'must be at most 40 characters'),
);

/** What is done with runs that lie on disk, and with experiments as files. */
export const storedRunRequests = {
  /** What is left out stays as it is. */
  'run:annotate': v.strictObject({
    runId: IdSchema,
    name: v.exactOptional(ExperimentSchema.entries.name),
    tags: v.exactOptional(v.pipe(v.array(TagSchema), v.maxLength(20, 'must hold at most 20 tags'))),
    notes: v.exactOptional(v.pipe(v.string(), v.trim(), v.maxLength(10_000, 'must be at most 10,000 characters'))),
  }),
  /** To the app's own trash; a run that trains is refused as `busy`, and then none is moved. */
  'run:delete': v.strictObject({ runIds: RunIds }),
  'run:restore': v.strictObject({ runIds: RunIds }),
  'run:trash': v.strictObject({}),
  'run:empty-trash': v.strictObject({}),
  /** What the run makes of its first example, as of its kept weights, or its newest snapshot. */
  'run:thumbnail': v.strictObject({ runId: IdSchema }),
  /** Puts those runs that came with the app among the runs again which are no longer there, out of the trash where they are in it. */
  'samples:restore': v.strictObject({}),
  /** The whole run as one file, checkpoints left out. */
  'run:export': v.strictObject({ runId: IdSchema }),
  /** Runs from such files; one whose id is taken gets another. */
  'run:import': v.strictObject({ staged: IdSchema }),
  /** The import of what was staged under that id ends: runs that were taken in before stay, nothing of the rest does. */
  'run:cancel-import': v.strictObject({ staged: IdSchema }),
  /** One self-contained HTML file: settings, curves, reconstructions, map. */
  'run:report': v.strictObject({ runId: IdSchema }),
  'experiment:save': v.strictObject({ experiment: ExperimentSchema }),
  /** Experiments from files, older versions migrated. */
  'experiment:open': v.strictObject({ staged: IdSchema }),
} as const;

export interface StoredRunAnswers {
  'run:annotate': RunSummary;
  'run:delete': Record<string, never>;
  'run:restore': Record<string, never>;
  'run:trash': readonly RunSummary[];
  'run:empty-trash': Record<string, never>;
  /** Those that were brought back, in the order in which they are offered; none where none was missing. */
  'samples:restore': { readonly runIds: readonly string[] };
  /** Without an image where no snapshot was taken yet. */
  'run:thumbnail': { readonly image?: ImageColumns };
  'run:export': ExportAnswer;
  'run:import': {
    readonly runIds: readonly string[];
    readonly problems: readonly string[];
    /** It was ended before all were taken in. */
    readonly stopped?: true;
  };
  'run:cancel-import': Record<string, never>;
  'run:report': ExportAnswer;
  'experiment:save': ExportAnswer;
  'experiment:open': { readonly experiments: readonly Experiment[]; readonly problems: readonly string[] };
}

export interface StoredRunEvents {
  /** Runs came, went, or were renamed, other than by training. */
  'runs:changed': Record<string, never>;
}
