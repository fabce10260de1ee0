import type { ColumnSource } from 'hyparquet-writer';

/** Of a file, about. */
const PIECE_BYTES = 1 << 20;

/**
 * The bytes of a Parquet file, Snappy-compressed, in pieces: the library's own writer would hold the whole table in one piece, and that
 * twice where it grows.
 */
export async function parquetPieces(columnData: ColumnSource[]): Promise<readonly Uint8Array[]> {
  const { ByteWriter, parquetWrite } = await import('hyparquet-writer');
  const pieces: Uint8Array[] = [];
  class PieceWriter extends ByteWriter {
    override ensure(bytes: number): void {
      if (this.index >= PIECE_BYTES) this.finish();
      super.ensure(bytes);
    }
    override finish(): void {
      pieces.push(this.getBytes().slice());
      this.index = 0;
    }
  }
  await parquetWrite({ columnData, writer: new PieceWriter() });
  return pieces;
}
