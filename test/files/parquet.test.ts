import { parquetReadObjects } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, it } from 'vitest';
import { parquetPieces } from '../../electron/files/parquet.ts';
import { randomFrom } from '../random.ts';

it('writes a table in pieces, the same as in one, and it is read again', async () => {
  const random = randomFrom(1);
  const code = Float32Array.from({ length: 300_000 }, random);
  const label = Array.from(code, (value) => (value < 0.5 ? null : `above ${value}`));
  const columns = [
    { name: 'label', data: label, type: 'STRING' as const },
    { name: 'code_1', data: code, type: 'FLOAT' as const },
  ];
  const pieces = await parquetPieces(columns);
  const whole = Buffer.concat(pieces);
  expect(pieces.length).toBeGreaterThan(3);
  expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(2 << 20);
  expect(Buffer.compare(whole, Buffer.from(parquetWriteBuffer({ columnData: columns })))).toBe(0);
  const { buffer, byteOffset, byteLength } = Uint8Array.from(whole);
  const rows = await parquetReadObjects({ file: buffer.slice(byteOffset, byteOffset + byteLength), rowStart: 299_999 });
  expect(rows).toEqual([{ label: label.at(-1), code_1: code.at(-1) }]);
});
