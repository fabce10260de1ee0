import { defineConfig } from '@playwright/test';
import { keepCompiledSteps } from './scripts/kept-steps.ts';
import { shareMnistPart } from './scripts/mnist-part.ts';
import { sharePreparedFolder } from './scripts/prepared-folder.ts';
import { keepCompiled, rerunOnSuitableNode } from './scripts/suitable-node.js';

rerunOnSuitableNode();
keepCompiled();
keepCompiledSteps();
sharePreparedFolder();
shareMnistPart();

/** They take long, and by their names would come last, when nothing else is left for the other worker. */
const long = ['**/train.spec.ts', '**/walk.spec.ts'];

export default defineConfig({
  testDir: 'test/app',
  outputDir: 'test-results',
  projects: [
    { name: 'long', testMatch: long },
    { name: 'others', testMatch: '**/*.spec.ts', testIgnore: long },
  ],
  // A spec waits more than it computes; more than two would starve each other, as each trains with every core.
  workers: 2,
  // A slow machine trains slowly: what waits for something waits long.
  timeout: 600_000,
  expect: { timeout: 60_000 },
  // A machine shared with others may starve one spec: it may try once more there, and is listed as flaky.
  retries: process.env['CI'] ? 1 : 0,
  forbidOnly: Boolean(process.env['CI']),
  reporter: 'list',
});
