import { access } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { StudioError, toErrorData } from '../domain/errors.ts';
import { allFinite } from '../engine/finite.ts';
import type { StatePart, Trainer } from '../engine/step-runner.ts';
import { oneDnnAsked, tensorflowVersion } from '../engine/tensorflow.ts';
import { removeFolder } from '../files/atomic.ts';
import { CheckpointFolder, checkpointsIn, type CheckpointNote } from '../files/checkpoint-folder.ts';
import type { RunFolder } from '../files/run-folder.ts';
import { modelFiles } from '../model/weights-file.ts';
import type { Position, Reached } from './epoch-loop.ts';
import type { EpochPlan } from './epoch-plan.ts';
import { Diverged } from './measure.ts';

/** When a run writes checkpoints by itself: at the end of an epoch, and after so many minutes within one. */
export interface CheckpointPolicy {
  readonly minutes: number;
  /** Epochs that end within so many seconds of a checkpoint write none: short ones would spend a part of their time on it. */
  readonly leastSeconds: number;
  /** Of the time that goes into all else, so much at most goes into those at the end of an epoch, and into models; without it there is no bound. */
  readonly mostShare?: number;
}

export const usualPolicy: CheckpointPolicy = { minutes: 5, leastSeconds: 5, mostShare: 0.02 };

/** Besides the newest, the one before it, should the newest be damaged. */
const KEPT = 2;

/** What a checkpoint holds besides the runner's state. */
export interface Progress {
  readonly position: Position;
  readonly secondsSinceStart: number;
  readonly best?: Reached;
  readonly patience?: Reached;
  /** Whether training changes images as the experiment says. */
  readonly augments: boolean;
}

/** A checkpoint that can be gone on from. */
export interface FoundCheckpoint {
  readonly folder: CheckpointFolder;
  readonly note: CheckpointNote;
}

/** Writes a run's checkpoints and keeps the last two. */
export class Checkpoints {
  private readonly folder: RunFolder;
  private readonly runId: string;
  private readonly plan: EpochPlan;
  private readonly policy: CheckpointPolicy;
  private newest: string | undefined;
  private writtenAt: number | undefined;
  /** How long the newest took, in milliseconds. */
  private took = 0;
  private readonly begunAt = performance.now();

  /** @param from the checkpoint that the run has been taken up from */
  constructor(folder: RunFolder, runId: string, plan: EpochPlan, policy: CheckpointPolicy, from?: CheckpointFolder) {
    this.folder = folder;
    this.runId = runId;
    this.plan = plan;
    this.policy = policy;
    this.newest = from?.name;
  }

  /** Whether it is time for one within an epoch. */
  get isDue(): boolean {
    return performance.now() - (this.writtenAt ?? this.begunAt) >= this.policy.minutes * 60_000;
  }

  /** Whether an epoch that has just ended is worth one. */
  get isDueAfterEpoch(): boolean {
    const { leastSeconds, mostShare = Infinity } = this.policy;
    const least = Math.max(leastSeconds * 1000, this.took / mostShare);
    return this.writtenAt === undefined || performance.now() - this.writtenAt >= least;
  }

  /**
   * Writes where the run stands, unless the newest checkpoint is of the same place.
   * @throws Diverged where a weight is no number, or StudioError as all writers do
   */
  async write(runner: Trainer, progress: Progress): Promise<void> {
    const { position, secondsSinceStart, best, patience, augments } = progress;
    const name = CheckpointFolder.nameOf(position.epoch, position.done);
    if (name === this.newest) return;
    const began = performance.now();
    const note = {
      runId: this.runId,
      ...position,
      secondsSinceStart,
      stepsPerEpoch: this.plan.stepsPerEpoch,
      imageCount: this.plan.imageCount,
      ...(best === undefined ? {} : { best }),
      ...(patience === undefined ? {} : { patience }),
      ...(augments ? {} : { unchangedImages: true as const }),
      engine: engineOf(runner),
    };
    await runner.fetch?.();
    const kept = best === undefined ? undefined : { folder: this.folder.modelFolder('best'), files: modelFiles };
    const folder = new CheckpointFolder(join(this.folder.path, name));
    await folder.write(note, runner.state, (part) => numbersOf(runner, part), kept);
    this.newest = name;
    this.writtenAt = performance.now();
    const all = await checkpointsIn(this.folder.path);
    for (const old of all.slice(KEPT)) await removeFolder(old.path);
    this.took = performance.now() - began;
  }

  /** The run will not go on. */
  async clear(): Promise<void> {
    for (const { path } of await checkpointsIn(this.folder.path)) await removeFolder(path);
    this.newest = undefined;
  }
}

/**
 * The newest checkpoint that is whole and of this run, and a sentence for each newer one that is not.
 * @param state what the experiment's training state is made of
 * @throws StudioError `bad-file` where there are checkpoints and none can be used
 */
export async function latestCheckpoint(
  folder: RunFolder,
  runId: string,
  state: readonly StatePart[],
): Promise<{ readonly found?: FoundCheckpoint; readonly problems: readonly string[] }> {
  const problems: string[] = [];
  for (const each of await checkpointsIn(folder.path)) {
    try {
      const note = await each.readNote(runId);
      await each.readState(note, state, () => undefined);
      if (note.best !== undefined) await expectFiles(each.best);
      return { found: { folder: each, note }, problems };
    } catch (error) {
      problems.push(toErrorData(error).message);
    }
  }
  if (problems.length === 0) return { problems };
  throw new StudioError('bad-file', `None of the run's checkpoints can be used. ${problems.join(' ')}`);
}

/** What a run computes with: with something else it may end in other bits. */
export function engineOf({ path }: Pick<Trainer, 'path'>): CheckpointNote['engine'] {
  const { kind, threads = 0, torch } = path;
  const oneDnn = oneDnnAsked();
  return {
    path: kind,
    threads,
    tensorflow: tensorflowVersion(),
    processor: cpus()[0]?.model ?? 'unknown',
    ...(oneDnn === undefined ? {} : { oneDnn }),
    ...(torch === undefined
      ? {}
      : { torch: { version: torch.version, device: torch.device, name: torch.name, precision: torch.precision } }),
  };
}

/** @returns why a run that goes on with another engine is no longer exact; nothing where it is the same */
export function differenceOf(was: CheckpointNote['engine'], is: CheckpointNote['engine']): string | undefined {
  if (was.torch !== undefined || is.torch !== undefined) return differenceOfTorch(was, is);
  const changes = [
    ...(was.path === is.path ? [] : [`${was.path} became ${is.path}`]),
    ...(was.threads === is.threads ? [] : [`${counted(was.threads)} became ${counted(is.threads)}`]),
    ...(was.tensorflow === is.tensorflow ? [] : [`TensorFlow ${was.tensorflow} became ${is.tensorflow}`]),
    ...(was.oneDnn === is.oneDnn ? [] : [`${kernelsOf(was)} became ${kernelsOf(is)}`]),
    ...(was.processor === is.processor ? [] : [`the processor "${was.processor}" became "${is.processor}"`]),
  ];
  return changes.length === 0 ? undefined : changes.join(', ');
}

/** Where PyTorch computes, or did: TensorFlow has no part in the steps then. */
function differenceOfTorch(was: CheckpointNote['engine'], is: CheckpointNote['engine']): string | undefined {
  const placeOf = ({ torch }: CheckpointNote['engine']): string =>
    torch === undefined ? 'TensorFlow' : `PyTorch ${torch.version} on ${torch.name}, ${torch.precision}`;
  const [before, now] = [placeOf(was), placeOf(is)];
  if (before !== now) return `${before} became ${now}`;
  if (was.threads !== is.threads) return `${counted(was.threads)} became ${counted(is.threads)}`;
  // Its sums are taken in whatever order is quickest.
  return is.torch?.precision === 'mixed' ? 'mixed precision repeats nothing bit for bit' : undefined;
}

const kernelsOf = ({ oneDnn }: CheckpointNote['engine']): string => `oneDNN ${oneDnn ?? 'as TensorFlow chose'}`;

const counted = (threads: number): string => (threads === 1 ? '1 thread' : `${threads} threads`);

function numbersOf(runner: Trainer, part: number): Float32Array {
  const values = runner.read(part);
  const { name, isWeight } = runner.state[part] as StatePart;
  // A checkpoint of weights that are lost would push out one that still has them.
  if (isWeight && !allFinite(values)) throw new Diverged(`The weights "${name}" are no longer numbers`);
  return values;
}

async function expectFiles(folder: string): Promise<void> {
  for (const path of modelFiles.map((file) => join(folder, file))) {
    await access(path).catch((cause: unknown) => {
      throw new StudioError('not-found', `${path}: the file cannot be read.`, { cause });
    });
  }
}
