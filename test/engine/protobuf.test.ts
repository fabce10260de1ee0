import { describe, expect, it } from 'vitest';
import { MessageWriter } from '../../electron/engine/graph/protobuf.ts';

const hex = (writer: MessageWriter): string => Buffer.from(writer.finish()).toString('hex');
const writer = (): MessageWriter => new MessageWriter();

// Bytes from https://protobuf.dev/programming-guides/encoding, unless said otherwise.
describe('a protocol-buffer message', () => {
  it.each<[string, MessageWriter, string]>([
    ['nothing', writer(), ''],
    ['the number 150 in field 1', writer().integer(1, 150), '089601'],
    ['-2, as ten bytes', writer().integer(1, -2), '08feffffffffffffffff01'],
    ['text', writer().text(2, 'testing'), '120774657374696e67'],
    ['a message in a message', writer().message(3, (inner) => inner.integer(1, 150)), '1a03089601'],
    [
      'text, then a repeated number',
      writer().text(4, 'hello').integer(5, 1).integer(5, 2).integer(5, 3),
      '220568656c6c6f' + '280128022803',
    ],
    // By hand, from the rules given there.
    ['0 and 1', writer().integer(1, 0).integer(1, 1), '08000801'],
    ['the last number of one byte and the first of two', writer().integer(1, 127).integer(1, 128), '087f088001'],
    ['the largest int32', writer().integer(1, 2 ** 31 - 1), '08ffffffff07'],
    ['the largest int64', writer().integer(1, 2n ** 63n - 1n), '08ffffffffffffffff7f'],
    ['the smallest int64', writer().integer(1, -(2n ** 63n)), '0880808080808080808001'],
    ['-1', writer().integer(1, -1), '08ffffffffffffffffff01'],
    ['a field whose tag takes two bytes', writer().integer(16, 1), '800101'],
    ['true and false', writer().boolean(1, true).boolean(2, false), '08011000'],
    ['a float: IEEE 754, the low byte first', writer().float(1, -1.5), '0d0000c0bf'],
    ['bytes, none too', writer().bytes(1, Uint8Array.of(0, 255)).bytes(1, new Uint8Array(0)), '0a0200ff0a00'],
    ['text beyond ASCII, its length in bytes', writer().text(1, 'é'), '0a02c3a9'],
    ['an empty message', writer().message(1, () => undefined), '0a00'],
    ['an entry of a map', writer().entry(5, 'T', (value) => value.integer(6, 1)), '2a07' + '0a0154' + '12023001'],
    [
      'messages three deep',
      writer().message(1, (one) => one.message(2, (two) => two.message(3, (three) => three.integer(1, 7)))),
      '0a06' + '1204' + '1a02' + '0807',
    ],
  ])('%s', (_name, message, bytes) => {
    expect(hex(message)).toBe(bytes);
  });

  it('is written in pieces, what is large as it came', () => {
    const [large, small] = [new Uint8Array(100_000).fill(7), Uint8Array.of(1, 2)];
    const message = writer().message(1, (inner) => {
      inner.bytes(1, small).bytes(2, large);
      for (let number = 0; number < 10_000; number += 1) inner.integer(3, number);
    });
    const pieces = [...message.pieces()];
    expect(pieces.filter((piece) => piece === large)).toHaveLength(1);
    expect(pieces.length).toBeLessThan(10);
    expect(Buffer.compare(Buffer.concat(pieces), message.finish())).toBe(0);
    expect(message.byteLength).toBe(message.finish().length);
  });

  it('takes bytes whose length needs two bytes', () => {
    const long = writer().bytes(1, new Uint8Array(300)).finish();
    expect(Buffer.from(long.subarray(0, 3)).toString('hex')).toBe('0aac02');
    expect(long).toHaveLength(303);
  });
});
