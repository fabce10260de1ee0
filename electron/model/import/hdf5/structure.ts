import { bad, COPY_AGAIN } from '../read-chain.ts';

const MARK = Buffer.from('\u0089HDF\r\n\u001a\n', 'latin1');
const HEAP_MARK = Buffer.from('GCOL\u0001\0\0\0', 'latin1');
const HEAP_HEADER_BYTES = 16;

/**
 * What can be told of an HDF5 file at a glance, before its library sees it (support.hdfgroup.org, HDF5 file format specification,
 * version 3): that it is whole, and that none of its heaps of texts would keep the library busy for ever.
 * @throws StudioError `bad-file` naming what was expected and what was found
 */
export function checkStructure(bytes: Uint8Array, name: string): void {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // By the library's own rule the mark may stand further in; no program that writes models puts it there.
  if (!MARK.equals(file.subarray(0, MARK.length))) throw bad(name, 'an HDF5 file', `${beginning(file)}: ${COPY_AGAIN}`);
  const end = endOfFile(file);
  if (end > file.length) {
    throw bad(
      name,
      `a whole HDF5 file of ${end.toLocaleString('en')} bytes`,
      `${file.length.toLocaleString('en')}: ${COPY_AGAIN}`,
    );
  }
  for (let at = file.indexOf(HEAP_MARK); at >= 0; at = file.indexOf(HEAP_MARK, at + HEAP_MARK.length)) {
    if (!isWholeHeap(file.subarray(at)))
      throw bad(name, 'a whole HDF5 file', `a damaged one (its heap of texts): ${COPY_AGAIN}`);
  }
}

/** By the superblock, where its numbers have eight bytes, as in all that is written today; else 0. */
function endOfFile(file: Buffer): number {
  const version = file[8] ?? 0;
  const [widths, at] = version < 2 ? [13, version === 0 ? 40 : 44] : [9, 28];
  if (version > 3 || file[widths] !== 8 || file.length < at + 8) return 0;
  return Number(file.readBigUInt64LE(at));
}

/**
 * Whether the objects of a global heap lie one after another up to its end. The library takes an object of no size, free space
 * at that, for the next one again and again.
 */
function isWholeHeap(heap: Buffer): boolean {
  if (heap.length < HEAP_HEADER_BYTES) return false;
  const end = Number(heap.readBigUInt64LE(8));
  if (end > heap.length) return false;
  let at = HEAP_HEADER_BYTES;
  while (at + HEAP_HEADER_BYTES <= end) {
    const isFree = heap.readUInt16LE(at) === 0;
    const size = Number(heap.readBigUInt64LE(at + 8));
    // Free space counts its own header in.
    const step = isFree ? size : HEAP_HEADER_BYTES + Math.ceil(size / 8) * 8;
    if (step < HEAP_HEADER_BYTES || at + step > end) return false;
    at += step;
  }
  return true;
}

/** What a file that is something else begins with, in words. */
function beginning(bytes: Buffer): string {
  if (bytes.length === 0) return 'an empty file';
  return /^[\t\n\r -~]*$/.test(bytes.subarray(0, 64).toString('latin1')) ? 'text' : 'a file of another kind';
}
