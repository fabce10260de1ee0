import { describe, expect, test } from 'vitest';
import { StudioError } from '../../electron/domain/errors.ts';
import type { Snapshot } from '../../electron/domain/words.ts';
import { encodeSafetensors, type StoredTensor } from '../../electron/files/safetensors.ts';
import { decodeSnapshot, encodeSnapshot } from '../../electron/files/snapshot-file.ts';

const snapshot: Snapshot = {
  runId: 'r',
  epoch: 3,
  reconstructions: { count: 2, height: 1, width: 2, channels: 1, pixels: Uint8Array.of(1, 2, 3, 4) },
  errors: Float32Array.of(0.5, 0.25),
  map: { x: Float32Array.of(1, 2, 3), y: Float32Array.of(-1, -2, -3) },
  mapIs: 'principal-plane',
};

test.each(['code', 'principal-plane'] as const)('a snapshot whose map is the %s reads back the same', (mapIs) => {
  const bytes = encodeSnapshot({ ...snapshot, mapIs });
  expect(decodeSnapshot(bytes, 'r', 3, 'x')).toEqual({ ...snapshot, mapIs });
});

test('examples that are not the first ones are kept', () => {
  const examples = Uint32Array.of(7, 2);
  expect(decodeSnapshot(encodeSnapshot({ ...snapshot, examples }), 'r', 3, 'x')).toEqual({ ...snapshot, examples });
});

describe('a file that is no snapshot', () => {
  const tensors: Record<string, StoredTensor> = {
    reconstructions: { shape: [2, 1, 2, 1], data: Uint8Array.of(1, 2, 3, 4) },
    errors: { shape: [2], data: Float32Array.of(0.5, 0.25) },
    'map.x': { shape: [3], data: Float32Array.of(1, 2, 3) },
    'map.y': { shape: [3], data: Float32Array.of(-1, -2, -3) },
  };

  test.each<[string, StoredTensor | undefined, string]>([
    ['reconstructions', undefined, 'expected a tensor "reconstructions" of type U8 and four dimensions, found none.'],
    [
      'reconstructions',
      { shape: [4], data: Uint8Array.of(1, 2, 3, 4) },
      'expected a tensor "reconstructions" of type U8 and four dimensions, found one of type U8 and shape 4.',
    ],
    [
      'examples',
      { shape: [1], data: Uint32Array.of(0) },
      'expected a tensor "examples" of type U32 and length 2, found one of type U32 and shape 1.',
    ],
    [
      'errors',
      { shape: [3], data: new Float32Array(3) },
      'expected a tensor "errors" of type F32 and length 2, found one of type F32 and shape 3.',
    ],
    [
      'map.x',
      { shape: [3], data: new Uint32Array(3) },
      'expected a tensor "map.x" of type F32, found one of type U32 and shape 3.',
    ],
    ['map.y', undefined, 'expected a tensor "map.y" of type F32 and length 3, found none.'],
    [
      'map.y',
      { shape: [2], data: new Float32Array(2) },
      'expected a tensor "map.y" of type F32 and length 3, found one of type F32 and shape 2.',
    ],
  ])('%s is wrong: %o', (name, tensor, message) => {
    const others = Object.entries(tensors).filter(([key]) => key !== name);
    const changed = tensor === undefined ? others : [...others, [name, tensor] as const];
    const bytes = encodeSafetensors(Object.fromEntries(changed));
    expect(() => decodeSnapshot(bytes, 'r', 1, 'epoch-0001.safetensors')).toThrow(
      new StudioError('bad-file', `epoch-0001.safetensors: ${message}`),
    );
  });
});
