import { fileURLToPath } from 'node:url';
import type { StepContext } from './context.ts';
import { NativeError } from './native-error.ts';
import { lastLine, runCommand, type CommandResult } from './run-command.ts';

const trialScript = fileURLToPath(new URL('trial.ts', import.meta.url));
/** (1, 2) · (3, 4) */
const expectedProduct = 11;

/**
 * Loads tfjs-node in a process of its own and has TensorFlow multiply two small matrices. Returns TensorFlow's version.
 * Throws `load-failed`, saying what the loader said.
 */
export async function tryBinding(context: StepContext): Promise<string> {
  const result = await runCommand(process.execPath, [trialScript, context.packageFolder], {
    env: { ...context.env, TF_CPP_MIN_LOG_LEVEL: '2' },
    signal: context.signal,
  });
  const answer = parseAnswer(result.stdout);
  if (result.status === 0 && answer?.product === expectedProduct && answer.backend === 'tensorflow')
    return answer.version;
  throw new NativeError('load-failed', `TensorFlow was put in place but does not work: ${loadProblem(result)}`);
}

function loadProblem(result: CommandResult): string {
  if (result.killedBy === 'SIGILL') {
    return 'this processor lacks instructions (AVX) that the published TensorFlow needs. Set AUTOENCODER_STUDIO_LIBTENSORFLOW to a build made for it.';
  }
  if (/GLIBC|GLIBCXX|musl|ld-linux/.test(result.output)) {
    const line = lastLine(result.output, /GLIBC|GLIBCXX|musl|ld-linux/);
    return `this system's C library is too old or of another kind (${line}). Use a newer distribution with glibc 2.27 or later, or set AUTOENCODER_STUDIO_LIBTENSORFLOW to a build made for it.`;
  }
  if (result.killedBy !== undefined) return `the trial was ended by ${result.killedBy}. Run the same command again.`;
  return `${lastLine(result.output, /(^|\s)\w*Error:/)}. Run npm ci, then the same command again.`;
}

function parseAnswer(stdout: string): { product?: unknown; backend?: unknown; version: string } | undefined {
  try {
    const value = JSON.parse(stdout) as { product?: unknown; backend?: unknown; version?: unknown };
    return { ...value, version: String(value.version) };
  } catch {
    return undefined;
  }
}
