import { expect, it } from 'vitest';
import { labelColour, type Rgb } from '../../../renderer/charts/palette.ts';
import { labelColours } from '../../../electron/domain/label-colours.ts';

type Triple = readonly [number, number, number];
type Matrix = readonly [Triple, Triple, Triple];

/** What eyes without one kind of cone see, on linear sRGB: Machado, Oliveira & Fernandes 2009, table 1, severity 1. */
const VISIONS: Readonly<Record<string, Matrix>> = {
  'all cones': [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** Björn Ottosson's OKLab of linear sRGB, a hundredfold. */
const LMS: Matrix = [
  [0.4122214708, 0.5363325363, 0.0514459929],
  [0.2119034982, 0.6806995451, 0.1073969566],
  [0.0883024619, 0.2817188376, 0.6299787005],
];
const LAB: Matrix = [
  [21.04542553, 79.3617785, -0.40720468],
  [197.79984951, -242.8592205, 45.05937099],
  [2.59040371, 78.27717662, -80.8675766],
];

const applied = (matrix: Matrix, [a, b, c]: Triple): Triple =>
  matrix.map(([p, q, r]) => p * a + q * b + r * c) as unknown as Triple;

const linear = (channel: number) =>
  channel <= 0.04045 * 255 ? channel / 255 / 12.92 : ((channel / 255 + 0.055) / 1.055) ** 2.4;

function seen(colour: Rgb, vision: Matrix): Triple {
  const light = applied(vision, colour.map(linear) as unknown as Triple);
  const inGamut = light.map((channel) => Math.min(1, Math.max(0, channel))) as unknown as Triple;
  return applied(LAB, applied(LMS, inGamut).map(Math.cbrt) as unknown as Triple);
}

const colours = labelColours.map((_, label) => labelColour(label));

it.each([
  ['all cones', 12.4],
  ['protanopia', 9.1],
  ['deuteranopia', 8.8],
  ['tritanopia', 9.2],
])('colours are told apart with %s: they differ by at least %d', (name, least) => {
  const looks = colours.map((colour) => seen(colour, VISIONS[name]!));
  const differences = looks.flatMap((look, at) =>
    looks.slice(at + 1).map((other) => Math.hypot(...look.map((part, axis) => part - other[axis]!))),
  );
  expect(Math.min(...differences)).toBeCloseTo(least, 1);
});

it('no colour is a grey, and each is seen on white and on the dark theme’s ground', () => {
  const luminance = (colour: Rgb) => {
    const [red, green, blue] = colour.map(linear) as unknown as Triple;
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const dark = luminance([0x10, 0x14, 0x18]);
  for (const colour of colours) {
    const [, a, b] = seen(colour, VISIONS['all cones']!);
    expect(Math.hypot(a, b)).toBeGreaterThan(5);
    expect(1.05 / (luminance(colour) + 0.05)).toBeGreaterThan(1.5);
    expect((luminance(colour) + 0.05) / (dark + 0.05)).toBeGreaterThan(2);
  }
});
