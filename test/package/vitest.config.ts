import { defineConfig } from 'vitest/config';
import { rerunOnSuitableNode } from '../../scripts/suitable-node.js';

rerunOnSuitableNode();

/** By itself: it needs a package (`npm run test:package` makes it) and takes minutes. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['*.test.ts'],
    pool: 'forks',
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
