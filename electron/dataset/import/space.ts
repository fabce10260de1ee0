import { StudioError } from '../../domain/errors.ts';
import { formatBytes } from '../../domain/number-words.ts';
import { MOST_SIZE, type ImportOptions } from '../../contract/import-options.ts';

/** Left free on the disk for everything else. */
const DISK_MARGIN = 64 * 2 ** 20;

/**
 * Refuses a set that memory or disk cannot hold, before anything is written.
 * @param room bytes of memory a set may take, bytes free on the disk.
 * @throws StudioError `refused` or `disk-full` with the arithmetic, and the side that would fit.
 */
export function checkSpace(
  count: number,
  options: Pick<ImportOptions, 'width' | 'height' | 'channels' | 'name'>,
  room: { readonly memory: number; readonly disk: number },
): void {
  const { width, height, channels, name } = options;
  const bytes = count * width * height * channels;
  const sum = `${count.toLocaleString('en')} images × ${height} × ${width} × ${channels} = ${formatBytes(bytes)}`;
  if (bytes > room.memory) {
    const side = Math.min(MOST_SIZE, Math.floor(Math.sqrt(room.memory / count / channels)));
    const hint = side >= 8 ? ` At ${side} × ${side} it would fit.` : '';
    throw new StudioError(
      'refused',
      `${name}: expected a set of at most ${formatBytes(room.memory)} (half of this machine’s memory), found ${sum}.${hint}`,
    );
  }
  // Twice: as found, and in its final order.
  if (2 * bytes + DISK_MARGIN > room.disk) {
    throw new StudioError(
      'disk-full',
      `${name}: expected ${formatBytes(2 * bytes + DISK_MARGIN)} of free disk while importing (twice ${sum}), found ${formatBytes(room.disk)}.`,
    );
  }
}
