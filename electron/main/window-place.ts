import { join } from 'node:path';
import * as v from 'valibot';
import { toErrorData } from '../domain/errors.ts';
import type { Report } from '../contract/rpc.ts';
import { JsonFile } from '../files/json-file.ts';

export const SMALLEST = { width: 1_024, height: 700 } as const;
const USUAL = { width: 1_280, height: 800 } as const;
/** So much of the window must be on a screen, at its top, that it can be seen and taken hold of; pixels. */
const HOLD = { width: 200, height: 40 } as const;

const Pixels = v.pipe(v.number(), v.integer());
const PlaceSchema = v.strictObject({
  x: Pixels,
  y: Pixels,
  width: v.pipe(Pixels, v.minValue(1)),
  height: v.pipe(Pixels, v.minValue(1)),
  maximized: v.boolean(),
});

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface WindowPlace extends Rectangle {
  readonly maximized: boolean;
}

/** How a window opens: without x and y the system puts it somewhere. */
export interface Opening {
  readonly x?: number;
  readonly y?: number;
  readonly width: number;
  readonly height: number;
  readonly maximized: boolean;
}

/** Where the window stood when it was closed last, kept in the data folder. */
export class PlaceFile {
  readonly #file: JsonFile<WindowPlace>;
  readonly #report: Report;
  #closed = false;

  constructor(dataFolder: string, report: Report) {
    this.#file = new JsonFile(join(dataFolder, 'window.json'), 1, PlaceSchema);
    this.#report = report;
  }

  /** Nothing where no file says it, or a damaged one does. */
  read(): Promise<WindowPlace | undefined> {
    return this.#file.readIfThere().catch(() => undefined);
  }

  /** Nothing any more once it is closed. */
  keep({ x, y, width, height, maximized }: WindowPlace): void {
    if (this.#closed) return;
    void this.#file
      .write({ x, y, width, height, maximized })
      .catch((error: unknown) => this.#report(`The window’s place was not kept: ${toErrorData(error).message}`));
  }

  /** Waits until what was to be kept is on the disk. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#file.settled();
  }
}

/**
 * The place again where a screen still shows the window's top; else only its size, as far as the first screen has room.
 * @param screens their work areas, the main one first
 */
export function openingAt(place: WindowPlace | undefined, screens: readonly Rectangle[]): Opening {
  if (!place) return { ...USUAL, maximized: false };
  const { x, y, maximized } = place;
  const top = { x, y, width: place.width, height: HOLD.height };
  const seen = screens.find(
    (screen) => overlap(top, screen).width >= HOLD.width && overlap(top, screen).height >= HOLD.height,
  );
  const room = seen ?? screens[0] ?? USUAL;
  const width = Math.max(SMALLEST.width, Math.min(place.width, room.width));
  const height = Math.max(SMALLEST.height, Math.min(place.height, room.height));
  return seen ? { x, y, width, height, maximized } : { width, height, maximized };
}

function overlap(a: Rectangle, b: Rectangle): { readonly width: number; readonly height: number } {
  const along = (at: number, length: number, other: number, otherLength: number) =>
    Math.min(at + length, other + otherLength) - Math.max(at, other);
  return { width: along(a.x, a.width, b.x, b.width), height: along(a.y, a.height, b.y, b.height) };
}
