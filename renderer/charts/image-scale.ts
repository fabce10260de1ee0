/**
 * How many device pixels one image pixel gets, so that a row of images fits into the room there is: a whole number,
 * at least one. Lengths are in CSS pixels, `density` is device pixels per CSS pixel.
 */
export function wholeScale(
  room: { readonly width: number; readonly height: number },
  row: { readonly columns: number; readonly gap: number; readonly imageWidth: number; readonly imageHeight: number },
  density: number,
  most = 4,
): number {
  const across = (room.width - (row.columns - 1) * row.gap) / (row.columns * row.imageWidth);
  const down = room.height / row.imageHeight;
  return Math.max(1, Math.floor(Math.min(across, down, most) * density));
}
