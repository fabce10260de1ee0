import { labelColours } from '../../electron/domain/label-colours.ts';

export type Rgb = readonly [red: number, green: number, blue: number];

const colours = labelColours.map((colour): Rgb => {
  const value = Number.parseInt(colour.slice(1), 16);
  return [value >> 16, (value >> 8) & 0xff, value & 0xff];
});

/** A class’s colour, 0-255 a channel. Beyond twelve classes colours come again, in another shape where they are points. */
export function labelColour(label: number): Rgb {
  return colours[label % colours.length]!;
}

export const cssColour = ([red, green, blue]: Rgb) => `rgb(${red} ${green} ${blue})`;
