import { StudioError } from '../domain/errors.ts';
import type { Snapshot } from '../domain/words.ts';
import { decodeSafetensors, encodeSafetensors, kindOf, type StoredTensor } from './safetensors.ts';

/** A snapshot as one safetensors file, readable by any program that knows the format. */
export function encodeSnapshot(snapshot: Snapshot): Uint8Array {
  const { examples, reconstructions: images, errors, map } = snapshot;
  return encodeSafetensors(
    {
      ...(examples === undefined ? {} : { examples: { shape: [examples.length], data: examples } }),
      reconstructions: { shape: [images.count, images.height, images.width, images.channels], data: images.pixels },
      errors: { shape: [errors.length], data: errors },
      'map.x': { shape: [map.x.length], data: map.x },
      'map.y': { shape: [map.y.length], data: map.y },
    },
    { map_is: snapshot.mapIs },
  );
}

/** @throws StudioError `bad-file` naming `path` and what is wrong. */
export function decodeSnapshot(bytes: Uint8Array, runId: string, epoch: number, path: string): Snapshot {
  const { tensors, metadata } = decodeSafetensors(bytes, path);
  const column = (name: string, length?: number): Float32Array => {
    const found = tensors[name];
    const expected = `a tensor "${name}" of type F32${length === undefined ? '' : ` and length ${length}`}`;
    if (!(found?.data instanceof Float32Array) || (length !== undefined && found.data.length !== length)) {
      throw bad(path, expected, found);
    }
    return found.data;
  };
  const images = tensors['reconstructions'];
  if (!(images?.data instanceof Uint8Array) || images.shape.length !== 4) {
    throw bad(path, 'a tensor "reconstructions" of type U8 and four dimensions', images);
  }
  const examples = tensors['examples'];
  if (examples !== undefined && !(examples.data instanceof Uint32Array && examples.data.length === images.shape[0])) {
    throw bad(path, `a tensor "examples" of type U32 and length ${images.shape[0]}`, examples);
  }
  const x = column('map.x');
  return {
    runId,
    epoch,
    ...(examples?.data instanceof Uint32Array ? { examples: examples.data } : {}),
    reconstructions: imageColumns(images, images.data),
    errors: column('errors', images.shape[0]),
    map: { x, y: column('map.y', x.length) },
    mapIs: metadata['map_is'] === 'code' ? 'code' : 'principal-plane',
  };
}

function imageColumns(images: StoredTensor, pixels: Uint8Array): Snapshot['reconstructions'] {
  const [count = 0, height = 0, width = 0, channels = 0] = images.shape;
  return { count, height, width, channels, pixels };
}

function bad(path: string, expected: string, tensor: StoredTensor | undefined): StudioError {
  const found =
    tensor === undefined ? 'none' : `one of type ${kindOf(tensor.data)} and shape ${tensor.shape.join(' × ')}`;
  return new StudioError('bad-file', `${path}: expected ${expected}, found ${found}.`);
}
