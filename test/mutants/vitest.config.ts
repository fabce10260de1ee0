import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

/** What `run.ts` asks for: the tests that are to notice, as a list of paths, and whether they are the window's. */
const tests = (process.env['MUTANT_TESTS'] ?? '').split(',');
const inWindow = process.env['MUTANT_PLACE'] === 'window';

export default defineConfig({
  plugins: [svelte()],
  ...(inWindow && { resolve: { conditions: ['browser'] } }),
  test: {
    include: tests,
    isolate: false,
    testTimeout: 20_000,
    ...(inWindow && { environment: 'happy-dom' }),
  },
});
