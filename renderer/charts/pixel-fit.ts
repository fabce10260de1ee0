interface Size {
  readonly width: number;
  readonly height: number;
}

/** Pixels of a side from which a picture is looked at as a whole, not by its pixels. */
const PHOTOGRAPH = 128;

/**
 * How large a picture is shown in a room of so many CSS pixels: where it fits, at the largest whole number of device
 * pixels a pixel (`whole`: never blurred); a larger one is shrunk to fit. `density` is device pixels a CSS pixel.
 * @param fill one that is no small picture takes all of the room, blurred where it must be
 */
export function pixelFit(image: Size, room: Size, density: number, fill = false): Size & { readonly whole: boolean } {
  const scale = Math.min((room.width * density) / image.width, (room.height * density) / image.height);
  // A room measured in fractions of a pixel must not lose a whole multiple to rounding.
  const whole = Math.floor(scale + 1e-6);
  const kept = whole >= 1 && !(fill && Math.max(image.width, image.height) >= PHOTOGRAPH);
  const used = kept ? whole : scale;
  return { width: (image.width * used) / density, height: (image.height * used) / density, whole: kept };
}

/** The side of a room for images of this size: a whole multiple of theirs near `wanted`, or `wanted` for large ones. */
export function roomFor(image: Size, wanted: number): Size {
  const longer = Math.max(image.width, image.height);
  const scale = longer > wanted ? wanted / longer : Math.floor(wanted / longer);
  return { width: image.width * scale, height: image.height * scale };
}
