export interface PenPoint {
  /** In the paper's pixels, from its upper left corner. */
  readonly x: number;
  readonly y: number;
}

export interface Stroke {
  /** In the paper's pixels. */
  readonly width: number;
  readonly points: readonly PenPoint[];
}

/** What has been drawn, and how it was before each of the person's steps. */
export interface Sketch {
  readonly strokes: readonly Stroke[];
  readonly past: readonly (readonly Stroke[])[];
}

export const emptySketch: Sketch = { strokes: [], past: [] };

/** The pen is put down: a new stroke begins. */
export function begun({ strokes, past }: Sketch, point: PenPoint, width: number): Sketch {
  return { strokes: [...strokes, { width, points: [point] }], past: [...past, strokes] };
}

/** The pen moves on with the last stroke. */
export function extended(sketch: Sketch, point: PenPoint): Sketch {
  const last = sketch.strokes.at(-1);
  const end = last?.points.at(-1);
  if (!last || (end?.x === point.x && end.y === point.y)) return sketch;
  return { ...sketch, strokes: sketch.strokes.with(-1, { ...last, points: [...last.points, point] }) };
}

export function cleared({ strokes, past }: Sketch): Sketch {
  return strokes.length === 0 ? { strokes, past } : { strokes: [], past: [...past, strokes] };
}

/** Takes back the last stroke, or the clearing. */
export function undone({ strokes, past }: Sketch): Sketch {
  return { strokes: past.at(-1) ?? strokes, past: past.slice(0, -1) };
}
