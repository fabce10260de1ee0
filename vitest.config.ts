import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  test: {
    // The whole app's specs (*.spec.ts) are Playwright's.
    include: ['test/**/*.test.ts'],
    // A native addon is loaded once a process.
    pool: 'forks',
    testTimeout: 60_000,
  },
});
