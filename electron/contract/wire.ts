import { decode, encode, ExtensionCodec } from '@msgpack/msgpack';
import { StudioError, toErrorData } from '../domain/errors.ts';
import type { Port, Report } from './rpc.ts';

/**
 * Messages as binary frames, for transports that carry only bytes: MessagePack, with the columns of pixels and codes
 * as they lie in memory (little-endian, as every platform we run on has it).
 */
const columns = [
  [1, Float32Array],
  [2, Float64Array],
  [3, Int32Array],
  [4, Uint32Array],
  [5, Int16Array],
  [6, Uint16Array],
] as const;

const extensionCodec = new ExtensionCodec();
for (const [type, Column] of columns) {
  extensionCodec.register({
    type,
    encode: (value) =>
      value instanceof Column ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : null,
    decode: (bytes) => {
      if (bytes.byteLength % Column.BYTES_PER_ELEMENT !== 0) {
        throw new StudioError(
          'bad-request',
          `A ${Column.name} needs a multiple of ${Column.BYTES_PER_ELEMENT} bytes, found ${bytes.byteLength}.`,
        );
      }
      // Copied: inside a frame the bytes may lie at an address the column cannot start at.
      return new Column(bytes.slice().buffer);
    },
  });
}

export function encodeMessage(message: unknown): Uint8Array<ArrayBuffer> {
  return encode(message, { extensionCodec, ignoreUndefined: true });
}

/** Throws `bad-request` on anything that is not one whole frame. */
export function decodeMessage(frame: Uint8Array | ArrayBuffer): unknown {
  try {
    // A Buffer's slice() shares memory: seen as what it is a kind of, its columns are copied whole.
    const bytes =
      frame instanceof Uint8Array ? new Uint8Array(frame.buffer, frame.byteOffset, frame.byteLength) : frame;
    // Every element takes a byte: more of them than bytes is a lie, and the room for them would be made first.
    const most = bytes.byteLength;
    return decode(bytes, { extensionCodec, maxArrayLength: most, maxMapLength: most });
  } catch (error) {
    const { message } = toErrorData(error);
    throw new StudioError('bad-request', `Expected a MessagePack frame, found ${frame.byteLength} bytes: ${message}`);
  }
}

/** What a WebSocket, on either end, is made to look like. */
export interface FrameLine {
  send(frame: Uint8Array<ArrayBuffer>): void;
  /** Returns its unsubscribe. */
  onFrame(listener: (frame: Uint8Array | ArrayBuffer) => void): () => void;
}

/** A port over binary frames; a frame that cannot be decoded is ignored and reported. */
export function wirePort(line: FrameLine, report: Report): Port {
  return {
    post: (message) => line.send(encodeMessage(message)),
    onMessage: (listener) =>
      line.onFrame((frame) => {
        let message: unknown;
        try {
          message = decodeMessage(frame);
        } catch (error) {
          return report(toErrorData(error).message);
        }
        listener(message);
      }),
  };
}
