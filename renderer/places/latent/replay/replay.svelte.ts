import type { StudioApi } from '../../../../electron/contract/contract.ts';
import type { ErrorData } from '../../../../electron/domain/errors.ts';
import type { MapColumns, MapSubset, RunRecord, Snapshot } from '../../../../electron/domain/words.ts';
import { LatestRequest, type RequestToken } from '../../../link/latest-request.svelte.ts';
import { aligned, alignment, gathered, scattered } from '../../../maths/align.ts';
import { EpochFrames, type Frame } from './epoch-frames.ts';

/** Milliseconds from one epoch to the next while a replay plays. */
export const EPOCH_MS = 700;

/** The full map that a run's epochs lead to. */
export interface ReplayGoal {
  readonly points: MapColumns;
  /** Test images. */
  readonly count: number;
}

/** A run's snapshots as a film of its map: the subset that every snapshot holds, at its places among the test images. */
export class Replay {
  record = $state.raw<RunRecord>();
  subset = $state.raw<MapSubset>();
  problem = $state.raw<ErrorData>();
  /** Whether the map shows epochs instead of the trained model. */
  active = $state(false);
  playing = $state(false);
  /** Between epochs: 1.5 is half way from the second frame to the third. */
  position = $state(0);
  #frames = $state.raw<readonly Frame[]>([]);
  #goal = $state.raw<ReplayGoal>();
  /** One reading at a time: a snapshot taken meanwhile is read after it. */
  readonly #reads = new LatestRequest();
  readonly #api: StudioApi;

  readonly epochs = $derived(this.#frames.map(({ snapshot }) => snapshot.epoch));
  /** How many epochs there are to read. */
  readonly total = $derived(this.record?.snapshotEpochs.length ?? 0);
  /** What a film is made of. */
  readonly still = $derived(new EpochFrames(this.#frames, this.subset));
  readonly last = $derived(this.still.last);
  readonly snapshot = $derived(this.still.snapshotAt(this.position));
  /** Around every epoch, so that the view stands still while the points move. */
  readonly limits = $derived(this.still.limits());
  /** The subset where it is now. */
  readonly map = $derived.by(() => this.mapAt(this.position));
  /** The same among all test images. */
  readonly points = $derived.by(() =>
    this.map ? scattered(this.map, this.subset!.indices, this.#goal!.count) : undefined,
  );
  readonly isPlane = $derived(this.#frames[0]?.snapshot.mapIs === 'principal-plane');

  constructor(api: StudioApi) {
    this.#api = api;
  }

  /** The run whose epochs may be replayed; they are read when the replay is first shown. */
  setRun(record: RunRecord): void {
    const other = record.summary.id !== this.record?.summary.id;
    this.record = record;
    if (other) this.forget();
    else if (this.active) void this.#read();
  }

  /** Lets go of what was read. */
  forget(): void {
    this.#reads.cancel();
    this.active = false;
    this.playing = false;
    this.position = 0;
    this.#frames = [];
    this.subset = undefined;
    this.problem = undefined;
  }

  /** Shows the epochs, the last first; `goal` is what they lead to. */
  async show(goal: ReplayGoal): Promise<void> {
    if (!this.record) return;
    this.#goal = goal;
    this.active = true;
    await this.#read();
  }

  leave(): void {
    this.active = false;
    this.playing = false;
  }

  play(): void {
    if (this.position >= this.last) this.position = 0;
    this.playing = this.last > 0;
  }

  pause(): void {
    this.playing = false;
    this.position = Math.round(this.position);
  }

  /** Moves a playing replay on by so many milliseconds; at its end it stops. */
  advance(milliseconds: number): void {
    if (!this.playing) return;
    this.position = Math.min(this.last, this.position + milliseconds / EPOCH_MS);
    if (this.position >= this.last) this.playing = false;
  }

  seek(position: number): void {
    this.playing = false;
    this.position = Math.min(this.last, Math.max(0, position));
  }

  /** The subset's places at a position between epochs. */
  mapAt(position: number): MapColumns | undefined {
    return this.still.mapAt(position);
  }

  #read(): Promise<void> {
    return this.#reads.follow((token) => this.#readMissing(token));
  }

  /** The newest epoch first: each is turned towards the one after it. */
  async #readMissing(token: RequestToken): Promise<void> {
    const { record } = this;
    this.problem = undefined;
    if (!record || !(await this.#readSubset(record, token))) return;
    const known = this.epochs;
    const missing = record.snapshotEpochs.filter((epoch) => !known.includes(epoch)).sort((a, b) => b - a);
    for (const epoch of missing) {
      const answer = await this.#api.call('run:snapshot', { runId: record.summary.id, epoch });
      if (token.isStale) return;
      if (!answer.ok) {
        this.problem = answer.error;
        return;
      }
      this.#add(answer.value);
    }
  }

  async #readSubset({ experiment }: RunRecord, token: RequestToken): Promise<boolean> {
    if (this.subset) return true;
    const { imageSet, training } = experiment;
    const answer = await this.#api.call('image-set:baseline', {
      imageSet,
      validationCount: training.validationCount,
    });
    if (token.isStale) return false;
    if (answer.ok) this.subset = answer.value.subset;
    else this.problem = answer.error;
    return answer.ok;
  }

  #add(snapshot: Snapshot): void {
    const frames = this.#frames;
    const at = frames.filter((frame) => frame.snapshot.epoch < snapshot.epoch).length;
    const beside = frames[at] ?? frames[at - 1];
    const atEnd = this.position >= this.last;
    const added: Frame = { snapshot, map: this.#turned(snapshot, beside?.map) };
    this.#frames = [...frames.slice(0, at), added, ...frames.slice(at)];
    if (atEnd) this.position = this.last;
    else if (at <= Math.round(this.position)) this.position++;
  }

  /** A code's own axes mean something and stay; those of a principal plane are any two, with any sign. */
  #turned({ map, mapIs }: Snapshot, beside: MapColumns | undefined): MapColumns {
    if (mapIs === 'code') return map;
    // Nothing is read before both are there.
    const reference = beside ?? gathered(this.#goal!.points, this.subset!.indices);
    return aligned(map, alignment(map, reference));
  }
}
