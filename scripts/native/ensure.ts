// The native step: makes tfjs-node's TensorFlow binding work here. Run before whatever needs it: scripts/run.js --native.
//   node scripts/native/ensure.ts [--quiet] [--force] [--root FOLDER]
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createContext } from './context.ts';
import { NativeError } from './native-error.ts';
import { runNativeStep } from './native-step.ts';
import { ensureOwnScope } from './own-scope.ts';
import { platformRow, platformTable } from './platforms.ts';
import { createReport } from './report.ts';

const signalStatus: Partial<Record<NodeJS.Signals, number>> = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quiet: { type: 'boolean', default: false },
      force: { type: 'boolean', default: false },
      root: { type: 'string', default: fileURLToPath(new URL('../..', import.meta.url)) },
    },
  });
  const report = createReport(process.stderr);
  const row = platformRow(process.platform, process.arch);
  if (row === undefined) {
    throw new NativeError(
      'unsupported-platform',
      `TensorFlow is not published for ${process.platform}-${process.arch}. The app runs on ${platformTable.map(({ key }) => key).join(', ')}.`,
    );
  }
  const context = createContext({ projectRoot: values.root, row, env: process.env, report, signal: stopOnSignals() });
  const outcome = await runNativeStep(context, { force: values.force });
  await ensureOwnScope(context);
  if (outcome.did === 'nothing' && !values.quiet) report.line(`TensorFlow ${outcome.tensorflow} is ready.`);
}

/** Ctrl-C stops what runs and cleans up; the exit status tells which signal it was. */
function stopOnSignals(): AbortSignal {
  const stop = new AbortController();
  for (const [name, status] of Object.entries(signalStatus)) {
    process.once(name, () => {
      process.exitCode = status;
      stop.abort();
    });
  }
  return stop.signal;
}

try {
  await main();
} catch (error) {
  const message =
    error instanceof NativeError ? error.message : error instanceof Error ? (error.stack ?? '') : String(error);
  process.stderr.write(`\n${message}\n`);
  process.exitCode ??= 1;
}
