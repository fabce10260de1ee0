import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { playwrightCounts, sumCounts, vitestCounts } from '../../scripts/test-counts.ts';

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

  it('counts an error outside any spec as a failure, and a spec that passed at last as passed', async () => {
    const path = await report({ stats: { expected: 4, unexpected: 1, flaky: 1, skipped: 0 }, errors: [{}] });
    expect(await playwrightCounts(path)).toEqual({ passed: 5, failed: 2 });
  });

  it('counts a runner that left no report as one failure', async () => {
    const nowhere = join(folder, 'none.json');
    const counts = [await vitestCounts(nowhere), await playwrightCounts(nowhere), { passed: 3, failed: 0 }];
    expect(sumCounts(counts)).toEqual({ passed: 3, failed: 2 });
  });
});
