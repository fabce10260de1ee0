interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * How large a picture is shown in a room of so many CSS pixels: where it fits, at the largest whole number of device
 * pixels a pixel (`whole`: never blurred); a larger one is shrunk to fit. `density` is device pixels a CSS pixel.
 */
export function pixelFit(image: Size, room: Size, density: number): Size & { readonly whole: boolean } {
  const scale = Math.min((room.width * density) / image.width, (room.height * density) / image.height);
  // A room measured in fractions of a pixel must not lose a whole multiple to rounding.
  const whole = Math.floor(scale + 1e-6);
  const used = whole >= 1 ? whole : scale;
  return { width: (image.width * used) / density, height: (image.height * used) / density, whole: whole >= 1 };
}

/** The side of a room for images of this size: a whole multiple of theirs near `wanted`, or `wanted` for large ones. */
export function roomFor(image: Size, wanted: number): Size {
  const longer = Math.max(image.width, image.height);
  const scale = longer > wanted ? wanted / longer : Math.floor(wanted / longer);
  return { width: image.width * scale, height: image.height * scale };
}
