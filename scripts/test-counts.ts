import { readFile } from 'node:fs/promises';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** What Vitest's JSON report counts; a file that could not be run at all is one failure. */
export async function vitestCounts(path: string): Promise<Counts> {
  const report = (await readJson(path)) as
    | {
        readonly numPassedTests: number;
        readonly numFailedTests: number;
        readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
      }
    | undefined;
  if (!report) return { passed: 0, failed: 1 };
  const notRun = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  return { passed: report.numPassedTests, failed: report.numFailedTests + notRun.length };
}

/** What Playwright's JSON report counts; an error outside any test is one failure. */
export async function playwrightCounts(path: string): Promise<Counts> {
  const report = (await readJson(path)) as
    | {
        readonly stats: { readonly expected: number; readonly unexpected: number; readonly flaky: number };
        readonly errors: readonly unknown[];
      }
    | undefined;
  if (!report) return { passed: 0, failed: 1 };
  const { expected, unexpected, flaky } = report.stats;
  return { passed: expected + flaky, failed: unexpected + report.errors.length };
}

/** What a program of ours has written; nothing written is one failure. */
export async function storedCounts(path: string): Promise<Counts> {
  return ((await readJson(path)) as Counts | undefined) ?? { passed: 0, failed: 1 };
}

export function sumCounts(all: readonly Counts[]): Counts {
  return all.reduce((sum, one) => ({ passed: sum.passed + one.passed, failed: sum.failed + one.failed }), {
    passed: 0,
    failed: 0,
  });
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as unknown);
}
