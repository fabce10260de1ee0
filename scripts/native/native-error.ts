/** What can stop the native step, as a closed set: `recoverable` and the tests branch on it, the message is for the person. */
export type NativeErrorCode =
  | 'not-installed'
  | 'unsupported-platform'
  | 'bad-folder'
  | 'cache-unwritable'
  | 'disk-full'
  | 'no-python'
  | 'no-pip'
  | 'no-compiler'
  | 'no-network'
  | 'no-wheel'
  | 'pip-failed'
  | 'download-interrupted'
  | 'hash-mismatch'
  | 'damaged-wheel'
  | 'build-failed'
  | 'load-failed'
  | 'installer-failed'
  | 'interrupted';

/** An error of the native step; its message says in a sentence or two what happened and what to do. */
export class NativeError extends Error {
  override readonly name = 'NativeError';
  readonly code: NativeErrorCode;

  constructor(code: NativeErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}

/** The way through pip and the compiler is closed on this machine, but another way may still be open. */
const closedWays: readonly NativeErrorCode[] = [
  'no-python',
  'no-pip',
  'no-compiler',
  'no-network',
  'no-wheel',
  'pip-failed',
];

/** Whether tfjs-node's own installer is worth trying after `error`. A hash that differs or a full disk is not. */
export function isWayClosed(error: unknown): error is NativeError {
  return error instanceof NativeError && closedWays.includes(error.code);
}

/** Turns a system error met while writing under `folder` into the step's own; anything else is returned as it is. */
export function fromSystemError(error: unknown, folder: string): unknown {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new NativeError(
      'disk-full',
      `The disk became full while writing to ${folder}. Free some space, or set AUTOENCODER_STUDIO_CACHE to a folder on another disk, and run the same command again.`,
      { cause: error },
    );
  }
  if (['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST'].includes(code ?? '')) {
    return new NativeError(
      'cache-unwritable',
      `Cannot write to ${folder} (${code ?? ''}). Make it writable, or set AUTOENCODER_STUDIO_CACHE to a folder that is, and run the same command again.`,
      { cause: error },
    );
  }
  return error;
}

export function interrupted(): NativeError {
  return new NativeError('interrupted', 'Interrupted. Nothing half-made was left behind; run the same command again.');
}
