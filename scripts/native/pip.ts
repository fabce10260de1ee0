import type { StepContext } from './context.ts';
import { NativeError } from './native-error.ts';
import { findExecutable, lastLine, runCommand, type CommandResult } from './run-command.ts';

/** A command and the arguments before pip's own. */
export type Pip = readonly [command: string, ...args: string[]];

const pythonNames = ['python3', 'python'];

/** Finds a pip that runs. Throws `no-python` or `no-pip`, saying what to install. */
export async function findPip(context: StepContext): Promise<Pip> {
  const { env, signal } = context;
  const pythons = pythonNames.flatMap((name) => findExecutable(name, env) ?? []);
  const launcher = process.platform === 'win32' ? findExecutable('py', env) : undefined;
  const candidates: Pip[] = [
    ...pythons.map((python): Pip => [python, '-m', 'pip']),
    ...(launcher === undefined ? [] : [[launcher, '-3', '-m', 'pip'] as const]),
    ...['pip3', 'pip'].flatMap((name): Pip[] => {
      const path = findExecutable(name, env);
      return path === undefined ? [] : [[path]];
    }),
  ];
  for (const [command, ...args] of candidates) {
    const { status } = await runCommand(command, [...args, '--version'], { env, signal });
    if (status === 0) return [command, ...args];
  }
  if (pythons.length === 0 && launcher === undefined) {
    throw new NativeError(
      'no-python',
      'Python 3 was not found. It is needed to fetch TensorFlow and to build the binding: install it with pip (Debian/Ubuntu: apt-get install python3 python3-pip) and run the same command again.',
    );
  }
  throw new NativeError(
    'no-pip',
    `${pythons[0] ?? 'Python'} has no pip, which fetches TensorFlow. Install it (Debian/Ubuntu: apt-get install python3-pip, elsewhere: python3 -m ensurepip) and run the same command again.`,
  );
}

interface Symptom {
  readonly seen: RegExp;
  readonly error: (output: string, what: string) => NativeError;
}

/** What pip prints when something goes wrong, most telling first. */
const symptoms: readonly Symptom[] = [
  {
    seen: /DO NOT MATCH THE HASHES/,
    error: (output, what) =>
      new NativeError(
        'hash-mismatch',
        `${what} has the SHA-256 ${/Got\s+([0-9a-f]{64})/.exec(output)?.[1] ?? '(unknown)'}, not the one this version of the app expects, so it was not used. Check the package index that pip is set to; if it is the right one, the download may have been tampered with.`,
      ),
  },
  {
    seen: /No space left on device|Errno 28|Disk quota exceeded/,
    error: (_output, what) =>
      new NativeError(
        'disk-full',
        `The disk became full while ${what} was being downloaded. Free some space, or set AUTOENCODER_STUDIO_CACHE to a folder on another disk, and run the same command again.`,
      ),
  },
  {
    seen: /IncompleteRead|ReadTimeoutError|Read timed out|Connection reset|ConnectionResetError|Connection broken: (?!'?NewConnection)/,
    error: (output, what) =>
      new NativeError(
        'download-interrupted',
        `The download of ${what} broke off (${shorten(lastLine(output))}). Nothing half-made was kept; run the same command again.`,
      ),
  },
  {
    seen: /NewConnectionError|ConnectTimeoutError|Max retries|Temporary failure in name|Name or service not known|ProxyError|SSLError|Network is unreachable/,
    error: (output, what) =>
      new NativeError(
        'no-network',
        `${what} could not be fetched: the package index was not reached (${networkReason(output)}). Connect to the network, or set pip's proxy or index (PIP_PROXY, PIP_INDEX_URL), or set AUTOENCODER_STUDIO_LIBTENSORFLOW to a folder that holds libtensorflow's lib and include, and run the same command again.`,
      ),
  },
  {
    seen: /No matching distribution found/,
    error: (_output, what) =>
      new NativeError(
        'no-wheel',
        `The package index that pip is set to has no ${what}. Set PIP_INDEX_URL to one that has it, or AUTOENCODER_STUDIO_LIBTENSORFLOW to a folder that holds libtensorflow's lib and include, and run the same command again.`,
      ),
  },
  {
    seen: /no such option|Usage:/,
    error: (output) =>
      new NativeError(
        'no-pip',
        `This pip is too old (${shorten(lastLine(output, /no such option/))}). Update it (python3 -m pip install --upgrade pip) and run the same command again.`,
      ),
  },
];

/** The error behind a pip that failed; `what` names the package and version in the message. */
export function pipError(result: Pick<CommandResult, 'output'>, what: string): NativeError {
  const symptom = symptoms.find(({ seen }) => seen.test(result.output));
  return (
    symptom?.error(result.output, what) ??
    new NativeError(
      'pip-failed',
      `pip could not fetch ${what}: ${shorten(lastLine(result.output, /ERROR|Error/))}. Put that right and run the same command again.`,
    )
  );
}

function networkReason(output: string): string {
  const reason =
    /(Failed to establish a new connection: [^'")]*|[\w ]*timed out|certificate verify failed|Cannot connect to proxy)/.exec(
      output,
    );
  return shorten(
    (reason?.[1] ?? lastLine(output))
      .replace('Failed to establish a new connection: ', '')
      .replace(/\[Errno -?\d+\] /, ''),
  );
}

const shorten = (text: string): string => (text.length > 160 ? `${text.slice(0, 157)}...` : text);
