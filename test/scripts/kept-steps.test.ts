import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keepCompiledSteps } from '../../scripts/kept-steps.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';

function install(root: string, library: string): void {
  const folder = join(root, 'node_modules', '@tensorflow', 'tfjs-node');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, '.autoencoder-studio-native.json'), library);
}

function folderOf(root: string): string {
  const env: NodeJS.ProcessEnv = {};
  keepCompiledSteps(env, root);
  const flags = /^--tf_xla_persistent_cache_directory=(\S+) --tf_xla_persistent_cache_device_types=CPU$/;
  expect(env['TF_CPP_MIN_LOG_LEVEL']).toBe('3');
  return flags.exec(env['TF_XLA_FLAGS'] ?? '')![1]!;
}

test('compiled steps are kept in a folder for each TensorFlow, which does not grow for ever', () => {
  using root = new TemporaryFolder();
  install(root.path, 'one');
  const folder = folderOf(root.path);
  expect(folder.startsWith(join(root.path, 'node_modules', '.cache'))).toBe(true);
  writeFileSync(join(folder, 'a step'), '');
  expect(folderOf(root.path)).toBe(folder);
  expect(readdirSync(folder)).toEqual(['a step']);
  for (let step = 0; step < 500; step++) writeFileSync(join(folder, String(step)), '');
  expect(folderOf(root.path)).toBe(folder);
  expect(readdirSync(folder)).toEqual([]);
  install(root.path, 'another');
  expect(folderOf(root.path)).not.toBe(folder);
});

test('nothing is kept where TensorFlow is not prepared, or somebody has flags of their own', () => {
  using root = new TemporaryFolder();
  const env: NodeJS.ProcessEnv = {};
  keepCompiledSteps(env, root.path);
  expect(env).toEqual({});
  install(root.path, 'one');
  env['TF_XLA_FLAGS'] = '--tf_xla_auto_jit=1';
  keepCompiledSteps(env, root.path);
  expect(env).toEqual({ TF_XLA_FLAGS: '--tf_xla_auto_jit=1' });
});
