import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closingLines, playwrightCounts, sumCounts, vitestCounts } from '../../scripts/test-counts.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'counts-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function report(content: unknown): Promise<string> {
  const path = join(folder, 'report.json');
  await writeFile(path, JSON.stringify(content));
  return path;
}

describe('the last line of npm test', () => {
  it('counts a test file that could not be run as a failure', async () => {
    const ran = { status: 'failed', assertionResults: [{ status: 'failed' }] };
    const broken = { status: 'failed', assertionResults: [] };
    const path = await report({ numPassedTests: 7, numFailedTests: 1, testResults: [ran, broken] });
    expect(await vitestCounts(path)).toEqual({ passed: 7, failed: 2 });
  });

  it('counts an error outside any spec as a failure', async () => {
    const path = await report({ stats: { expected: 4, unexpected: 1, flaky: 0 }, errors: [{}], suites: [] });
    expect(await playwrightCounts(path)).toEqual({ passed: 4, failed: 2, flaky: [] });
  });

  it('names a spec that passed only when it was tried again, and does not count it among those passed', async () => {
    const spec = (title: string, status: string) => ({ title, tests: [{ status }] });
    const group = { title: 'a group', specs: [spec('now and then', 'flaky')] };
    const file = {
      title: 'walk.spec.ts',
      specs: [spec('always', 'expected'), spec('at last', 'flaky')],
      suites: [group],
    };
    const path = await report({ stats: { expected: 1, unexpected: 0, flaky: 2 }, errors: [], suites: [file] });
    const counts = sumCounts([await playwrightCounts(path), { passed: 3, failed: 0 }]);
    expect(closingLines(counts)).toBe(
      'flaky (failed, then passed): walk.spec.ts › at last\n' +
        'flaky (failed, then passed): a group › now and then\n' +
        '4 passed, 0 failed\n',
    );
  });

  it('counts a runner that left no report as one failure', async () => {
    const nowhere = join(folder, 'none.json');
    const counts = [await vitestCounts(nowhere), await playwrightCounts(nowhere), { passed: 3, failed: 0 }];
    expect(sumCounts(counts)).toEqual({ passed: 3, failed: 2, flaky: [] });
  });
});
