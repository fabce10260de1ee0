import { describe, expect, it } from 'vitest';
import type { EngineChannel, Handlers } from '../../electron/contract/contract.ts';
import { StudioError } from '../../electron/domain/errors.ts';
import { Caller, serveCalls } from '../../electron/contract/rpc.ts';
import { decodeMessage, encodeMessage, wirePort, type FrameLine } from '../../electron/contract/wire.ts';

const roundTrip = (value: unknown) => decodeMessage(encodeMessage(value));

describe('a message as a frame', () => {
  it.each([
    Float32Array.of(0, -1.5, 3.4028234663852886e38, Infinity, NaN),
    Float64Array.of(Math.PI, -0, 5e-324),
    Int32Array.of(-2_147_483_648, 2_147_483_647),
    Uint32Array.of(0, 4_294_967_295),
    Int16Array.of(-32_768, 32_767),
    Uint16Array.of(0, 65_535),
    Uint8Array.of(0, 128, 255),
    new Float32Array(0),
  ])('keeps a column: %o', (column) => {
    const back = roundTrip(column) as typeof column;
    expect(back).toEqual(column);
    expect(back.constructor).toBe(column.constructor);
  });

  it('keeps columns wherever in the frame they lie', () => {
    for (let padding = 0; padding < 9; padding++) {
      const message = {
        text: 'x'.repeat(padding),
        x: Float32Array.of(1, 2),
        y: Float64Array.of(3),
        z: Int16Array.of(4),
      };
      expect(roundTrip(message)).toEqual(message);
    }
  });

  it('reads columns from a Buffer, as Node’s sockets hand them over', () => {
    const message = { text: 'x', codes: Float32Array.of(1, -2.5), indices: Uint32Array.of(7), bytes: Uint8Array.of(9) };
    const back = decodeMessage(Buffer.from(encodeMessage(message)));
    expect(back).toEqual(message);
    expect((back as typeof message).codes.buffer.byteLength).toBe(8);
  });

  it('keeps a column that is a view into a larger buffer, and only its part', () => {
    const view = new Float32Array(Float32Array.of(1, 2, 3, 4).buffer, 4, 2);
    const back = roundTrip(view) as Float32Array;
    expect(back).toEqual(Float32Array.of(2, 3));
    expect(back.buffer.byteLength).toBe(8);
  });

  it('keeps plain data, and leaves out what is undefined', () => {
    const message = { kind: 'answer', id: 2 ** 50, result: { ok: true, value: [1.5, 'ü', null, true, { a: {} }] } };
    expect(roundTrip({ ...message, absent: undefined })).toEqual(message);
  });

  it('costs a column its own bytes and little more', () => {
    expect(encodeMessage(new Float32Array(5_000)).byteLength).toBeLessThan(20_016);
  });
});

describe('a broken frame', () => {
  const whole = encodeMessage({ kind: 'call', x: Float32Array.of(1, 2, 3) });
  it.each([
    ['empty', new Uint8Array(0)],
    ['cut off', whole.slice(0, whole.length - 3)],
    ['of two messages', Uint8Array.of(...whole, ...whole)],
    ['text', new TextEncoder().encode('{"kind":"call"}')],
    ['a column of half an element', Uint8Array.of(0xc7, 3, 1, 0, 0, 0)],
    ['a byte that starts nothing', Uint8Array.of(0xc1)],
  ])('(%s) is refused as a bad request that names its length', (_, frame) => {
    expect(() => decodeMessage(frame)).toThrowError(
      expect.objectContaining({
        code: 'bad-request',
        message: expect.stringContaining(`found ${frame.byteLength} bytes`),
      }),
    );
  });
});

/** Two ends of a line joined in memory, as two WebSockets would be. */
function linePair(): readonly [FrameLine, FrameLine] {
  const ends = [new Set<(frame: Uint8Array) => void>(), new Set<(frame: Uint8Array) => void>()] as const;
  const line = (own: 0 | 1): FrameLine => ({
    send: (frame) => queueMicrotask(() => ends[own === 0 ? 1 : 0].forEach((listener) => listener(frame.slice()))),
    onFrame: (listener) => {
      ends[own].add(listener);
      return () => void ends[own].delete(listener);
    },
  });
  return [line(0), line(1)];
}

describe('calls over frames', () => {
  const handlers = {
    'run:stop': () => Promise.reject(new StudioError('busy', 'The engine is busy.')),
    'image-set:images': (request: { count: number }) =>
      Promise.resolve({ count: request.count, height: 1, width: 1, channels: 1, pixels: Uint8Array.of(9) }),
  } as Partial<Handlers<EngineChannel>> as Handlers<EngineChannel>;

  it('bring back answers and errors, and ignore and report what is no frame', async () => {
    const [near, far] = linePair();
    const reports: string[] = [];
    serveCalls(
      wirePort(far, (problem) => reports.push(problem)),
      handlers,
    );
    const caller = new Caller<EngineChannel>(wirePort(near, (problem) => reports.push(problem)));
    near.send(Uint8Array.of(0xc1));
    expect(await caller.call('run:stop', { runId: 'a' })).toMatchObject({ ok: false, error: { code: 'busy' } });
    const range = { imageSet: 'mnist', split: 'test', first: 0, count: 1 } as const;
    expect(await caller.call('image-set:images', range)).toMatchObject({
      ok: true,
      value: { pixels: Uint8Array.of(9) },
    });
    expect(reports).toEqual([expect.stringContaining('found 1 bytes')]);
  });
});
