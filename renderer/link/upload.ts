import type { HandedFile } from '../../electron/contract/files.ts';
import { errorCodes, StudioError, type ErrorCode } from '../../electron/domain/errors.ts';
import { UPLOAD_PREFIX, uploadHead } from '../../electron/contract/upload.ts';

/** Small files travel together up to this; a larger one travels alone. */
const BATCH_BYTES = 8 * 2 ** 20;
const BATCH_FILES = 1_000;

export interface Reply {
  readonly status: number;
  readonly text: string;
}

/** Posts a body to an address of the host; `onSent` is told the bytes that have left so far. Rejects when it got no reply. */
export type Post = (address: string, body: Blob, onSent: (bytes: number) => void) => Promise<Reply>;

/**
 * Uploads files to a place that `files:open` has made, in the order given.
 * @param onProgress told the share sent, 0-1.
 * @throws StudioError with the host's own words, or naming the file that is no longer there.
 */
export async function upload(
  staged: string,
  files: readonly HandedFile[],
  post: Post,
  onProgress: (fraction: number) => void = () => undefined,
): Promise<void> {
  const total = files.reduce((sum, { file }) => sum + file.size, 0);
  let before = 0;
  for (const batch of batches(files)) {
    const bytes = batch.reduce((sum, { file }) => sum + file.size, 0);
    const told = (sent: number): void => onProgress(total === 0 ? 0 : (before + Math.min(sent, bytes)) / total);
    const body = new Blob((await Promise.all(batch.map(parts))).flat());
    const reply = await post(`${UPLOAD_PREFIX}${staged}`, body, told).catch(async (cause: unknown) => {
      for (const handed of batch) await expectReadable(handed);
      throw new StudioError('refused', 'The upload broke off: the connection to the app’s server was lost.', { cause });
    });
    if (reply.status !== 200) throw refusal(reply);
    before += bytes;
    onProgress(total === 0 ? 1 : before / total);
  }
}

function* batches(files: readonly HandedFile[]): Generator<HandedFile[]> {
  let batch: HandedFile[] = [];
  let bytes = 0;
  for (const handed of files) {
    const full = batch.length === BATCH_FILES || bytes + handed.file.size > BATCH_BYTES;
    if (full && batch.length > 0) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(handed);
    bytes += handed.file.size;
  }
  if (batch.length > 0) yield batch;
}

/** A file of the disk is not read here: the browser reads it while it sends. */
async function parts({ file, path }: HandedFile): Promise<BlobPart[]> {
  return [
    uploadHead(new TextEncoder().encode(path), file.size),
    file instanceof Blob ? file : await file.arrayBuffer(),
  ];
}

async function expectReadable({ file, path }: HandedFile): Promise<void> {
  if (!(file instanceof Blob)) return;
  await file
    .slice(0, 1)
    .arrayBuffer()
    .catch((cause: unknown) => {
      const message = `${path}: expected the file as it was handed over, found it gone, changed, or not to be read.`;
      throw new StudioError('not-found', message, { cause });
    });
}

function refusal({ status, text }: Reply): StudioError {
  try {
    const { code, message } = JSON.parse(text) as { readonly code?: unknown; readonly message?: unknown };
    if (typeof message === 'string' && isErrorCode(code)) return new StudioError(code, message);
  } catch {
    // Not the server's own words.
  }
  return new StudioError('refused', `The upload was refused (${status}): ${text.trim()}`);
}

function isErrorCode(code: unknown): code is ErrorCode {
  return (errorCodes as readonly unknown[]).includes(code);
}

/** Over XMLHttpRequest: `fetch` does not tell what was sent. */
export const postWithProgress: Post = (address, body, onSent) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.upload.addEventListener('progress', ({ loaded }) => onSent(loaded));
    request.addEventListener('load', () => resolve({ status: request.status, text: request.responseText }));
    request.addEventListener('error', () => reject(new Error('The request got no answer.')));
    request.open('POST', address);
    request.send(body);
  });
