import { describe, expect, it } from 'vitest';
import type { Result } from '../../../../electron/domain/errors.ts';
import type { ImageSource, Reconstructions } from '../../../../electron/contract/models.ts';
import { LiveDrawing } from '../../../../renderer/places/reconstruct/drawing.svelte.ts';
import { begun, cleared, emptySketch, extended, undone } from '../../../../renderer/places/reconstruct/sketch.ts';
import { answerOf } from './reconstruct-samples.ts';

const settled = () => new Promise((resolve) => setTimeout(resolve));

describe('a sketch', () => {
  const line = extended(extended(begun(emptySketch, { x: 1, y: 1 }, 20), { x: 2, y: 2 }), { x: 2, y: 2 });
  const two = begun(line, { x: 9, y: 9 }, 10);

  it('grows point by point, without repeating one', () => {
    expect(line.strokes).toEqual([
      {
        width: 20,
        points: [
          { x: 1, y: 1 },
          { x: 2, y: 2 },
        ],
      },
    ]);
    expect(extended(emptySketch, { x: 1, y: 1 })).toBe(emptySketch);
  });

  it('is taken back stroke by stroke, the clearing too', () => {
    expect(undone(two).strokes).toEqual(line.strokes);
    expect(undone(undone(two)).strokes).toEqual([]);
    expect(cleared(two).strokes).toEqual([]);
    expect(undone(cleared(two)).strokes).toEqual(two.strokes);
    expect(cleared(emptySketch).past).toEqual([]);
    expect(undone(emptySketch)).toEqual(emptySketch);
  });
});

describe('a live drawing', () => {
  /** Answers when told; each answer's error is the number of the question. */
  function model() {
    const waiting: (() => void)[] = [];
    const ask = (source: ImageSource) =>
      new Promise<Result<Reconstructions>>((resolve) => {
        const squaredError = waiting.length + 1;
        const name = source.kind === 'pictures' ? source.pictures[0]!.name : '';
        waiting.push(() => resolve({ ok: true, value: answerOf([{ name, squaredError }]) }));
      });
    return { ask, waiting };
  }
  const encode = async () => Uint8Array.of(1);

  it('asks for one drawing at a time, and shows the newest', async () => {
    const drawing = new LiveDrawing();
    const { ask, waiting } = model();
    drawing.begin({ x: 1, y: 1 });
    drawing.follow(encode, ask);
    await settled();
    for (const x of [2, 3, 4]) {
      drawing.extend({ x, y: 1 });
      drawing.follow(encode, ask);
    }
    await settled();
    expect(waiting).toHaveLength(1);
    waiting[0]!();
    await settled();
    expect(drawing.entry?.squaredError).toBe(1);
    expect(waiting).toHaveLength(2);
    expect(drawing.behind).toBe(true);
    waiting[1]!();
    await settled();
    expect(drawing.behind).toBe(false);
    expect(drawing.entry?.squaredError).toBe(2);
    expect(waiting).toHaveLength(2);
  });

  it('drops the answer for a drawing that was cleared meanwhile', async () => {
    const drawing = new LiveDrawing();
    const { ask, waiting } = model();
    drawing.begin({ x: 1, y: 1 });
    drawing.follow(encode, ask);
    await settled();
    drawing.clear();
    drawing.follow(encode, ask);
    waiting[0]!();
    await settled();
    expect(drawing.entry).toBeUndefined();
    expect(drawing.isEmpty).toBe(true);
  });

  it('says what went wrong, and keeps what it has', async () => {
    const drawing = new LiveDrawing();
    const { ask, waiting } = model();
    drawing.begin({ x: 1, y: 1 });
    drawing.follow(encode, ask);
    await settled();
    waiting[0]!();
    await settled();
    drawing.follow(encode, async () => ({ ok: false, error: { code: 'engine-lost', message: 'The engine stopped.' } }));
    await settled();
    expect(drawing.problem?.message).toBe('The engine stopped.');
    expect(drawing.entry?.squaredError).toBe(1);
  });
});

it('a stroke taken back while the pen is down does not go on in the one before', () => {
  const drawing = new LiveDrawing();
  drawing.begin({ x: 1, y: 1 });
  drawing.extend({ x: 2, y: 1 });
  drawing.begin({ x: 5, y: 5 });
  expect(drawing.isDrawing).toBe(true);
  drawing.undo();
  expect(drawing.isDrawing).toBe(false);
  drawing.extend({ x: 9, y: 9 });
  expect(drawing.sketch.strokes.map(({ points }) => points.length)).toEqual([2]);
});

it('a drawing that cannot be made a picture says so', async () => {
  const drawing = new LiveDrawing();
  drawing.begin({ x: 1, y: 1 });
  drawing.follow(
    () => Promise.reject(new Error('no canvas')),
    () => Promise.reject(new Error('not asked')),
  );
  await settled();
  expect([drawing.problem?.message, drawing.behind]).toEqual(['no canvas', false]);
});
