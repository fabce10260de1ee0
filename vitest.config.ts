import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { keepCompiledSteps } from './scripts/kept-steps.ts';
import { keepCompiled, projectRoot, rerunOnSuitableNode } from './scripts/suitable-node.js';

// Tests start programs of ours, and use what Node 20 does not have.
rerunOnSuitableNode();
keepCompiled();

/** The folders whose tests load TensorFlow. */
const tensorflow = ['engine', 'model', 'training', 'engine-process'].map((folder) => `test/${folder}/**/*.test.ts`);
/** Tests that hold what is compiled at one time to what is compiled at another, on what an engine trains with: XLA keeps nothing for them. */
const asTrained = [
  'test/engine/graph-onednn.test.ts',
  'test/training/compiled-run.test.ts',
  'test/training/compiled-resume.test.ts',
];
// Every graph that is loaded says so otherwise.
const quiet = { TF_CPP_MIN_LOG_LEVEL: '1' };
/**
 * Whether TensorFlow computes with oneDNN, which it else chooses by its processor. An op on the few pixels of these tests then takes twice
 * as long; and it says so at its start, whatever its log level: tests read programs' stderr.
 */
const oneDnn = (asked: '0' | '1') => ({ TF_ENABLE_ONEDNN_OPTS: asked });
// Flags that somebody has set stand.
const flags = process.env['TF_XLA_FLAGS'];
const keepingSteps: NodeJS.ProcessEnv = flags === undefined ? {} : { TF_XLA_FLAGS: flags };
keepCompiledSteps(keepingSteps);
/** Their files are TypeScript that Node itself reads, in less time than Vite takes: none replaces a module, or has a component. */
const readByNode = { viteModuleRunner: false };
/** Other folders that are no parts: the window's tests, and those of a package, which have a configuration of their own. */
const others = ['test/renderer/**', 'test/package/**'];

/** Tests that replace a module, or load one anew: no other test may have loaded it in their process. */
const replacing = readdirSync(join(projectRoot, 'test'), { recursive: true, encoding: 'utf8' })
  .map((path) => `test/${path.replaceAll('\\', '/')}`)
  .filter((path) => path.endsWith('.test.ts'))
  .filter((path) => /\bvi\.(mock|resetModules)\(/.test(readFileSync(join(projectRoot, path), 'utf8')));

const shared = {
  // A native addon is loaded once a process.
  pool: 'forks' as const,
  // Unless told, there is one less than there are cores.
  maxWorkers: 2,
  testTimeout: 60_000,
};

const parts = {
  ...shared,
  env: oneDnn('0'),
  sequence: { groupOrder: 0 },
};

export default defineConfig({
  plugins: [svelte()],
  test: {
    projects: [
      // The whole app's specs (*.spec.ts) are Playwright's.
      {
        extends: true,
        test: {
          ...parts,
          name: 'parts',
          include: ['test/**/*.test.ts'],
          exclude: [...tensorflow, ...others, ...replacing],
          // A process a file would load the same code again and again, for longer than most tests take.
          isolate: false,
        },
      },
      {
        extends: true,
        test: { ...parts, name: 'replacing', include: replacing, exclude: [...tensorflow, ...others] },
      },
      // As the window runs it: compiled for a browser, so that what is derived is remembered and effects run.
      {
        extends: true,
        resolve: { conditions: ['browser'] },
        test: {
          ...shared,
          name: 'window',
          environment: 'happy-dom',
          include: ['test/renderer/**/*.test.ts'],
          // A document a file costs more than all the tests together.
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      // By itself, in processes of its own: TensorFlow takes every core only while it trains, and is imported once in each.
      {
        extends: true,
        test: {
          ...shared,
          name: 'tensorflow',
          include: tensorflow,
          exclude: asTrained,
          env: { ...oneDnn('0'), ...quiet, ...keepingSteps },
          experimental: readByNode,
          isolate: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: 'tensorflow as trained',
          include: asTrained,
          env: { ...oneDnn('1'), ...quiet },
          experimental: readByNode,
          isolate: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
