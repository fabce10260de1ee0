/** What is used here of gifenc 1.0, which brings no types. */
declare module 'gifenc' {
  export type Palette = number[][];

  export interface Gif {
    writeFrame(
      indexed: Uint8Array | Uint8ClampedArray,
      width: number,
      height: number,
      options: { readonly palette?: Palette; readonly delay: number },
    ): void;
    finish(): void;
    bytes(): Uint8Array<ArrayBuffer>;
  }

  export function GIFEncoder(): Gif;
  export function quantize(rgba: Uint8ClampedArray, mostColours: number): Palette;
  export function applyPalette(rgba: Uint8ClampedArray, palette: Palette): Uint8Array;
}
