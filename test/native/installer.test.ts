import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { placeLibraryBesideBinding } from '../../scripts/native/installer.ts';

const tfjs = { version: '4.22.0', napi: 8 };
let stage: string;
beforeEach(() => {
  stage = mkdtempSync(join(tmpdir(), 'tfjs-stage-'));
  for (const folder of ['lib/napi-v8', 'lib/napi-v10', 'deps/lib']) mkdirSync(join(stage, folder), { recursive: true });
  writeFileSync(join(stage, 'lib/napi-v8/tfjs_binding.node'), '');
});
afterEach(() => rmSync(stage, { recursive: true, force: true }));

it.each(['lib/napi-v10', 'deps/lib'])(
  'moves TensorFlow’s library from %s to the binding that looks for it',
  (where) => {
    writeFileSync(join(stage, where, 'tensorflow.dll'), '');
    placeLibraryBesideBinding(stage, tfjs);
    expect(existsSync(join(stage, 'lib/napi-v8/tensorflow.dll'))).toBe(true);
    expect(existsSync(join(stage, where, 'tensorflow.dll'))).toBe(false);
  },
);

it('leaves the libraries of other systems where they are', () => {
  writeFileSync(join(stage, 'deps/lib/libtensorflow.so'), '');
  placeLibraryBesideBinding(stage, tfjs);
  expect(existsSync(join(stage, 'deps/lib/libtensorflow.so'))).toBe(true);
});
