import { toErrorData, type ErrorData } from '../../../../electron/domain/errors.ts';
import { MapPainter } from '../../../charts/map/map-paint.ts';
import { arrange } from '../../../charts/map/point-cloud.ts';
import { fitted } from '../../../charts/map/view.ts';
import { paintStrip } from '../../../charts/image-paint.ts';
import type { Rgba } from '../../../maths/rgba.ts';
import type { ThemeColours } from '../../../charts/theme.svelte.ts';
import { scattered } from '../../../maths/align.ts';
import { gifOf, type FilmPlan } from '../../../files/film-files.ts';
import { webmOf } from '../../../files/webm.ts';
import type { EpochFrames } from './epoch-frames.ts';
import { saveFile } from '../../../window/save-file.ts';
import type { Limits } from '../../../maths/scatter-geometry.ts';

/** What a film is made of. */
export interface ReplayFilm {
  readonly replay: EpochFrames;
  /** A packed colour a test image. */
  readonly colours: Uint32Array;
  readonly theme: ThemeColours;
  /** The file's, without its ending. */
  readonly name: string;
}

const SIDE = 480;
const CAPTION = 28;
const FRAMES_A_SECOND = 12;
const FRAMES_AN_EPOCH = 6;
const MOST_FRAMES = 240;
/** Frames that the film stands still at its end. */
const STILL = 12;

/** The positions of a film's frames: evenly from the first epoch to the last, then still. */
export function filmPositions(last: number): number[] {
  const steps = Math.max(1, Math.min(MOST_FRAMES, last * FRAMES_AN_EPOCH));
  const moving = Array.from({ length: steps + 1 }, (_, step) => (last * step) / steps);
  return [...moving, ...Array.from({ length: STILL }, () => last)];
}

/** Makes a replay a file: of the epochs as they are when it begins, whatever is looked at meanwhile. */
export class FilmMaker {
  /** 0-1 while one is made. */
  fraction = $state<number>();
  problem = $state.raw<ErrorData>();
  #stopping = new AbortController();

  async make(kind: 'gif' | 'webm', film: ReplayFilm): Promise<void> {
    if (this.fraction !== undefined) return;
    this.fraction = 0;
    this.problem = undefined;
    this.#stopping = new AbortController();
    const { signal } = this.#stopping;
    try {
      const watch = { onProgress: (share: number) => (this.fraction = share), signal };
      if (kind === 'gif') saveFile(`${film.name}-epochs.gif`, [await gifOf(planOf(film), watch)], 'image/gif');
      else saveFile(`${film.name}-epochs.webm`, [await webmOf(planOf(film), watch)], 'video/webm');
    } catch (error) {
      if (!signal.aborted) this.problem = toErrorData(error);
    }
    this.fraction = undefined;
  }

  stop(): void {
    this.#stopping.abort();
  }
}

function planOf(film: ReplayFilm): FilmPlan {
  const positions = filmPositions(film.replay.last);
  const painter = new FramePainter(film);
  const painted = function* () {
    for (const position of positions) yield painter.frame(position);
  };
  return { frames: painted(), count: positions.length, framesPerSecond: FRAMES_A_SECOND, grey: false };
}

/** Paints a moment of a replay: the map, the epoch, the ten reconstructions. */
class FramePainter {
  readonly #film: ReplayFilm;
  readonly #map = new OffscreenCanvas(SIDE, SIDE);
  readonly #painter = new MapPainter(this.#map);
  readonly #strip = document.createElement('canvas');
  readonly #page: OffscreenCanvas;
  readonly #limits: Limits | undefined;

  constructor(film: ReplayFilm) {
    this.#film = film;
    this.#limits = film.replay.limits();
    this.#paintStrip(0);
    this.#page = new OffscreenCanvas(SIDE, SIDE + CAPTION + this.#stripHeight + 8);
  }

  frame(position: number): Rgba {
    const { replay, colours, theme } = this.#film;
    const { width, height } = this.#page;
    const context = this.#page.getContext('2d', { willReadFrequently: true })!;
    context.fillStyle = theme.bg;
    context.fillRect(0, 0, width, height);
    const map = replay.mapAt(position);
    const size = { width: SIDE, height: SIDE };
    if (map && replay.subset && this.#limits) {
      const points = scattered(map, replay.subset.indices, colours.length);
      const view = fitted(this.#limits, size, true);
      this.#painter.paint({ cloud: arrange(points, colours), view, size, density: 1, theme });
      context.drawImage(this.#map, 0, 0);
    }
    context.fillStyle = theme.text;
    context.font = `600 14px ${theme.font}`;
    context.textBaseline = 'middle';
    context.fillText(`Epoch ${replay.snapshotAt(position)?.epoch ?? ''}`, 8, SIDE + CAPTION / 2);
    this.#paintStrip(position);
    if (this.#strip.width > 0) {
      const shrink = Math.min(1, SIDE / this.#strip.width);
      context.drawImage(this.#strip, 0, SIDE + CAPTION, this.#strip.width * shrink, this.#strip.height * shrink);
    }
    return { width, height, data: context.getImageData(0, 0, width, height).data };
  }

  get #stripHeight(): number {
    return Math.ceil(this.#strip.height * Math.min(1, SIDE / Math.max(1, this.#strip.width)));
  }

  #paintStrip(position: number): void {
    const images = this.#film.replay.snapshotAt(position)?.reconstructions;
    if (!images || images.count === 0) {
      this.#strip.width = 0;
      return;
    }
    const scale = Math.max(1, Math.floor(SIDE / (images.count * (images.width + 2))));
    paintStrip(this.#strip.getContext('2d')!, { images, scale, gap: 2, density: 1 });
  }
}
