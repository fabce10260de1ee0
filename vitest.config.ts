import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { keepCompiled, rerunOnSuitableNode } from './scripts/suitable-node.js';

// Tests start programs of ours, and use what Node 20 does not have.
rerunOnSuitableNode();
keepCompiled();

/** The folders whose tests load TensorFlow. */
const tensorflow = ['engine', 'model', 'training', 'engine-process'].map((folder) => `test/${folder}/**/*.test.ts`);

const shared = {
  // A native addon is loaded once a process.
  pool: 'forks' as const,
  // Unless told, there is one less than there are cores.
  maxWorkers: 2,
  testTimeout: 60_000,
};

export default defineConfig({
  plugins: [svelte()],
  test: {
    projects: [
      // The whole app's specs (*.spec.ts) are Playwright's; what tests a package has a configuration of its own.
      {
        extends: true,
        test: {
          ...shared,
          name: 'parts',
          include: ['test/**/*.test.ts'],
          exclude: [...tensorflow, 'test/renderer/**', 'test/package/**'],
          // On some processors TensorFlow says at its start that it uses oneDNN, whatever its log level: tests read programs' stderr.
          env: { TF_ENABLE_ONEDNN_OPTS: '0' },
          sequence: { groupOrder: 0 },
        },
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
      // By itself, in two processes: TensorFlow takes every core only while it trains, and is imported once in each.
      {
        extends: true,
        test: {
          ...shared,
          name: 'tensorflow',
          include: tensorflow,
          // Every graph that is loaded says so otherwise.
          env: { TF_CPP_MIN_LOG_LEVEL: '1' },
          isolate: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
