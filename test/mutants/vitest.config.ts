import { readFileSync } from 'node:fs';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import type { Changed } from './changed.ts';
import { NO_CHANGE } from './modules.ts';

const { sources, mutants, tests, place } = JSON.parse(readFileSync(process.env['MUTANTS']!, 'utf8')) as Changed;
const inWindow = place === 'window';

export default defineConfig({
  plugins: [{ name: 'changed-code', enforce: 'pre', load: (id) => sources[id.replace(/\?.*$/, '')] }, svelte()],
  ...(inWindow && { resolve: { conditions: ['browser'] } }),
  test: {
    include: ['test/mutants/harness.ts'],
    provide: { mutants: [NO_CHANGE, ...mutants.map(({ id }) => id)], tests },
    pool: 'forks',
    maxWorkers: 1,
    isolate: false,
    // It would give the code without its changes.
    fsModuleCache: false,
    // A busy machine takes its time; a change that never ends is told by how often it is come by.
    testTimeout: 30_000,
    // What a change leaves behind may fail later.
    dangerouslyIgnoreUnhandledErrors: true,
    ...(inWindow && { environment: 'happy-dom' }),
  },
});
