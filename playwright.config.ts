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

/**
 * Each of Playwright's calls notes from where it came. It looks that up in source maps, of which there are none, as nothing is
 * translated (`build`): a sixth of its workers' time.
 */
Error.prepareStackTrace = (error, frames) =>
  [String(error), ...frames.map((frame) => `    at ${String(frame).replace(/^async /, '')}`)].join('\n');

export default defineConfig({
  testDir: 'test/app',
  // They are run by their names, those that take longest first: at the end nothing would be left for the other worker. A project of
  // their own would start each worker and its browser anew.
  testMatch: '**/*.spec.ts',
  // Node takes the types out, in less time, and leaves all in its place.
  build: { external: ['**/*'] },
  outputDir: 'test-results',
  // A spec waits more than it computes; more than two would starve each other, as each trains with every core.
  workers: 2,
  // A slow machine trains slowly: what waits for something waits long.
  timeout: 600_000,
  expect: { timeout: 60_000, toPass: { timeout: 60_000 } },
  // A machine shared with others may starve one spec: it may try once more there, and is listed as flaky.
  retries: process.env['CI'] ? 1 : 0,
  forbidOnly: Boolean(process.env['CI']),
  reporter: 'list',
});
