/** What a JPEG file says of itself before its pixels (ITU-T T.81, annex B; JFIF). */
export interface JpegHeader {
  /** As it is stored, in pixels. */
  readonly width: number;
  readonly height: number;
  /** Three of eight bits a pixel, and neither a turn nor colours of its own to heed: most pictures of the web. */
  readonly isPlain: boolean;
}

const START_OF_SCAN = 0xda;
/** Where EXIF and ICC profiles stand: what is there may turn a picture, or change its colours. */
const EXIF = 0xe1;
const PROFILE = 0xe2;

/** Reads the segments before the pixels; undefined where they are not what is expected. */
export function jpegHeader(bytes: Uint8Array): JpegHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let simple = true;
  for (let at = 2; at + 9 < bytes.length;) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    // Any number of 0xff may stand before a marker.
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === START_OF_SCAN) return undefined;
    if (marker === EXIF || marker === PROFILE) simple = false;
    if (isFrame(marker)) {
      const [bits, height, width] = [view.getUint8(at + 4), view.getUint16(at + 5), view.getUint16(at + 7)];
      // The height may follow the first scan: then it is 0 here.
      if (width === 0 || height === 0) return undefined;
      return { width, height, isPlain: simple && bits === 8 && view.getUint8(at + 9) === 3 };
    }
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

/** Start of frame, of whatever process; 0xc4, 0xc8 and 0xcc lie among these and are something else. */
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
