import { describe, expect, it } from 'vitest';
import { enlarged, joined, sheetOf } from '../../../renderer/maths/sheet.ts';
import { imageAt } from '../../../renderer/maths/image-at.ts';

const grey = { count: 3, height: 1, width: 2, channels: 1, pixels: Uint8Array.of(1, 2, 3, 4, 5, 6) };

describe('a sheet of images', () => {
  it('lays them out in rows; what is left over is see-through', () => {
    const { width, height, data } = sheetOf(grey, 2);
    expect([width, height]).toEqual([4, 2]);
    const red = [...data].filter((_, at) => at % 4 === 0);
    expect(red).toEqual([1, 2, 3, 4, 5, 6, 0, 0]);
    const alpha = [...data].filter((_, at) => at % 4 === 3);
    expect(alpha).toEqual([255, 255, 255, 255, 255, 255, 0, 0]);
  });

  it('keeps colours', () => {
    const rgb = { count: 1, height: 1, width: 2, channels: 3, pixels: Uint8Array.of(1, 2, 3, 4, 5, 6) };
    expect([...sheetOf(rgb, 1).data]).toEqual([1, 2, 3, 255, 4, 5, 6, 255]);
  });

  it('of 4,096 digits is 1,792 pixels a side', () => {
    const digits = { count: 4_096, height: 28, width: 28, channels: 1, pixels: new Uint8Array(4_096 * 784) };
    const { width, height } = sheetOf(digits, 64);
    expect([width, height]).toEqual([1_792, 1_792]);
  });
});

describe('a picture made larger', () => {
  it('has every pixel as a square', () => {
    const { width, height, data } = enlarged(sheetOf(grey, 3), 2);
    expect([width, height]).toEqual([12, 2]);
    expect([...data].filter((_, at) => at % 4 === 0)).toEqual([
      1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6,
    ]);
  });
});

describe('columns of images', () => {
  it('are taken apart and joined', () => {
    expect([...imageAt(grey, 1).pixels]).toEqual([3, 4]);
    const again = joined([imageAt(grey, 0), imageAt(grey, 1), imageAt(grey, 2)]);
    expect(again).toEqual(grey);
    expect(joined([])).toBeUndefined();
  });
});
