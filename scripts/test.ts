// `npm test -- [suite …]`: runs suites of tests, the parts and the app unless others are named; the last line sums them. `.ci/run` names all of them.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { scratchFolder } from '../electron/files/scratch-folder.ts';
import { buildIfChanged } from './build.ts';
import { BROWSER_VARIABLE, findBrowser } from './find-browser.ts';
import { memoryFolder } from './memory-folder.ts';
import { projectRoot, runNode, tools } from './step.ts';
import { closingLines, playwrightCounts, storedCounts, sumCounts, vitestCounts, type Counts } from './test-counts.ts';

const say = (line: string) => void process.stderr.write(`${line}\n`);

const oneFailure = (sentence: string): Counts => {
  say(sentence);
  return { passed: 0, failed: 1 };
};

/** Vitest's and Playwright's own exit status is not lost: one that failed without a failed test counts as one. */
const atLeastOneFailure = (counts: Counts, status: number): Counts =>
  status !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;

interface Place {
  /** An empty folder for a suite's report. */
  readonly folder: string;
  /** What tells programs to keep their many small temporary files in memory, where there is room for them. */
  readonly inMemory: Readonly<Record<string, string>>;
}

/** Whether a signal is to end us: what runs then ends by the same one, and nothing is to follow it. */
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => (interrupted = true));

/** A suite waits for what it needs, the build or a browser, before it starts its programs: none is started after a signal. */
const start: typeof runNode = async (...program) => (interrupted ? 130 : runNode(...program));

async function runVitest({ folder, inMemory: env }: Place, args: readonly string[]): Promise<Counts> {
  const report = join(folder, 'vitest.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const status = await start(tools.vitest, ['run', ...args, ...reporters], { env });
  return atLeastOneFailure(await vitestCounts(report), status);
}

let building: Promise<number> | undefined;
/** Builds the app where it is not built of these sources, once for all suites; resolves to the build's exit status. */
const built = (): Promise<number> => (building ??= buildIfChanged());

/** The parts that load TensorFlow: one process, as the specs go on beside them. */
const testTensorflow = (place: Place): Promise<Counts> => runVitest(place, ['--project=tensorflow*', '--maxWorkers=1']);

/** The window's parts: one process too, which has as much to do as the specs leave it time for. */
const testWindow = (place: Place): Promise<Counts> => runVitest(place, ['--project=window', '--maxWorkers=1']);

/** The other parts, after the specs, in as many processes as there are cores. The command line is tested as it is built where the build can be made; where it cannot, the app's suite says so. */
async function testOtherParts(place: Place): Promise<Counts> {
  await built();
  return runVitest(place, ['--project=!tensorflow*', '--project=!window']);
}

/** The specs, of which two go on at once, leave a core to the other lane: what is left of that at the end would leave one idle. */
const GIVING_WAY = 7;

/** The whole built app in a browser. */
async function testApp({ folder, inMemory }: Place): Promise<Counts> {
  if ((await built()) !== 0) return oneFailure('The app could not be built, so its tests were not run.');
  let browser: string;
  try {
    browser = await findBrowser(say);
  } catch (error) {
    return oneFailure(error instanceof Error ? error.message : String(error));
  }
  const report = join(folder, 'playwright.json');
  const env = { ...inMemory, [BROWSER_VARIABLE]: browser, PLAYWRIGHT_JSON_OUTPUT_NAME: report };
  const status = await start(tools.playwright, ['test', '--reporter=list,json'], { env, niceness: GIVING_WAY });
  return atLeastOneFailure(await playwrightCounts(report), status);
}

/** Packs the app as a tar.gz, unpacks that elsewhere and works with the engine and command line in it. */
async function testPackage({ folder }: Place): Promise<Counts> {
  if ((await built()) !== 0) return oneFailure('The app could not be built, so its package was not tested.');
  const packed = await start(join(projectRoot, 'scripts', 'package.ts'), ['tar.gz', '--quick']);
  if (packed !== 0) return oneFailure('The app could not be packaged, so its package was not tested.');
  const config = join(projectRoot, 'test', 'package', 'vitest.config.ts');
  // What is unpacked is large, and stays on the disk.
  return runVitest({ folder, inMemory: {} }, ['--config', config, '--maxWorkers=1']);
}

/** What other programs read of every export: each reading of one architecture in one format counts as a test. Training scripts take longer: `npm run test:interop`. */
async function testInterop({ folder }: Place): Promise<Counts> {
  const report = join(folder, 'interop.json');
  const status = await start(join(projectRoot, 'test', 'interop', 'run.ts'), ['--exports', '--counts', report]);
  return atLeastOneFailure(await storedCounts(report), status);
}

/** What a suite runs, or a portion of that. */
interface Portion {
  readonly suite: string;
  readonly run: (place: Place) => Promise<Counts>;
}

/**
 * All lanes run at once, and in each one portion after another: none takes more than a core or two, and a spec waits a good part of its time,
 * in which the others go on. The other parts, which take both cores, follow the specs, which do too: more processes than cores hinder each
 * other, by a twentieth of the processor's time, and fewer leave one idle, as the parts that load TensorFlow would at their end alone.
 */
const lanes: readonly (readonly Portion[])[] = [
  [
    { suite: 'parts', run: testTensorflow },
    { suite: 'parts', run: testWindow },
    { suite: 'package', run: testPackage },
  ],
  [{ suite: 'interop', run: testInterop }],
  [
    { suite: 'app', run: testApp },
    { suite: 'parts', run: testOtherParts },
  ],
];

async function runPortion({ run }: Portion, inMemory: Place['inMemory']): Promise<Counts> {
  const folder = await scratchFolder('tests');
  try {
    return await run({ folder, inMemory });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function test(named: readonly string[]): Promise<number> {
  const native = await runNode(tools.ensureNative, ['--quiet']);
  if (native !== 0) {
    process.stdout.write('0 passed, 1 failed\n');
    return native;
  }
  const wanted = named.length > 0 ? named : ['parts', 'app'];
  const known = [...new Set(lanes.flat().map(({ suite }) => suite))];
  const counts = wanted
    .filter((name) => !known.includes(name))
    .map((name) => oneFailure(`Suite "${name}": expected one of ${known.join(', ')}.`));
  // Where somebody has said where temporary files go, they go there.
  const memory = process.env['TMPDIR'] === undefined ? await memoryFolder() : undefined;
  const inMemory: Place['inMemory'] = memory === undefined ? {} : { TMPDIR: memory };
  const runLane = async (lane: readonly Portion[]): Promise<void> => {
    for (const portion of lane) {
      if (wanted.includes(portion.suite) && !interrupted) counts.push(await runPortion(portion, inMemory));
    }
  };
  try {
    await Promise.all(lanes.map(runLane));
  } finally {
    if (memory !== undefined) await rm(memory, { recursive: true, force: true });
  }
  if (interrupted) counts.push(oneFailure('The tests were interrupted.'));
  const sum = sumCounts(counts);
  process.stdout.write(closingLines(sum));
  return sum.failed === 0 ? 0 : 1;
}

process.exitCode = await test(process.argv.slice(2));
