import { describe, expect, it } from 'vitest';
import { pixelFit, roomFor } from '../../../../renderer/charts/pixel-fit.ts';
import { placeMarks } from '../../../../renderer/charts/marks.ts';
import { movedPen } from '../../../../renderer/places/reconstruct/pen-keys.ts';
import { pastedPictures } from '../../../../renderer/places/reconstruct/pasted.ts';
import {
  cardPlace,
  cardsInView,
  nextCard,
  scrolledTo,
  wallHeight,
  wallLayout,
} from '../../../../renderer/pictures/wall-layout.ts';

describe('the wall', () => {
  const layout = wallLayout(520, 254, 100);

  it('has as many columns as fit, and shares the rest among them', () => {
    expect(layout).toEqual({ columns: 2, cardWidth: 256, cardHeight: 100 });
    expect(wallLayout(200, 254, 100)).toEqual({ columns: 1, cardWidth: 200, cardHeight: 100 });
    expect(wallLayout(516, 254, 100).columns).toBe(2);
    expect(wallLayout(515, 254, 100).columns).toBe(1);
  });

  it('is as high as all its rows', () => {
    expect(wallHeight(layout, 0)).toBe(0);
    expect(wallHeight(layout, 3)).toBe(208);
    expect(wallHeight(layout, 1_000)).toBe(500 * 108 - 8);
  });

  it('draws only the cards in view, and a row around them', () => {
    expect(cardsInView(layout, 1_000, 0, 500)).toEqual([0, 12]);
    expect(cardsInView(layout, 1_000, 10_800, 500)).toEqual([198, 212]);
    expect(cardsInView(layout, 5, 10_800, 500)).toEqual([5, 5]);
  });

  it('scrolls no further than a card needs', () => {
    expect(cardPlace(layout, 5)).toEqual({ left: 264, top: 216 });
    expect(scrolledTo(layout, 5, 0, 500)).toBe(0);
    expect(scrolledTo(layout, 5, 300, 500)).toBe(216);
    expect(scrolledTo(layout, 20, 0, 500)).toBe(680);
  });

  it('is walked by keys, and ends at its ends', () => {
    const next = (key: string, from: number) => nextCard(key, from, 11, 2, 3);
    expect(['ArrowRight', 'ArrowLeft', 'ArrowDown', 'ArrowUp'].map((key) => next(key, 4))).toEqual([5, 3, 6, 2]);
    expect(['PageDown', 'PageUp', 'Home', 'End'].map((key) => next(key, 4))).toEqual([10, 0, 0, 10]);
    expect(next('ArrowUp', 1)).toBe(0);
    expect(next('a', 4)).toBeUndefined();
    expect(nextCard('End', 0, 0, 2, 3)).toBeUndefined();
  });
});

describe('a picture in its room', () => {
  const digit = { width: 28, height: 28 };

  it('is shown at the largest whole multiple of device pixels', () => {
    expect(pixelFit(digit, { width: 60, height: 100 }, 1)).toEqual({ width: 56, height: 56, whole: true });
    expect(pixelFit(digit, { width: 60, height: 100 }, 1.5)).toEqual({ width: 56, height: 56, whole: true });
    // A photograph that is to fill its room is no matter of pixels; a digit stays one.
    const room = { width: 384, height: 384 };
    expect(pixelFit({ width: 256, height: 128 }, room, 1)).toEqual({ width: 256, height: 128, whole: true });
    expect(pixelFit({ width: 256, height: 128 }, room, 1, true)).toEqual({ width: 384, height: 192, whole: false });
    expect(pixelFit(digit, { width: 60, height: 100 }, 1, true)).toEqual({ width: 56, height: 56, whole: true });
    expect(pixelFit(digit, { width: 56, height: 56 }, 1.25)).toEqual({ width: 44.8, height: 44.8, whole: true });
  });

  it('is shrunk where it is larger', () => {
    expect(pixelFit({ width: 200, height: 100 }, { width: 50, height: 50 }, 1)).toEqual({
      width: 50,
      height: 25,
      whole: false,
    });
  });

  it('has a room that is a whole multiple of the model’s images, unless they are large', () => {
    expect(roomFor(digit, 64)).toEqual({ width: 56, height: 56 });
    expect(roomFor({ width: 16, height: 32 }, 64)).toEqual({ width: 32, height: 64 });
    expect(roomFor({ width: 128, height: 64 }, 64)).toEqual({ width: 64, height: 32 });
  });
});

it('marks lie where the scatter draws the same place, those beyond all points on its border', () => {
  const points = { x: Float32Array.of(0, 10), y: Float32Array.of(0, 10) };
  const marks = { x: Float32Array.of(5, 100), y: Float32Array.of(0, 5) };
  // Few points have a wide margin, so that their names and those at the edge are whole.
  expect(placeMarks(marks, points, 120, 70)).toEqual([
    { x: 60, y: 42, outside: false },
    { x: 106, y: 35, outside: true },
  ]);
  const many = {
    x: Float32Array.from({ length: 201 }, (_, at) => at / 20),
    y: Float32Array.from({ length: 201 }, (_, at) => at / 20),
  };
  const [first, second] = placeMarks(marks, many, 120, 70);
  expect([first!.x, second!.x].map(Math.round)).toEqual([60, 115]);
  expect(placeMarks(marks, points, 0, 0)).toEqual([]);
});

it('arrow keys move the pen, in small steps with Shift, and keep it on the paper', () => {
  const paper = { width: 280, height: 140 };
  expect(movedPen('ArrowRight', false, { x: 10, y: 10 }, paper)).toEqual({ x: 18, y: 10 });
  expect(movedPen('ArrowUp', true, { x: 10, y: 1 }, paper)).toEqual({ x: 10, y: 0 });
  expect(movedPen('ArrowDown', false, { x: 10, y: 138 }, paper)).toEqual({ x: 10, y: 140 });
  expect(movedPen('a', false, { x: 10, y: 10 }, paper)).toBeUndefined();
});

it('pasted pictures keep the names of files, and get one where they come from no file', () => {
  const at = new Date(2026, 10, 23, 9, 5, 7);
  const picture = new File(['x'], 'image.png', { type: 'image/png' });
  const copied = new File(['y'], 'cat.jpg', { type: 'image/jpeg' });
  const text = new File(['z'], 'notes.txt', { type: 'text/plain' });
  const pasted = pastedPictures([picture, copied, text], at);
  expect(pasted.map(({ path, file }) => [path, file.name])).toEqual([
    ['pasted 09-05-07.png', 'pasted 09-05-07.png'],
    ['cat.jpg', 'cat.jpg'],
  ]);
});
