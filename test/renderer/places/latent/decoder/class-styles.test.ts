import { flushSync } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import { inEveryClass, withClasses } from '../../../../../renderer/maths/classes.ts';
import { details, opened, pictures } from './decoder-samples.ts';

/** One number of style, three classes. */
const code = { size: 4, activation: 'linear', variational: true, classes: 3 } as const;

async function conditional() {
  const all = await opened((host) => {
    host.answers['model:open'] = () => ({
      ...details,
      hasImageSet: false,
      hasPrior: true,
      spec: { ...details.spec, code },
    });
    delete host.answers['model:points'];
    // A picture of a code is its style and ten times its class.
    host.answers['model:decode'] = ({ codes }) =>
      pictures(
        Array.from({ length: codes.length / 4 }, (_, at) => {
          const [style = 0, ...classes] = codes.subarray(4 * at, 4 * at + 4);
          return Math.round(style) + 10 * classes.indexOf(1);
        }),
      );
  });
  return { ...all, styles: all.decoder.classes! };
}

describe('codes with classes', () => {
  it('are styles with a class for certain', () => {
    const parts = { style: 2, classes: 2 };
    expect([...withClasses(parts, Float32Array.of(1, 2, 3, 4), (row) => row)]).toEqual([1, 2, 1, 0, 3, 4, 0, 1]);
    expect([...inEveryClass({ style: 1, classes: 2 }, Float32Array.of(7, 8))]).toEqual([
      7, 1, 0, 8, 1, 0, 7, 0, 1, 8, 0, 1,
    ]);
  });

  it('are no tool of a model without them', async () => {
    const { decoder } = await opened();
    expect(decoder.classes).toBeUndefined();
    expect(decoder.tools.map(({ id }) => id)).not.toContain('class');
    expect(decoder.tool).toBe('grid');
  });

  it('show one style in every class, moved with the class held', async () => {
    const { decoder, styles } = await conditional();
    expect(decoder.tools[0]?.id).toBe('class');
    expect(decoder.tool).toBe('class');
    styles.follow();
    await vi.waitFor(() => expect([...(styles.live.shown?.image.pixels ?? [])]).toEqual([0, 10, 20]));
    styles.set(0, 3);
    flushSync();
    styles.follow();
    await vi.waitFor(() => expect([...(styles.live.shown?.image.pixels ?? [])]).toEqual([3, 13, 23]));
    styles.held = 2;
    styles.keep();
    const kept = decoder.pictures.items.at(-1)!;
    expect([...kept.code]).toEqual([3, 0, 0, 1]);
    expect([...kept.image.pixels]).toEqual([23]);
    expect(kept.name).toBe('Class 2');
    flushSync();
    // It goes on from what it kept.
    expect([...styles.style]).toEqual([3]);
    expect(styles.isMoved).toBe(false);
  });

  it('make a grid: a row a class, a column a style, others with another seed', async () => {
    const { styles } = await conditional();
    styles.followGrid();
    await vi.waitFor(() => expect(styles.grid.shown?.image.count).toBe(3 * styles.columns));
    const first = styles.grid.shown!.code;
    const styleAt = (row: number, column: number) => first[4 * (row * styles.columns + column)];
    expect(styleAt(2, 5)).toBe(styleAt(0, 5));
    styles.seed = 2;
    styles.followGrid();
    await vi.waitFor(() => expect(styles.grid.shown?.subject).toBe(2));
    expect(styles.grid.shown!.code).not.toEqual(first);
  });

  it('are drawn of a chosen class, or of each in turn', async () => {
    const { decoder } = await conditional();
    const { generator } = decoder;
    const classesOf = () =>
      Array.from({ length: generator.made!.codes.length / 4 }, (_, at) =>
        generator.made!.codes.slice(4 * at + 1, 4 * at + 4).indexOf(1),
      );
    await generator.generate();
    expect(classesOf().slice(0, 4)).toEqual([0, 1, 2, 0]);
    generator.ofClass = 1;
    await generator.generate();
    expect(new Set(classesOf())).toEqual(new Set([1]));
  });
});
