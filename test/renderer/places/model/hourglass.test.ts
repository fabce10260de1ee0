import { describe, expect, it } from 'vitest';
import { layOut } from '../../../../electron/domain/model-layout.ts';
import { presets } from '../../../../electron/domain/presets.ts';
import { hourglass, joint } from '../../../../renderer/places/model/hourglass.ts';
import { articleExperiment } from '../../samples.ts';

const room = { width: 900, height: 150 };
const drawn = (model = articleExperiment.model) => hourglass(layOut(model), model.inputShape, room);

describe('the drawing of a network', () => {
  it('has a column for the image and for each layer, as high as the logarithm of its values', () => {
    const { columns, width } = drawn();
    expect(columns.map(({ path }) => path)).toEqual(['image', 'encoder.0', 'code', 'decoder.0', 'output']);
    expect(width).toBe(900);
    const [image, dense, code] = columns;
    expect(image!.height).toBeCloseTo(129);
    expect(dense!.height / image!.height).toBeCloseTo(Math.log(257) / Math.log(785));
    expect(code!.height / image!.height).toBeCloseTo(Math.log(129) / Math.log(785));
    for (const { top, height } of columns) expect(top + height / 2).toBeCloseTo(75);
  });

  it('stacks images by their depth, and lets units stand alone', () => {
    const { model } = presets.find(({ id }) => id === 'conv')!;
    const { columns } = drawn({ inputShape: [28, 28, 1], ...model });
    expect(columns.slice(0, 4).map(({ planes }) => planes)).toEqual([1, 5, 6, 1]);
  });

  it('takes more width for many layers', () => {
    const encoder = Array.from({ length: 12 }, () => ({ kind: 'dense', units: 8, activation: 'relu' }) as const);
    const { columns, width } = drawn({ ...articleExperiment.model, encoder });
    expect(columns).toHaveLength(27);
    expect(width).toBe(27 * 84);
  });

  it('joins columns edge to edge', () => {
    const { columns } = drawn();
    const [image, dense] = columns;
    const x = (image!.left + image!.width).toFixed(1);
    expect(joint(image!, dense!).split(' ')[0]).toBe(`${x},${image!.top.toFixed(1)}`);
  });
});
