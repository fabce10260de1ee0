import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'test/app',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  // Training takes every core: one app at a time.
  workers: 1,
  // A slow machine trains slowly: what waits for something waits long.
  timeout: 600_000,
  expect: { timeout: 60_000 },
  forbidOnly: Boolean(process.env['CI']),
  reporter: 'list',
});
