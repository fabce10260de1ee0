/** What can go wrong, as a closed set: a caller may branch on it, the message is for the person. */
export const errorCodes = [
  'bad-request',
  'bad-spec',
  'bad-file',
  /** A model's file leaves the size of its images open: it can be read once it is said. */
  'size-open',
  'not-found',
  'busy',
  'stopped',
  'engine-lost',
  'engine-failed',
  'disk-full',
  'refused',
  'internal',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** An error as it crosses a process border: data, never an exception. */
export interface ErrorData {
  readonly code: ErrorCode;
  readonly message: string;
  readonly detail?: string;
}

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ErrorData };

/** An error meant for a person: its message names the file or field, what was expected and what was found. */
export class StudioError extends Error {
  override readonly name = 'StudioError';
  readonly code: ErrorCode;
  readonly detail: string | undefined;

  constructor(code: ErrorCode, message: string, options: { detail?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.detail = options.detail;
  }
}

/** Turns anything thrown into data; an unforeseen exception becomes `internal`, its stack kept as the detail. */
export function toErrorData(error: unknown): ErrorData {
  if (error instanceof StudioError) {
    return {
      code: error.code,
      message: error.message,
      ...(error.detail === undefined ? {} : { detail: error.detail }),
    };
  }
  if (error instanceof Error) {
    const full = (error as { code?: unknown }).code === 'ENOSPC';
    if (isTooLarge(error)) return { code: 'refused', message: tooLargeWords(error), ...detailOf(error) };
    const code: ErrorCode = full ? 'disk-full' : 'internal';
    return { code, message: error.message, ...detailOf(error) };
  }
  return { code: 'internal', message: String(error) };
}

const detailOf = ({ stack }: Error): Pick<ErrorData, 'detail'> => (stack === undefined ? {} : { detail: stack });

/** What V8 and Node say where so much memory is not to be had in one piece; Electron gives less than 2 GiB of it. */
const TOO_LARGE = /^(?:Array buffer allocation failed|Invalid (?:typed array|array buffer|string|array) length)/;
const tooLargeCodes = ['ERR_FS_FILE_TOO_LARGE', 'ERR_STRING_TOO_LONG', 'ERR_MEMORY_ALLOCATION_FAILED'];

const isTooLarge = (error: Error): boolean =>
  (error instanceof RangeError && TOO_LARGE.test(error.message)) ||
  tooLargeCodes.includes(String((error as { code?: unknown }).code));

const tooLargeWords = ({ message }: Error): string =>
  `This takes more memory in one piece than there is (${message}). Fewer or smaller images, or a smaller model, may fit.`;

export function fromErrorData(data: ErrorData): StudioError {
  return new StudioError(data.code, data.message, data.detail === undefined ? {} : { detail: data.detail });
}

/** Unwraps a result; throws its error as a `StudioError`. */
export function unwrap<T>(result: Result<T>): T {
  if (!result.ok) throw fromErrorData(result.error);
  return result.value;
}

/** Closes a switch over a union: a member left out fails the build. */
export function assertNever(value: never): never {
  throw new StudioError('internal', `Unexpected value: ${JSON.stringify(value)}`);
}
