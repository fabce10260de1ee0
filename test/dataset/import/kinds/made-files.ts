import { crc32 } from 'node:zlib';

/** A .npy file of version 1. */
export function npy(
  descr: string,
  shape: readonly number[],
  elements: NodeJS.ArrayBufferView,
  fortranOrder = false,
): Buffer {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${descr}', 'fortran_order': ${fortranOrder ? 'True' : 'False'}, 'shape': (${sizes}), }`;
  const header = Buffer.from(`${text.padEnd(117)}\n`, 'latin1');
  const start = Buffer.alloc(10);
  start.write('\x93NUMPY\x01\x00', 'latin1');
  start.writeUInt16LE(header.length, 8);
  return Buffer.concat([start, header, Buffer.from(elements.buffer, elements.byteOffset, elements.byteLength)]);
}

/** `np.save` of `np.array(['cat', 'dog', 7], dtype=object)`. */
export const objectLabels = Buffer.from(
  'k05VTVBZAQB2AHsnZGVzY3InOiAnfE8nLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMywpLCB9ICAgICAgICAg' +
    'ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAqABJWYAAAAAAAAAIwWbnVtcHkuX2Nv' +
    'cmUubXVsdGlhcnJheZSMDF9yZWNvbnN0cnVjdJSTlIwFbnVtcHmUjAduZGFycmF5lJOUSwCFlEMBYpSHlFKUKEsBSwOFlGgDjAVk' +
    'dHlwZZSTlIwCTziUiYiHlFKUKEsDjAF8lE5OTkr/////Sv////9LP3SUYoldlCiMA2NhdJSMA2RvZ5RLB2V0lGIu',
  'base64',
);

interface TiffPicture {
  readonly width: number;
  readonly height: number;
  readonly bands?: number;
  readonly bits: number;
  /** 1 unsigned, 2 signed, 3 floating point. */
  readonly format?: number;
  readonly photometric?: number;
  /** What the bands beyond the colours are: 0 not said, 2 opacity. */
  readonly extra?: readonly number[];
  readonly values: NodeJS.ArrayBufferView;
}

/** A little-endian TIFF file, not packed, one strip a page. */
export function tiff(...pages: readonly TiffPicture[]): Buffer {
  const parts: Buffer[] = [Buffer.from([0x49, 0x49, 42, 0, 8, 0, 0, 0])];
  let at = 8;
  for (const [index, page] of pages.entries()) {
    const { width, height, bands = 1, bits, format = 1, photometric = bands === 3 ? 2 : 1, extra = [] } = page;
    const data = Buffer.from(page.values.buffer, page.values.byteOffset, page.values.byteLength);
    const fields: [tag: number, values: readonly number[]][] = [
      [256, [width]],
      [257, [height]],
      [258, Array<number>(bands).fill(bits)],
      [259, [1]],
      [262, [photometric]],
      [273, [0]],
      [277, [bands]],
      [278, [height]],
      [279, [data.length]],
      ...(extra.length === 0 ? [] : ([[338, extra]] as [number, readonly number[]][])),
      [339, Array<number>(bands).fill(format)],
    ];
    const after = at + 2 + fields.length * 12 + 4;
    const arrays = fields.filter(([, values]) => values.length > 2);
    const arrayBytes = arrays.reduce((sum, [, values]) => sum + 2 * values.length, 0);
    const dataAt = after + arrayBytes;
    const directory = Buffer.alloc(after - at);
    const outside: Buffer[] = [];
    directory.writeUInt16LE(fields.length, 0);
    fields.forEach(([tag, values], row) => {
      const place = 2 + row * 12;
      directory.writeUInt16LE(tag, place);
      const isLong = tag === 273 || tag === 279;
      directory.writeUInt16LE(isLong ? 4 : 3, place + 2);
      directory.writeUInt32LE(values.length, place + 4);
      if (values.length > 2) {
        directory.writeUInt32LE(after + outside.reduce((sum, { length }) => sum + length, 0), place + 8);
        outside.push(Buffer.from(Uint16Array.from(values).buffer));
      } else if (isLong) directory.writeUInt32LE(tag === 273 ? dataAt : values[0]!, place + 8);
      else values.forEach((value, column) => directory.writeUInt16LE(value, place + 8 + 2 * column));
    });
    const end = dataAt + data.length + (data.length % 2);
    if (index < pages.length - 1) directory.writeUInt32LE(end, directory.length - 4);
    parts.push(directory, ...outside, data, Buffer.alloc(data.length % 2));
    at = end;
  }
  return Buffer.concat(parts);
}

/** A ustar archive. */
export function tar(files: Readonly<Record<string, Uint8Array>>): Buffer {
  const blocks = Object.entries(files).flatMap(([name, bytes]) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write('0000644\0', 100);
    header.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124);
    header.write('        0ustar\0', 148);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** A zip archive of stored files, named by these bytes: what programs write that do not say how. */
export function zip(files: readonly (readonly [name: string | Buffer, bytes: Uint8Array])[]): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let at = 0;
  for (const [name, bytes] of files) {
    const raw = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(bytes.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(raw.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, raw, bytes]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(at, 10);
    central.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, tail, raw]));
    locals.push(local);
    at += local.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, directory, end]);
}
