import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as v from 'valibot';
import { IdSchema, Index } from '../domain/ids.ts';
import { StudioError } from '../domain/errors.ts';
import { linkOrCopy, makeFolder, writeFolder, writeJson, writePieces } from './atomic.ts';
import { readChecked } from './json-file.ts';
import { encodeHeader, kindOf, withSafetensors } from './safetensors.ts';

const NOTE_FILE = 'checkpoint.json';
const STATE_FILE = 'state.safetensors';
const BEST_FOLDER = 'best';
/** Bytes. */
const HASHED_AT_ONCE = 2 ** 20;

const Reached = v.strictObject({ error: v.number(), epoch: Index });

/** checkpoint.json: how far a run had come, and with what it had computed. */
const CheckpointNoteSchema = v.strictObject({
  version: v.literal(1),
  runId: IdSchema,
  /** The epoch in training, from 1; one past the last when all are done. */
  epoch: v.pipe(Index, v.minValue(1)),
  /** Its steps that are done, and what they cost. */
  done: Index,
  costSum: v.number(),
  lastCost: v.exactOptional(v.number()),
  /** Seconds spent in this epoch, and at work since the run began. */
  epochSeconds: v.number(),
  secondsSinceStart: v.number(),
  stepsPerEpoch: Index,
  /** How many images it trains on. */
  imageCount: Index,
  /** The best epoch so far; its weights are kept in the checkpoint. */
  best: v.exactOptional(Reached),
  /** What early stopping measures the next epochs against. */
  patience: v.exactOptional(Reached),
  /** The start has found that changed images do not help: they are trained on as they are. */
  unchangedImages: v.exactOptional(v.literal(true)),
  engine: v.strictObject({
    path: v.picklist(['xla-loop', 'graph-loop', 'eager', 'torch']),
    threads: Index,
    tensorflow: v.string(),
    processor: v.string(),
    /** Whether oneDNN's kernels were asked for; absent where TensorFlow chose by its processor, and in older versions. */
    oneDnn: v.exactOptional(v.picklist(['on', 'off'])),
    /** Where PyTorch computed: its version, the device, its name and the precision. */
    torch: v.exactOptional(
      v.strictObject({ version: v.string(), device: v.string(), name: v.string(), precision: v.string() }),
    ),
  }),
  /** Of state.safetensors, hexadecimal. */
  stateSha256: v.string(),
});
export type CheckpointNote = v.InferOutput<typeof CheckpointNoteSchema>;

/** What is asked of each tensor of a state; names are compared, too. */
export interface StateTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** A weight must be a number; an optimizer's slot may have become infinite in peace. */
  readonly isWeight: boolean;
}

/** One checkpoint-… folder of a run: its note, the whole training state, and the best weights so far. */
export class CheckpointFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  static nameOf(epoch: number, done: number): string {
    return `checkpoint-${String(epoch).padStart(4, '0')}-${String(done).padStart(6, '0')}`;
  }

  /** [epoch, steps done in it] of such a name; nothing for any other. */
  static placeOf(name: string): readonly [epoch: number, done: number] | undefined {
    const found = /^checkpoint-(\d+)-(\d+)$/.exec(name);
    return found ? [Number(found[1]), Number(found[2])] : undefined;
  }

  get name(): string {
    return basename(this.path);
  }

  /** The whole training state. */
  get statePath(): string {
    return join(this.path, STATE_FILE);
  }

  /** A model folder, as the best weights' own is. */
  get best(): string {
    return join(this.path, BEST_FOLDER);
  }

  /**
   * Writes the folder whole or not at all.
   * @param values of one tensor, float32; asked for one after another
   * @param best the model folder of the best weights, where the note names some
   * @throws StudioError as all writers in atomic.ts
   */
  async write(
    note: Omit<CheckpointNote, 'stateSha256' | 'version'>,
    tensors: readonly StateTensor[],
    values: (index: number) => Float32Array,
    best: { readonly folder: string; readonly files: readonly string[] } | undefined,
  ): Promise<void> {
    await writeFolder(this.path, async (temporary) => {
      const hash = createHash('sha256');
      await writePieces(join(temporary, STATE_FILE), hashed(statePieces(tensors, values, note.runId), hash));
      if (best !== undefined) {
        const folder = join(temporary, BEST_FOLDER);
        await makeFolder(folder);
        for (const file of best.files) await linkOrCopy(join(best.folder, file), join(folder, file));
      }
      await writeJson(join(temporary, NOTE_FILE), { version: 1, ...note, stateSha256: hash.digest('hex') });
    });
  }

  /** @throws StudioError `not-found` or `bad-file` naming what is damaged, or that it is another run's. */
  async readNote(runId: string): Promise<CheckpointNote> {
    const path = join(this.path, NOTE_FILE);
    const note = await readChecked(path, CheckpointNoteSchema);
    if (note.runId !== runId) {
      throw new StudioError(
        'bad-file',
        `${path}: expected a checkpoint of run "${runId}", found one of "${note.runId}".`,
      );
    }
    return note;
  }

  /**
   * Reads the state and hands out its tensors one after another, all checked before the first is handed out.
   * @throws StudioError `not-found`, or `bad-file` where the file is torn, lacks a tensor or holds what is no weight
   */
  async readState(
    note: CheckpointNote,
    tensors: readonly StateTensor[],
    take: (index: number, values: Float32Array) => void,
  ): Promise<void> {
    const path = this.statePath;
    const [hash, bytes] = await hashOf(path);
    if (hash !== note.stateSha256) {
      const expected = `the ${note.stateSha256.slice(0, 12)}… that ${NOTE_FILE} names`;
      throw bad(path, `a file with the SHA-256 ${expected}`, `${hash.slice(0, 12)}… (${bytes} bytes)`);
    }
    await withSafetensors(path, async ({ tensor, names }) => {
      const read = async (wanted: StateTensor): Promise<Float32Array> => {
        if (!names.includes(wanted.name)) throw bad(path, described(wanted), 'none');
        const { data, shape } = await tensor(wanted.name);
        if (!(data instanceof Float32Array)) throw bad(path, `"${wanted.name}" of type F32`, kindOf(data));
        if (shape.join() !== wanted.shape.join()) throw bad(path, described(wanted), shape.join(' × '));
        const broken = wanted.isWeight ? data.findIndex((value) => !Number.isFinite(value)) : -1;
        if (broken >= 0) throw bad(path, `numbers in "${wanted.name}"`, `${data[broken]} at ${broken}`);
        return data;
      };
      for (const wanted of tensors) await read(wanted);
      for (const [index, wanted] of tensors.entries()) take(index, await read(wanted));
    });
  }
}

/** SHA-256 of a file, in hexadecimal, and its bytes. @throws StudioError `not-found` */
async function hashOf(path: string): Promise<readonly [hash: string, bytes: number]> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const piece of createReadStream(path, { highWaterMark: HASHED_AT_ONCE })) {
      hash.update(piece as Buffer);
      bytes += (piece as Buffer).byteLength;
    }
  } catch (cause) {
    throw new StudioError('not-found', `${path}: the file cannot be read.`, { cause });
  }
  return [hash.digest('hex'), bytes];
}

/** The checkpoints in a run's folder, newest first; whether they are whole shows when they are read. */
export async function checkpointsIn(runFolder: string): Promise<CheckpointFolder[]> {
  const names = await readdir(runFolder).catch(() => []);
  const placed = names.flatMap((name) => {
    const place = CheckpointFolder.placeOf(name);
    return place === undefined ? [] : [{ name, place }];
  });
  placed.sort((a, b) => b.place[0] - a.place[0] || b.place[1] - a.place[1]);
  return placed.map(({ name }) => new CheckpointFolder(join(runFolder, name)));
}

function* statePieces(
  tensors: readonly StateTensor[],
  values: (index: number) => Float32Array,
  runId: string,
): Generator<Uint8Array> {
  const described = tensors.map(({ name, shape }) => ({ name, kind: 'F32', shape }) as const);
  yield encodeHeader(described, { format: 'training-state', run: runId });
  for (const index of tensors.keys()) {
    const { buffer, byteOffset, byteLength } = values(index);
    yield new Uint8Array(buffer, byteOffset, byteLength);
  }
}

function* hashed(pieces: Iterable<Uint8Array>, hash: ReturnType<typeof createHash>): Generator<Uint8Array> {
  for (const piece of pieces) {
    hash.update(piece);
    yield piece;
  }
}

const described = ({ name, shape }: StateTensor): string =>
  shape.length === 0 ? `one number "${name}"` : `"${name}" of shape ${shape.join(' × ')}`;

function bad(path: string, expected: string, found: string): StudioError {
  return new StudioError('bad-file', `${path}: expected ${expected}, found ${found}.`);
}
