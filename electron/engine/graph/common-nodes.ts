import { DataType, type Attribute, type NodeList } from './graph-def.ts';

/** An attribute that names a type. */
export const typed = (value: number): Attribute => ({ kind: 'type', value });

/** Adds an int32 constant. @returns its reference */
export function addIntegers(nodes: NodeList, shape: readonly number[], values: readonly number[]): string {
  return nodes.constant({ type: DataType.int32, shape, bytes: new Uint8Array(Int32Array.from(values).buffer) });
}

/**
 * Adds the conversion of uint8 pixels to [0, 1]: the same division as `imageTensor`'s, so that every path sees the same bits.
 * @param bytes reference of a uint8 tensor. @returns reference of the float32 tensor of its shape
 */
export function addUnitPixels(nodes: NodeList, bytes: string): string {
  const float = typed(DataType.float32);
  const cast = nodes.add('Cast', [bytes], { SrcT: typed(DataType.uint8), DstT: float });
  const scale = nodes.constant({
    type: DataType.float32,
    shape: [],
    bytes: new Uint8Array(Float32Array.of(255).buffer),
  });
  return nodes.add('RealDiv', [cast, scale], { T: float });
}
