import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { StudioError } from '../domain/errors.ts';
import { TruthSchema } from '../domain/inspection/groups.ts';
import { evenings, ScoreKindSchema } from '../domain/inspection/scores.ts';
import { InspectSourceSchema, marks, RegionSchema, type ScoreColumn } from '../contract/inspection.ts';
import { TilingSchema } from '../contract/import-options.ts';
import { ModelRefSchema } from '../contract/models.ts';
import { writeWhole } from './atomic.ts';
import { JsonFile } from './json-file.ts';
import { PathTurns } from './path-turns.ts';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from './safetensors.ts';

const Text = v.pipe(v.string(), v.maxLength(4_096));
const Figure = v.nullable(v.number());

const StoredSchema = v.strictObject({
  model: ModelRefSchema,
  inspectedAt: v.pipe(v.string(), v.isoTimestamp()),
  source: InspectSourceSchema,
  /** Where staged pictures lay, or those that a set was made of. */
  paths: v.array(Text),
  names: v.array(Text),
  groups: v.array(Text),
  /** The place of each in its source. */
  places: v.array(v.pipe(v.number(), v.integer(), v.minValue(0))),
  scores: v.array(v.strictObject({ kind: ScoreKindSchema, evening: v.picklist(evenings), madeFaults: Figure })),
  pixels: v.exactOptional(
    v.strictObject({
      /** Whose map they are of; absent in older ones. */
      score: v.exactOptional(ScoreKindSchema),
      auroc: Figure,
      pro: Figure,
      pictures: v.number(),
    }),
  ),
  region: v.exactOptional(RegionSchema),
  tiles: v.exactOptional(TilingSchema),
  pictureSize: v.exactOptional(v.strictObject({ width: v.number(), height: v.number() })),
  problems: v.array(v.strictObject({ name: Text, message: v.string() })),
  score: ScoreKindSchema,
  why: v.string(),
  /** Absent: the fitted one. */
  threshold: v.exactOptional(v.number()),
  rate: v.number(),
  truths: v.record(v.string(), TruthSchema),
  marks: v.array(
    v.strictObject({
      picture: v.pipe(v.number(), v.integer(), v.minValue(0)),
      mark: v.exactOptional(v.picklist(marks)),
      note: v.exactOptional(v.string()),
    }),
  ),
});
type Stored = v.InferOutput<typeof StoredSchema>;

/** An inspection as its folder holds it. */
export type StoredInspection = Omit<Stored, 'scores'> & {
  readonly scores: readonly ScoreColumn[];
  /** 1 where a picture has a mask. */
  readonly masked: Uint8Array;
};

/** What this process reads or writes: two files make one inspection, and whoever asks next waits for both. */
const turns = new PathTurns();

/** What was inspected last with a run's weights: the one place that knows its files' names. */
export class InspectionFolder {
  private readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Throws as `writeWhole`. */
  write(stored: StoredInspection): Promise<void> {
    return turns.take(this.path, () => this.put(stored));
  }

  /** Nothing where nothing was inspected. @throws StudioError `bad-file` naming the file */
  read(): Promise<StoredInspection | undefined> {
    return turns.take(this.path, () => this.take());
  }

  /** Keeps what `change` makes of what is there; no other change comes between. Throws as `read`, `change` and `write`. */
  update(
    change: (stored: StoredInspection | undefined) => StoredInspection | Promise<StoredInspection>,
  ): Promise<StoredInspection> {
    return turns.take(this.path, async () => {
      const changed = await change(await this.take());
      await this.put(changed);
      return changed;
    });
  }

  private async put({ scores, masked, ...rest }: StoredInspection): Promise<void> {
    const tensors: Record<string, StoredTensor> = { masked: { shape: [masked.length], data: masked } };
    for (const { kind, values, heldOut } of scores) {
      tensors[kind] = { shape: [values.length], data: values };
      tensors[`heldOut.${kind}`] = { shape: [heldOut.length], data: heldOut };
    }
    await writeWhole(this.scoresPath, encodeSafetensors(tensors));
    const told = scores.map(({ kind, evening, madeFaults }) => ({
      kind,
      evening,
      madeFaults: Number.isFinite(madeFaults) ? madeFaults : null,
    }));
    await this.file.write({ ...rest, scores: told });
  }

  private async take(): Promise<StoredInspection | undefined> {
    const stored = await this.file.readIfThere();
    if (stored === undefined) return undefined;
    const bytes = await readFile(this.scoresPath).catch((cause: unknown) => {
      throw new StudioError(
        'bad-file',
        `${this.scoresPath}: expected the scores of an inspection, found no such file.`,
        { cause },
      );
    });
    const { tensors } = decodeSafetensors(bytes, this.scoresPath);
    const { names } = stored;
    const floats = (name: string, length?: number): Float32Array => {
      const data = tensors[name]?.data;
      if (data instanceof Float32Array && (length === undefined || data.length === length)) return data;
      const expected = length === undefined ? '' : ` of ${length}`;
      throw new StudioError(
        'bad-file',
        `${this.scoresPath}: expected "${name}"${expected} of type F32, found another or none.`,
      );
    };
    const masked = tensors['masked']?.data;
    return {
      ...stored,
      masked: masked instanceof Uint8Array && masked.length === names.length ? masked : new Uint8Array(names.length),
      scores: stored.scores.map(({ kind, evening, madeFaults }) => ({
        kind,
        evening,
        madeFaults: madeFaults ?? Number.NaN,
        values: floats(kind, names.length),
        heldOut: floats(`heldOut.${kind}`),
      })),
    };
  }

  private get scoresPath(): string {
    return join(this.path, 'scores.safetensors');
  }

  private get file(): JsonFile<Stored> {
    return new JsonFile(join(this.path, 'inspection.json'), 1, StoredSchema);
  }
}
