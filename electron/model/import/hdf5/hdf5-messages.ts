import type { Result } from '../../../domain/errors.ts';
import type { LayerShape } from '../../../domain/layer-settings.ts';

/** Numbers of a shape that is known beforehand, and where they lie in the file. */
export interface WantedFloats {
  readonly path: string;
  readonly shape: LayerShape;
}

/** What is asked of an HDF5 file that a thread holds, and what it answers. */
export interface Hdf5Answers {
  text: string | undefined;
  texts: readonly string[];
  keys: readonly string[] | undefined;
  floats: readonly Float32Array<ArrayBuffer>[];
}

export type Hdf5Question =
  | { readonly kind: 'text' | 'texts'; readonly group: string; readonly attribute: string }
  | { readonly kind: 'keys'; readonly group: string }
  | { readonly kind: 'floats'; readonly wanted: readonly WantedFloats[] };

export type ToHdf5Thread =
  | { readonly kind: 'open'; readonly bytes: Uint8Array; readonly name: string; readonly mostMemoryBytes: number }
  | Hdf5Question;

/** One for each message, in their order; the first says that the thread has started. */
export type FromHdf5Thread = Result<Hdf5Answers[keyof Hdf5Answers]>;
