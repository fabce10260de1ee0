import { describe, expect, it } from 'vitest';
import type { Result } from '../../../../electron/domain/errors.ts';
import type { PickedImages } from '../../../../electron/contract/images.ts';
import {
  cellAfterKey,
  cellAt,
  cellPlace,
  gridLayout,
  scrollTo,
  visibleRange,
} from '../../../../renderer/charts/grid-layout.ts';
import { usualScale, gridScales } from '../../../../renderer/places/data/gallery-scale.ts';
import { Gallery } from '../../../../renderer/places/data/gallery.svelte.ts';
import { PicturePages } from '../../../../renderer/pictures/picture-pages.ts';
import { lasting } from '../../../../renderer/link/lasting.svelte.ts';
import { FakeHost } from '../../fake-host.ts';
import { deferred, pets } from './import-samples.ts';
import { mnist } from '../../samples.ts';

/** Ten columns of 56-pixel cells, 4 apart. */
const layout = gridLayout(60_000, 600, { width: 56, height: 56, gap: 4 });

describe('the layout of a grid', () => {
  it('fills the width with whole cells', () => {
    expect(layout).toMatchObject({ columns: 10, rows: 6_000, height: 6_000 * 60 - 4 });
    expect(gridLayout(5, 596, { width: 56, height: 56, gap: 4 }).columns).toBe(10);
    expect(gridLayout(5, 595, { width: 56, height: 56, gap: 4 }).columns).toBe(9);
    expect(gridLayout(5, 10, { width: 56, height: 56, gap: 4 }).columns).toBe(1);
    expect(gridLayout(0, 600, { width: 56, height: 56, gap: 4 }).height).toBe(0);
  });

  it('knows which rows are in sight', () => {
    expect(visibleRange(layout, 0, 600)).toEqual([0, 100]);
    expect(visibleRange(layout, 59, 60)).toEqual([0, 20]);
    expect(visibleRange(layout, 60, 60)).toEqual([10, 20]);
    expect(visibleRange(layout, layout.height - 30, 600)).toEqual([59_990, 60_000]);
  });

  it('finds the cell under a point, and none between cells', () => {
    for (const position of [0, 9, 10, 59_999]) {
      const { x, y } = cellPlace(layout, position);
      expect(cellAt(layout, x, y)).toBe(position);
      expect(cellAt(layout, x + 55, y + 55)).toBe(position);
      expect(cellAt(layout, x + 57, y)).toBeUndefined();
    }
    expect(cellAt(gridLayout(5, 600, { width: 56, height: 56, gap: 4 }), 301, 1)).toBeUndefined();
    expect(cellAt(layout, 601, 0)).toBeUndefined();
  });

  it('follows the keys, and stays within', () => {
    const after = (position: number, key: string) => cellAfterKey(layout, position, key, 600);
    expect(after(15, 'ArrowRight')).toBe(16);
    expect(after(15, 'ArrowUp')).toBe(5);
    expect(after(5, 'ArrowUp')).toBe(0);
    expect(after(15, 'PageDown')).toBe(115);
    expect(after(15, 'End')).toBe(59_999);
    expect(after(15, 'Home')).toBe(0);
    expect(after(15, 'a')).toBeUndefined();
    expect(cellAfterKey(gridLayout(0, 600, { width: 56, height: 56, gap: 4 }), 0, 'End', 600)).toBeUndefined();
  });

  it('scrolls no further than it must', () => {
    expect(scrollTo(layout, 0, 300, 600)).toBe(0);
    expect(scrollTo(layout, 105, 300, 600)).toBe(300);
    expect(scrollTo(layout, 155, 300, 600)).toBe(15 * 60 + 56 - 600);
  });

  it('begins with thumbnails of some fifty pixels', () => {
    expect([8, 28, 64, 128, 256].map((side) => gridScales[usualScale(side, side)]! * side)).toEqual([
      64, 56, 64, 64, 64,
    ]);
  });
});

/** Pages whose sheets are their first position, asked for and answered by hand. */
class Source {
  readonly asked: [number, number][] = [];
  readonly dropped: number[] = [];
  readonly #answers: ((result: Result<PickedImages>) => void)[] = [];
  readonly count: number;
  readonly width = 28;
  readonly height = 28;

  constructor(count: number) {
    this.count = count;
  }

  fetch(first: number, count: number): Promise<Result<PickedImages>> {
    this.asked.push([first, count]);
    const { promise, resolve } = deferred<Result<PickedImages>>();
    this.#answers.push(resolve);
    return promise;
  }

  toSheet = ({ count }: { count: number }): number => count;
  dropSheet = (sheet: number): void => void this.dropped.push(sheet);

  /** Answers a question, by its number; its sheet is then the first position asked for. */
  async answer(question: number): Promise<void> {
    const [first, count] = this.asked[question]!;
    const names = Array.from({ length: count }, (_, index) => `image ${first + index}`);
    const images = { count: first, height: 28, width: 28, channels: 1, pixels: new Uint8Array() };
    this.#answers[question]!({ ok: true, value: { images, names } });
    await Promise.resolve();
    await Promise.resolve();
  }

  async fail(question: number): Promise<void> {
    this.#answers[question]!({ ok: false, error: { code: 'engine-lost', message: 'The engine stopped.' } });
    await Promise.resolve();
    await Promise.resolve();
  }
}

describe('pages of pictures', () => {
  it('are fetched as they come into sight, two at a time, the surroundings last', async () => {
    const source = new Source(60_000);
    const pages = new PicturePages(source);
    const size = pages.pageSize;
    pages.show(0, size + 1);
    expect(source.asked).toEqual([
      [0, size],
      [size, size],
    ]);
    await source.answer(0);
    expect(source.asked[2]).toEqual([2 * size, size]);
    expect(pages.at(3)).toEqual({ sheet: 0, row: 3, name: 'image 3' });
    expect(pages.at(size)).toBeUndefined();
  });

  it('leave no queue behind a quick scroll', async () => {
    const source = new Source(60_000);
    const pages = new PicturePages(source);
    const size = pages.pageSize;
    for (let first = 0; first < 50_000; first += 100) pages.show(first, first + 100);
    expect(source.asked).toHaveLength(2);
    await source.answer(0);
    expect(source.asked[2]).toEqual([Math.floor(49_900 / size) * size, size]);
  });

  it('end with a shorter one, and ask for none beyond', async () => {
    const source = new Source(300);
    const pages = new PicturePages(source);
    pages.show(250, 300);
    expect(source.asked).toEqual([
      [pages.pageSize, 300 - pages.pageSize],
      [0, pages.pageSize],
    ]);
  });

  it('are forgotten when many others have been seen since', async () => {
    const source = new Source(1_000_000);
    const pages = new PicturePages(source);
    for (let question = 0; source.dropped.length === 0; question++) {
      pages.show(question * pages.pageSize, (question + 1) * pages.pageSize);
      while (source.asked.length <= question) await source.answer(source.asked.length - 1);
      await source.answer(question);
    }
    expect(source.dropped).toEqual([0]);
    expect(pages.at(0)).toBeUndefined();
  });

  it('drop an answer that comes after the view was left', async () => {
    const source = new Source(1_000);
    const pages = new PicturePages(source);
    let told = 0;
    pages.onChange(() => told++);
    pages.show(0, 10);
    await source.answer(0);
    expect(told).toBe(1);
    pages.close();
    expect(source.dropped).toEqual([0]);
    await source.answer(1);
    expect(told).toBe(1);
    expect(pages.at(0)).toBeUndefined();
  });

  it('stop asking after a failure until they are told to try again', async () => {
    const source = new Source(60_000);
    const pages = new PicturePages(source);
    pages.show(0, 10);
    await source.fail(0);
    await source.answer(1);
    expect(pages.problem).toMatchObject({ message: 'The engine stopped.' });
    expect(source.asked).toHaveLength(2);
    pages.retry();
    expect(source.asked[2]).toEqual([0, pages.pageSize]);
  });
});

describe('a gallery', () => {
  function host(): FakeHost {
    const fake = new FakeHost();
    fake.answers['image-set:labels'] = () => ({ labels: Uint8Array.of(0, 1, 1, 0) });
    fake.answers['image-set:pick'] = ({ indices }) => ({
      images: { count: indices.length, height: 32, width: 32, channels: 3, pixels: new Uint8Array() },
      names: [...indices].map((index) => `${index}.png`),
    });
    return fake;
  }

  it('counts the labels of a split and shows one label’s images', async () => {
    const gallery = new Gallery(host().api, pets);
    await gallery.loadLabels();
    expect(gallery.counts).toEqual([2, 2]);
    expect(gallery.count).toBe(4);
    gallery.filter(1);
    expect(gallery.count).toBe(2);
    expect([gallery.placeOf(0), gallery.placeOf(1)]).toEqual([1, 2]);
    expect(gallery.labelName(0)).toBe('dogs');
    await gallery.look(1);
    expect(gallery.looked).toMatchObject({ index: 2, name: '2.png' });
    gallery.filter(1);
    expect(gallery.count).toBe(4);
    expect(gallery.looked).toBeUndefined();
  });

  it('selects a range among the images that are shown now, not from a place among others', async () => {
    const gallery = new Gallery(host().api, pets);
    await gallery.loadLabels();
    gallery.select(0, 'toggle');
    gallery.filter(1);
    gallery.select(1, 'range');
    // The first and, of label 1, the second: the one between them was not pointed at.
    expect([...gallery.selected]).toEqual([0, 2]);
    gallery.select(0, 'range');
    expect([...gallery.selected].sort()).toEqual([0, 1, 2]);
  });

  it('gathers a selection from several labels, and tells how many of it are not shown', async () => {
    const gallery = lasting(() => new Gallery(host().api, pets));
    await gallery.loadLabels();
    gallery.filter(0);
    gallery.selectShown();
    expect(gallery.selectedUnseen).toBe(0);
    gallery.filter(1);
    gallery.select(0, 'toggle');
    expect([gallery.selected.size, gallery.selectedUnseen]).toEqual([3, 2]);
    gallery.filter(undefined);
    expect(gallery.selectedUnseen).toBe(0);
  });

  it('drops the picture of a view that was left', async () => {
    const fake = host();
    const gallery = new Gallery(fake.api, pets);
    const looking = gallery.look(0);
    gallery.show('test');
    await looking;
    expect(gallery.looked).toBeUndefined();
  });

  it('asks for no labels where there are none', async () => {
    const fake = host();
    await new Gallery(fake.api, { ...mnist, labelNames: [] }).loadLabels();
    expect(fake.asked).toEqual([]);
  });
});
