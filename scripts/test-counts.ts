import { readFile } from 'node:fs/promises';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  /** Names of those that failed first and passed when they were tried again: neither passed nor failed. */
  readonly flaky?: readonly string[];
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

/** A suite of Playwright's JSON report: a file, or a group of tests in it. */
interface ReportedSuite {
  readonly title: string;
  readonly suites?: readonly ReportedSuite[];
  readonly specs?: readonly {
    readonly title: string;
    readonly tests: readonly { readonly status: 'expected' | 'unexpected' | 'flaky' | 'skipped' }[];
  }[];
}

/** What Playwright's JSON report counts; an error outside any test is one failure. */
export async function playwrightCounts(path: string): Promise<Counts> {
  const report = (await readJson(path)) as
    | {
        readonly stats: { readonly expected: number; readonly unexpected: number };
        readonly errors: readonly unknown[];
        readonly suites: readonly ReportedSuite[];
      }
    | undefined;
  if (!report) return { passed: 0, failed: 1 };
  const { expected, unexpected } = report.stats;
  return { passed: expected, failed: unexpected + report.errors.length, flaky: report.suites.flatMap(flakyIn) };
}

function flakyIn({ title, suites = [], specs = [] }: ReportedSuite): readonly string[] {
  const own = specs.filter(({ tests }) => tests.some(({ status }) => status === 'flaky'));
  return [...own.map((spec) => `${title} › ${spec.title}`), ...suites.flatMap(flakyIn)];
}

/** What a program of ours has written; nothing written is one failure. */
export async function storedCounts(path: string): Promise<Counts> {
  return ((await readJson(path)) as Counts | undefined) ?? { passed: 0, failed: 1 };
}

export function sumCounts(all: readonly Counts[]): Required<Counts> {
  return all.reduce<Required<Counts>>(
    (sum, one) => ({
      passed: sum.passed + one.passed,
      failed: sum.failed + one.failed,
      flaky: [...sum.flaky, ...(one.flaky ?? [])],
    }),
    { passed: 0, failed: 0, flaky: [] },
  );
}

/** The last lines of a run: a flaky test each, and how many passed and failed. */
export function closingLines({ passed, failed, flaky }: Required<Counts>): string {
  const named = flaky.map((name) => `flaky (failed, then passed): ${name}\n`).join('');
  return `${named}${passed} passed, ${failed} failed\n`;
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as unknown);
}
