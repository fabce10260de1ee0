/** Petroff's ten label colours (arXiv 2107.02270), made for colour-vision deficiency. */
const petroff = [
  [0x3f, 0x90, 0xda],
  [0xff, 0xa9, 0x0e],
  [0xbd, 0x1f, 0x01],
  [0x94, 0xa4, 0xa2],
  [0x83, 0x2d, 0xb6],
  [0xa9, 0x6b, 0x59],
  [0xe7, 0x63, 0x00],
  [0xb9, 0xac, 0x70],
  [0x71, 0x75, 0x81],
  [0x92, 0xda, 0xdd],
] as const;

export type Rgb = readonly [red: number, green: number, blue: number];

/** A class's colour, 0-255 a channel. Beyond ten classes colours come again: their letters tell them apart. */
export function labelColour(label: number): Rgb {
  return petroff[label % petroff.length]!;
}

export const cssColour = ([red, green, blue]: Rgb) => `rgb(${red} ${green} ${blue})`;
