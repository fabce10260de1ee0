import { describe, expect, it } from 'vitest';
import { icnsFile, icnsSizes, icoFile, icoSizes } from '../../../scripts/package/icon-files.ts';

/** In place of a PNG. */
const picture = (side: number) => Buffer.from(`png of ${side}`);
const pictures = (sides: readonly number[]) => new Map(sides.map((side) => [side, picture(side)]));

describe('an .ico', () => {
  it('has a directory whose places and lengths lead to its pictures', () => {
    const ico = icoFile(pictures(icoSizes));
    expect([ico.readUInt16LE(0), ico.readUInt16LE(2), ico.readUInt16LE(4)]).toEqual([0, 1, icoSizes.length]);
    const found = icoSizes.map((_, index) => {
      const at = 6 + 16 * index;
      const [length, offset] = [ico.readUInt32LE(at + 8), ico.readUInt32LE(at + 12)];
      return [ico.readUInt8(at) || 256, ico.subarray(offset, offset + length).toString()];
    });
    expect(found).toEqual(icoSizes.map((side) => [side, `png of ${side}`]));
  });
});

describe('an .icns', () => {
  it('is a chain of blocks with the sizes they state', () => {
    const icns = icnsFile(pictures(icnsSizes));
    expect(icns.toString('latin1', 0, 4)).toBe('icns');
    expect(icns.readUInt32BE(4)).toBe(icns.length);
    const found: string[] = [];
    for (let at = 8; at < icns.length; at += icns.readUInt32BE(at + 4)) {
      found.push(
        `${icns.toString('latin1', at, at + 4)} ${icns.toString('latin1', at + 8, at + icns.readUInt32BE(at + 4))}`,
      );
    }
    expect(found).toEqual([
      'icp4 png of 16',
      'icp5 png of 32',
      'icp6 png of 64',
      'ic07 png of 128',
      'ic08 png of 256',
      'ic09 png of 512',
      'ic10 png of 1024',
    ]);
  });

  it('is not made without one of its pictures', () => {
    expect(() => icnsFile(pictures(icnsSizes.slice(1)))).toThrow(
      'An icon of 16 × 16 pixels: expected a picture, found none.',
    );
  });
});
