import { StudioError } from '../contract/errors.ts';
import type { Snapshot } from '../contract/words.ts';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from './safetensors.ts';

/** A snapshot as one safetensors file, readable by any program that knows the format. */
export function encodeSnapshot(snapshot: Snapshot): Uint8Array {
  const { reconstructions: images, errors, map } = snapshot;
  return encodeSafetensors(
    {
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
  const column = (name: string): Float32Array => {
    const found = tensors[name]?.data;
    if (!(found instanceof Float32Array)) throw missing(path, name, 'F32');
    return found;
  };
  const images = tensors['reconstructions'];
  if (!(images?.data instanceof Uint8Array) || images.shape.length !== 4) throw missing(path, 'reconstructions', 'U8');
  return {
    runId,
    epoch,
    reconstructions: imageColumns(images, images.data),
    errors: column('errors'),
    map: { x: column('map.x'), y: column('map.y') },
    mapIs: metadata['map_is'] === 'code' ? 'code' : 'principal-plane',
  };
}

function imageColumns(images: StoredTensor, pixels: Uint8Array): Snapshot['reconstructions'] {
  const [count = 0, height = 0, width = 0, channels = 0] = images.shape;
  return { count, height, width, channels, pixels };
}

function missing(path: string, name: string, type: string): StudioError {
  return new StudioError('bad-file', `${path}: expected a tensor "${name}" of type ${type}, found none.`);
}
