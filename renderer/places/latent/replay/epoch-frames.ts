import type { MapColumns, MapSubset, Snapshot } from '../../../../electron/domain/words.ts';
import { between } from '../../../maths/align.ts';
import { innerLimits, type Limits } from '../../../maths/scatter-geometry.ts';

/** One epoch of a replay, its map turned so that the picture does not spin. */
export interface Frame {
  readonly snapshot: Snapshot;
  readonly map: MapColumns;
}

/** The epochs of a replay as they are at a moment; they do not change when the replay goes on to another run. */
export class EpochFrames {
  /** By epoch. */
  readonly frames: readonly Frame[];
  readonly subset: MapSubset | undefined;

  constructor(frames: readonly Frame[], subset: MapSubset | undefined) {
    this.frames = frames;
    this.subset = subset;
  }

  get last(): number {
    return Math.max(0, this.frames.length - 1);
  }

  /** Around every epoch, so that the view stands still while the points move. */
  limits(): Limits | undefined {
    return around(this.frames.map(({ map }) => innerLimits(map)));
  }

  /** The subset's places at a position between epochs. */
  mapAt(position: number): MapColumns | undefined {
    const low = Math.floor(position);
    const [from, to] = [this.frames[low], this.frames[low + 1]];
    if (!from || !to) return from?.map;
    return between(from.map, to.map, eased(position - low));
  }

  snapshotAt(position: number): Snapshot | undefined {
    return this.frames[Math.round(position)]?.snapshot;
  }
}

/** Slow at both ends: an epoch is seen to stand before the points go on. */
const eased = (share: number) => share * share * (3 - 2 * share);

function around(limits: readonly Limits[]): Limits | undefined {
  if (limits.length === 0) return undefined;
  return {
    left: Math.min(...limits.map(({ left }) => left)),
    right: Math.max(...limits.map(({ right }) => right)),
    bottom: Math.min(...limits.map(({ bottom }) => bottom)),
    top: Math.max(...limits.map(({ top }) => top)),
  };
}
