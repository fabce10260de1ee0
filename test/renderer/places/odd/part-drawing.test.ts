import { expect, test } from 'vitest';
import type { HeatMap } from '../../../../electron/contract/inspection.ts';
import { LookDraft } from '../../../../renderer/places/odd/look.svelte.ts';
import { PartDrawing } from '../../../../renderer/places/odd/part-drawing.svelte.ts';

/** A picture of 200 × 100 pixels, shown at half its size; the model sees the square of its middle. */
const map = { width: 200, height: 100, seen: { left: 50, top: 0, width: 100, height: 100 } } as HeatMap;

function drawingOf(draft: Partial<Pick<LookDraft, 'tiles' | 'part' | 'drawing'>> = {}) {
  const again = Object.assign(new LookDraft({}), { drawing: true, ...draft });
  const held: number[] = [];
  const currentTarget = {
    getBoundingClientRect: () => ({ left: 10, top: 20, width: 100, height: 50 }),
    setPointerCapture: (pointer: number) => held.push(pointer),
  };
  const at = (clientX: number, clientY: number, button = 0) =>
    ({ clientX, clientY, button, pointerId: 7, currentTarget }) as unknown as PointerEvent;
  return { again, held, at, drawing: new PartDrawing({ map: () => map, again: () => again }) };
}

test('a part is drawn from corner to corner, whichever is first, and kept in shares of what the model sees', () => {
  const { again, held, at, drawing } = drawingOf();
  drawing.grab(at(75, 60));
  expect(held).toEqual([7]);
  expect(drawing.part).toBeUndefined();
  drawing.pull(at(60, 45));
  expect(drawing.part).toEqual({ left: 100, top: 50, width: 30, height: 30 });
  drawing.letGo();
  expect(again.region).toEqual({ left: 0.5, top: 0.5, width: 0.3, height: 0.3 });
  expect(drawing.part).toEqual({ left: 100, top: 50, width: 30, height: 30 });
});

test('it ends where what the model sees ends', () => {
  const { at, drawing } = drawingOf();
  drawing.grab(at(60, 45));
  drawing.pull(at(-500, 999));
  expect(drawing.part).toEqual({ left: 50, top: 50, width: 50, height: 50 });
  drawing.pull(at(999, -500));
  expect(drawing.part).toEqual({ left: 100, top: 0, width: 50, height: 50 });
});

test('nothing is drawn by a press without a pull, by another button, or while none is to be drawn', () => {
  const pressed = drawingOf();
  pressed.drawing.grab(pressed.at(60, 45));
  pressed.drawing.letGo();
  // The pointer is gone: it pulls no more.
  pressed.drawing.pull(pressed.at(75, 60));
  expect([pressed.again.part, pressed.drawing.part]).toEqual(['', undefined]);

  const flat = drawingOf();
  flat.drawing.grab(flat.at(60, 45));
  flat.drawing.pull(flat.at(60, 60));
  flat.drawing.letGo();
  expect(flat.again.part).toBe('');

  const whole = drawingOf({ drawing: false });
  whole.drawing.grab(whole.at(60, 45));
  whole.drawing.pull(whole.at(75, 60));
  expect(whole.drawing.part).toBeUndefined();

  const other = drawingOf();
  other.drawing.grab(other.at(60, 45, 2));
  other.drawing.pull(other.at(75, 60));
  expect(other.drawing.part).toBeUndefined();
});

test('a part that was kept is not on view where the picture is looked at by tiles', () => {
  expect(drawingOf({ part: '10, 20, 50, 60' }).drawing.part).toEqual({ left: 60, top: 20, width: 50, height: 60 });
  expect(drawingOf({ part: '10, 20, 50, 60', tiles: 64 }).drawing.part).toBeUndefined();
});
