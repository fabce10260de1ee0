import type { Download, Locator, Page } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import type { StudioApi } from '../../../electron/contract/contract.ts';
import { expect } from './fixtures.ts';
import { pixelsOf } from './pixels.ts';

/** The Latent place and its decoder, as a person uses them. */
export class DecoderPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get panel(): Locator {
    return this.page.getByRole('region', { name: 'Decoder' });
  }

  get map(): Locator {
    return this.page.getByRole('application', { name: /^The autoencoder’s codes/ });
  }

  get live(): Locator {
    return this.panel.getByRole('img', { name: 'Decoded at the cursor' });
  }

  /** Goes to the place and waits for its maps. */
  async open(): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Places' }).getByRole('button', { name: 'Latent' }).click();
    await this.isReady();
  }

  /** Waits until the maps and their measures are there: until then they keep the engine, and a slow machine's for minutes. */
  async isReady(): Promise<void> {
    await expect(this.map).toBeVisible({ timeout: 300_000 });
    const busy = this.page.getByText(/^(measuring|Computing the principal components)/);
    await expect(busy).toHaveCount(0, { timeout: 600_000 });
  }

  async tool(name: string): Promise<void> {
    await this.panel.getByRole('tab', { name }).click();
  }

  /** Points at a place, in shares of the map's width and height from its top left, and waits for the picture there. */
  async point(across: number, down: number): Promise<void> {
    const before = await this.place();
    const box = (await this.map.boundingBox())!;
    await this.page.mouse.move(box.x + across * box.width, box.y + down * box.height);
    // The first waits behind the measures that the maps have asked for.
    await expect.poll(() => this.place(), { timeout: 300_000 }).not.toEqual(before);
  }

  /** The place that the shown picture was decoded from, unrounded; nothing before there is one. */
  async place(): Promise<readonly [number, number] | undefined> {
    const words = this.panel.getByTestId('decoded-place');
    if ((await words.count()) === 0) return undefined;
    return words.evaluate(({ dataset }) => [Number(dataset['x']), Number(dataset['y'])] as const);
  }

  /** What the model itself makes of codes of the newest run: grey bytes. */
  async decoded(codes: readonly number[]): Promise<number[]> {
    return this.page.evaluate(async (numbers) => {
      const { studio } = window as unknown as { studio: StudioApi };
      const runs = await studio.call('run:list', {});
      if (!runs.ok) throw new Error(runs.error.message);
      const model = { runId: runs.value[0]!.id, weights: 'best' } as const;
      const answer = await studio.call('model:decode', { model, codes: Float32Array.from(numbers) });
      if (!answer.ok) throw new Error(answer.error.message);
      return [...answer.value.pixels];
    }, codes);
  }

  /** What the model makes of test images: grey bytes, one image after the other. */
  async reconstructed(indices: readonly number[]): Promise<number[]> {
    return this.page.evaluate(async (numbers) => {
      const { studio } = window as unknown as { studio: StudioApi };
      const runs = await studio.call('run:list', {});
      if (!runs.ok) throw new Error(runs.error.message);
      const answer = await studio.call('model:reconstruct', {
        model: { runId: runs.value[0]!.id, weights: 'best' },
        source: { kind: 'set', split: 'test', indices: Uint32Array.from(numbers) },
        options: { invert: 'auto', centre: 'auto' },
        neighbours: 0,
      });
      if (!answer.ok) throw new Error(answer.error.message);
      return [...answer.value.reconstructions.pixels];
    }, indices);
  }

  /** The file that this saves. */
  async saved(save: () => Promise<void>): Promise<{ readonly name: string; readonly bytes: Buffer }> {
    const downloads: Promise<Download> = this.page.waitForEvent('download', { timeout: 300_000 });
    await save();
    const download = await downloads;
    return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
  }
}

/** The grey of each pixel of a picture's canvas, in the image's own size. */
export async function greysOf(picture: Locator): Promise<number[]> {
  const { rgba } = await pixelsOf(picture);
  return [...rgba].filter((_, at) => at % 4 === 0);
}

/** Frames in a GIF: its image blocks, walked block by block (compressed pixels may hold any bytes). */
export function gifFrames(bytes: Buffer): number {
  const tableBytes = (packed: number): number => (packed & 0x80 ? 3 * 2 ** ((packed & 7) + 1) : 0);
  const afterData = (from: number): number => {
    let at = from;
    while (bytes.readUInt8(at) !== 0) at += 1 + bytes.readUInt8(at);
    return at + 1;
  };
  let frames = 0;
  let at = 13 + tableBytes(bytes.readUInt8(10));
  for (;;) {
    const kind = bytes.readUInt8(at);
    if (kind === 0x3b) return frames;
    if (kind === 0x2c) {
      frames++;
      at = afterData(at + 11 + tableBytes(bytes.readUInt8(at + 9)));
    } else if (kind === 0x21) at = afterData(at + 2);
    else throw new Error(`A GIF: expected a block at byte ${at}, found 0x${kind.toString(16)}`);
  }
}
