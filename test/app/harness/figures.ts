import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import sharp from 'sharp';
import { expect } from './fixtures.ts';

export interface SavedSvg {
  readonly name: string;
  /** Of its `svg` element. */
  readonly width: number;
  readonly height: number;
  /** What it says, text by text. */
  readonly texts: readonly string[];
  readonly paths: readonly { readonly d: string; readonly stroke: string; readonly fill: string }[];
  readonly images: number;
}

export interface SavedPng {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly colours: number;
  /** Of the pixel in the upper left corner. */
  readonly paper: readonly number[];
}

/** Saves figures as a person does, and reads the files back as any other program would. */
export class Figures {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Both files of a figure; the PNG's size is so many times the drawing's. */
  async saved(what: string, density = 2): Promise<{ readonly svg: SavedSvg; readonly png: SavedPng }> {
    const svg = await this.#svg(what);
    const png = await this.#png(what);
    expect([png.width, png.height]).toEqual([Math.round(svg.width * density), Math.round(svg.height * density)]);
    expect(png.name.replace(/\.png$/, '.svg')).toBe(svg.name);
    expect(png.paper).toEqual([255, 255, 255]);
    return { svg, png };
  }

  async #file(what: string, kind: 'PNG' | 'SVG'): Promise<{ readonly name: string; readonly bytes: Buffer }> {
    const download = this.page.waitForEvent('download', { timeout: 120_000 });
    const group = this.page.getByRole('group', { name: `Save ${what}`, exact: true });
    await group.getByRole('button', { name: 'Figure' }).click();
    await group.getByRole('button', { name: kind }).click();
    const file = await download;
    return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
  }

  async #png(what: string): Promise<SavedPng> {
    const { name, bytes } = await this.#file(what, 'PNG');
    const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    const colours = new Set<number>();
    for (let at = 0; at < data.length; at += 3) colours.add((data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]!);
    return { name, width: info.width, height: info.height, colours: colours.size, paper: [...data.subarray(0, 3)] };
  }

  async #svg(what: string): Promise<SavedSvg> {
    const { name, bytes } = await this.#file(what, 'SVG');
    const read = await this.page.evaluate((text) => {
      const parsed = new DOMParser().parseFromString(text, 'image/svg+xml');
      const root = parsed.documentElement;
      const all = (tag: string) => [...parsed.getElementsByTagName(tag)];
      const word = (element: Element, name: string) => element.getAttribute(name) ?? '';
      return {
        root: root.tagName,
        width: Number(word(root, 'width')),
        height: Number(word(root, 'height')),
        texts: all('text').map((element) => element.textContent),
        paths: all('path').map((element) => ({
          d: word(element, 'd'),
          stroke: word(element, 'stroke'),
          fill: word(element, 'fill'),
        })),
        images: all('image').filter((element) => word(element, 'href').startsWith('data:image/png;base64,')).length,
      };
    }, bytes.toString('utf8'));
    expect(read.root).toBe('svg');
    return { name, ...read };
  }
}

/** The corners of a path that moves once and then draws lines. */
export const cornersOf = ({ d }: { readonly d: string }): number => d.split('L').length;

/** How many dots the paths of points hold. */
export const dotsOf = ({ paths }: SavedSvg): number =>
  paths.reduce((sum, { d }) => sum + (d.match(/M[\d.-]+ [\d.-]+h0\.1/g)?.length ?? 0), 0);
