import { toErrorData } from '../../electron/contract/errors.ts';
import type { ImageColumns } from '../../electron/contract/words.ts';
import { toRgba, type Rgba } from '../charts/rgba.ts';
import { framesZip, gifOf, webmOf } from './film-files.ts';
import { enlarged } from './latent-maths/sheet.ts';
import { imageAt } from './picture-entries.ts';
import { saveFile } from './save-file.ts';

export type FilmFormat = 'gif' | 'webm' | 'frames';

/** Films of small images are enlarged to about so many pixels a side: players would blur them otherwise. */
const FILM_SIDE = 224;

/** Writes a film to a file, and says how that goes. */
export class FilmExport {
  working = $state(false);
  /** What was written or why it was not. */
  said = $state('');
  failed = $state(false);

  /** `name` is the file's, without its ending. */
  async save(frames: ImageColumns, framesPerSecond: number, format: FilmFormat, name: string): Promise<void> {
    this.working = true;
    this.failed = false;
    this.said = 'Writing…';
    try {
      this.said = `Saved ${await this.#write(rgbaFrames(frames), framesPerSecond, format, name)}`;
    } catch (error) {
      this.failed = true;
      this.said = `Not saved: ${toErrorData(error).message}`;
    }
    this.working = false;
  }

  async #write(frames: readonly Rgba[], rate: number, format: FilmFormat, name: string): Promise<string> {
    const large = format === 'frames' ? frames : frames.map((frame) => enlarged(frame, timesOf(frame)));
    const words = `${frames.length} frames`;
    switch (format) {
      case 'gif':
        saveFile(`${name}.gif`, [await gifOf(large, rate)], 'image/gif');
        return `${name}.gif, ${words}`;
      case 'webm': {
        const film = await webmOf(large, rate, (share) => (this.said = `Recording… ${Math.round(100 * share)} %`));
        saveFile(`${name}.webm`, [film], 'video/webm');
        return `${name}.webm, ${words}`;
      }
      case 'frames':
        saveFile(`${name}-frames.zip`, [await framesZip(large, name)], 'application/zip');
        return `${name}-frames.zip, ${words}`;
    }
  }
}

const timesOf = ({ width, height }: Rgba) => Math.max(1, Math.floor(FILM_SIDE / Math.max(width, height)));

function rgbaFrames(frames: ImageColumns): Rgba[] {
  return Array.from({ length: frames.count }, (_, index) => toRgba(imageAt(frames, index)));
}
