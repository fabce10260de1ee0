import { expect, it } from 'vitest';
import { paintMap } from '../../../renderer/charts/scatter-paint.ts';
import { densestPlaces, innerLimits, project } from '../../../renderer/maths/scatter-geometry.ts';
import { theme } from '../../../renderer/charts/theme.svelte.ts';

/** Where names are written on a map of these points, by name. */
function namesOn(points: { readonly x: Float32Array; readonly y: Float32Array }, labels: Uint8Array) {
  const found: Record<string, { readonly x: number; readonly y: number }> = {};
  const image = (width: number, height: number) => ({ width, height, data: new Uint8ClampedArray(4 * width * height) });
  const context = {
    canvas: { width: 0, height: 0 },
    createImageData: image,
    putImageData: () => undefined,
    setTransform: () => undefined,
    measureText: () => ({ width: 30 }),
    strokeText: () => undefined,
    fillText: (text: string, x: number, y: number) => (found[text] = { x, y }),
  } as unknown as CanvasRenderingContext2D;
  const size = { width: 300, height: 300, scale: 1 };
  paintMap(context, { points, labels, labelNames: ['cats', 'dogs'], ...size, colours: theme.colours });
  return found;
}

it('a class’s name stands above its few points, and amid more of them', () => {
  const x = Float32Array.of(0, 10, 10, 10.2, 9.8, 10);
  const y = Float32Array.of(0, 10, 10.2, 10, 10, 9.8);
  const labels = Uint8Array.of(0, 1, 1, 1, 1, 1);
  const { cats, dogs } = namesOn({ x, y }, labels);
  const placed = project({ x, y }, innerLimits({ x, y }), { width: 300, height: 300, margin: 28 });
  const lie = densestPlaces(placed, labels);
  const of = (label: number) => lie.find((one) => one.label === label)!;
  expect(cats!.y).toBeLessThan(of(0).y - 10);
  expect(dogs!.y).toBeCloseTo(of(1).y);
  // Both whole within the frame.
  for (const { x: at } of [cats!, dogs!]) expect(Math.min(at - 15, 300 - at - 15)).toBeGreaterThan(0);
});
