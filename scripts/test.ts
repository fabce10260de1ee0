// `npm test`: the tests of the parts, then the whole built app in a browser; the last line sums both.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildIfChanged } from './build.ts';
import { BROWSER_VARIABLE, findBrowser } from './find-browser.ts';
import { runNode, tools } from './step.ts';
import { playwrightCounts, sumCounts, vitestCounts, type Counts } from './test-counts.ts';

const say = (line: string) => void process.stderr.write(`${line}\n`);

const oneFailure = (sentence: string): Counts => {
  say(sentence);
  return { passed: 0, failed: 1 };
};

/** Vitest's and Playwright's own exit status is not lost: one that failed without a failed test counts as one. */
const atLeastOneFailure = (counts: Counts, status: number): Counts =>
  status !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;

async function testParts(folder: string): Promise<Counts> {
  const report = join(folder, 'vitest.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const status = await runNode(tools.vitest, ['run', ...reporters]);
  return atLeastOneFailure(await vitestCounts(report), status);
}

async function testApp(folder: string): Promise<Counts> {
  if ((await buildIfChanged()) !== 0) return oneFailure('The app could not be built, so its tests were not run.');
  let browser: string;
  try {
    browser = await findBrowser(say);
  } catch (error) {
    return oneFailure(error instanceof Error ? error.message : String(error));
  }
  const report = join(folder, 'playwright.json');
  const env = { [BROWSER_VARIABLE]: browser, PLAYWRIGHT_JSON_OUTPUT_NAME: report };
  const status = await runNode(tools.playwright, ['test', '--reporter=list,json'], { env });
  return atLeastOneFailure(await playwrightCounts(report), status);
}

async function test(): Promise<number> {
  const native = await runNode(tools.ensureNative, ['--quiet']);
  if (native !== 0) {
    process.stdout.write('0 passed, 1 failed\n');
    return native;
  }
  const folder = await mkdtemp(join(tmpdir(), 'studio-tests-'));
  try {
    const { passed, failed } = sumCounts([await testParts(folder), await testApp(folder)]);
    process.stdout.write(`${passed} passed, ${failed} failed\n`);
    return failed === 0 ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

process.exitCode = await test();
