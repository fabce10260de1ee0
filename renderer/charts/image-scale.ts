/**
 * How many device pixels one image pixel gets, so that a row of images fits into the room there is: a whole number where there is room
 * for one, less than one for larger images. Lengths are in CSS pixels, `density` is device pixels per CSS pixel.
 */
export function stripScale(
  room: { readonly width: number; readonly height: number },
  row: { readonly columns: number; readonly gap: number; readonly imageWidth: number; readonly imageHeight: number },
  density: number,
  most = 4,
): number {
  const across = (room.width - (row.columns - 1) * row.gap) / (row.columns * row.imageWidth);
  const down = room.height / row.imageHeight;
  const fits = Math.min(across, down, most) * density;
  // Before anything is laid out there is no room.
  return fits > 0 && fits < 1 ? fits : Math.max(1, Math.floor(fits));
}

/** Device pixels that a side of so many image pixels takes. */
export const shownSide = (pixels: number, scale: number): number => Math.max(1, Math.round(pixels * scale));
