/** Sides in pixels of the pictures in an .ico; more than 256 its directory cannot say. */
export const icoSizes = [16, 24, 32, 48, 64, 128, 256] as const;

/** Apple's names for a PNG of each side; the names of pictures "at 2x" are left out, as the same pictures serve. */
const icnsTypes = [
  [16, 'icp4'],
  [32, 'icp5'],
  [64, 'icp6'],
  [128, 'ic07'],
  [256, 'ic08'],
  [512, 'ic09'],
  [1024, 'ic10'],
] as const;

/** Sides in pixels of the pictures in an .icns. */
export const icnsSizes = icnsTypes.map(([side]) => side);

const ICO_HEADER = 6;
const ICO_ENTRY = 16;
const ICNS_HEADER = 8;

/**
 * An .ico of PNGs, as Windows Vista and later read it: a header (0, 1, count), an entry of 16 bytes for each picture, the
 * pictures one after another.
 * @param pictures PNGs by their side, all of `icoSizes` among them
 */
export function icoFile(pictures: ReadonlyMap<number, Buffer>): Buffer {
  const chosen = icoSizes.map((side) => ({ side, png: pictureOf(pictures, side) }));
  const head = Buffer.alloc(ICO_HEADER + ICO_ENTRY * chosen.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(chosen.length, 4);
  let offset = head.length;
  chosen.forEach(({ side, png }, index) => {
    const at = ICO_HEADER + ICO_ENTRY * index;
    // 0 stands for 256.
    head.writeUInt8(side % 256, at);
    head.writeUInt8(side % 256, at + 1);
    head.writeUInt16LE(1, at + 4);
    head.writeUInt16LE(32, at + 6);
    head.writeUInt32LE(png.length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    offset += png.length;
  });
  return Buffer.concat([head, ...chosen.map(({ png }) => png)]);
}

/**
 * An .icns of PNGs: "icns" and the file's length, then for each picture its type, its length with these eight bytes, and
 * the PNG; numbers big-endian.
 * @param pictures PNGs by their side, all of `icnsSizes` among them
 */
export function icnsFile(pictures: ReadonlyMap<number, Buffer>): Buffer {
  const blocks = icnsTypes.map(([side, type]) => block(type, pictureOf(pictures, side)));
  return block('icns', Buffer.concat(blocks));
}

function block(type: string, content: Buffer): Buffer {
  const head = Buffer.alloc(ICNS_HEADER);
  head.write(type, 'latin1');
  head.writeUInt32BE(ICNS_HEADER + content.length, 4);
  return Buffer.concat([head, content]);
}

function pictureOf(pictures: ReadonlyMap<number, Buffer>, side: number): Buffer {
  const png = pictures.get(side);
  if (png === undefined) throw new Error(`An icon of ${side} × ${side} pixels: expected a picture, found none.`);
  return png;
}
