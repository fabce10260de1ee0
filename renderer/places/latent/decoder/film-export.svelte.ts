import { toErrorData } from '../../../../electron/domain/errors.ts';
import type { ImageColumns } from '../../../../electron/domain/words.ts';
import { toRgba } from '../../../maths/rgba.ts';
import { framesZip, gifOf, type FilmPlan, type FilmWatch } from '../../../files/film-files.ts';
import { webmOf } from '../../../files/webm.ts';
import { enlarged } from '../../../maths/sheet.ts';
import { imageAt } from '../../../maths/image-at.ts';
import { saveFile } from '../../../window/save-file.ts';

export type FilmFormat = 'gif' | 'webm' | 'frames';

/** Films of small images are enlarged to about so many pixels a side: players would blur them otherwise. */
const FILM_SIDE = 224;

/** Writes a film to a file, and says how that goes. */
export class FilmExport {
  working = $state(false);
  /** What was written or why it was not. */
  said = $state('');
  failed = $state(false);
  #stopping = new AbortController();

  /** `name` is the file's, without its ending. */
  async save(images: ImageColumns, framesPerSecond: number, format: FilmFormat, name: string): Promise<void> {
    this.working = true;
    this.failed = false;
    this.#stopping = new AbortController();
    const { signal } = this.#stopping;
    const watch = { onProgress: (share: number) => this.#tell(share), signal };
    watch.onProgress(0);
    try {
      this.said = `Saved ${await write(filmOf(images, framesPerSecond, format), format, name, watch)}`;
    } catch (error) {
      this.failed = !signal.aborted;
      this.said = signal.aborted ? 'Stopped; nothing was saved.' : `Not saved: ${toErrorData(error).message}`;
    }
    this.working = false;
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** In tenths: it is read out. */
  #tell(share: number): void {
    this.said = `Writing… ${10 * Math.floor(10 * share)} %`;
  }
}

async function write(film: FilmPlan, format: FilmFormat, name: string, watch: FilmWatch): Promise<string> {
  const words = `${film.count} frames`;
  switch (format) {
    case 'gif':
      saveFile(`${name}.gif`, [await gifOf(film, watch)], 'image/gif');
      return `${name}.gif, ${words}`;
    case 'webm':
      saveFile(`${name}.webm`, [await webmOf(film, watch)], 'video/webm');
      return `${name}.webm, ${words}`;
    case 'frames':
      saveFile(`${name}-frames.zip`, await framesZip(film, name, watch), 'application/zip');
      return `${name}-frames.zip, ${words}`;
  }
}

/** The images as frames; single ones stay as large as they are. */
function filmOf(images: ImageColumns, framesPerSecond: number, format: FilmFormat): FilmPlan {
  const times = format === 'frames' ? 1 : Math.max(1, Math.floor(FILM_SIDE / Math.max(images.width, images.height)));
  const frames = function* () {
    for (let index = 0; index < images.count; index++) yield enlarged(toRgba(imageAt(images, index)), times);
  };
  return { frames: frames(), count: images.count, framesPerSecond, grey: images.channels === 1 };
}
