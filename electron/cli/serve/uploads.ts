import type { IncomingMessage, ServerResponse } from 'node:http';
import * as v from 'valibot';
import { StudioError, toErrorData, type ErrorCode } from '../../domain/errors.ts';
import { IdSchema } from '../../domain/ids.ts';
import { readUploadHead, UPLOAD_HEAD_BYTES, UPLOAD_PREFIX } from '../../contract/upload.ts';
import type { Report } from '../../contract/rpc.ts';
import type { Staging } from '../../host/staging.ts';
import { ByteQueue } from './byte-queue.ts';

/** Up to this a file is gathered and written at once: four trips to the disk's threads for each take far longer. */
const SMALL_BYTES = 65_536;

/** Of a refused upload, passed over so that its sender reads why; more is cut off. */
const MOST_DRAINED = 2 ** 28;

const statuses: Partial<Record<ErrorCode, number>> = {
  'bad-request': 400,
  'not-found': 404,
  refused: 413,
  'disk-full': 507,
};

/** Writes what a window uploads to where the host has staged it. What breaks off, or is refused, leaves nothing behind. */
export class Uploads {
  readonly #staging: Staging;
  readonly #report: Report;

  constructor(staging: Staging, report: Report) {
    this.#staging = staging;
    this.#report = report;
  }

  /** Answers a POST whose sender has been checked. */
  async receive(pathname: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const staged = pathname.slice(UPLOAD_PREFIX.length);
    const bytes = new ByteQueue(request);
    try {
      if (!v.is(IdSchema, staged)) throw new StudioError('not-found', 'Upload: there is no such place for files.');
      await this.#staging.expect(staged, lengthOf(request));
      await this.#writeAll(staged, bytes);
      answer(response, 200, this.#staging.written(staged));
    } catch (error) {
      await this.#staging.release(staged);
      if (request.destroyed && !request.complete)
        return this.#report('An upload broke off; what had come was removed.');
      const { code, message } = toErrorData(error);
      answer(response, statuses[code] ?? 500, { code, message });
      // A sender that is cut off in the middle may never read the answer.
      await bytes.drain(MOST_DRAINED).catch(() => undefined);
      if (!request.complete) request.destroy();
    }
  }

  async #writeAll(staged: string, bytes: ByteQueue): Promise<void> {
    while (!(await bytes.isOver())) {
      const { pathBytes, fileBytes } = readUploadHead(await bytes.take(UPLOAD_HEAD_BYTES));
      const path = decodePath(await bytes.take(pathBytes));
      if (fileBytes > SMALL_BYTES) await this.#staging.write(staged, path, bytes.pieces(fileBytes));
      else await this.#staging.writeSmall(staged, path, await bytes.take(fileBytes));
    }
  }
}

/** Known beforehand, so that too much is refused before any of it is written. */
function lengthOf({ headers }: IncomingMessage): number {
  const length = Number(headers['content-length']);
  if (Number.isSafeInteger(length)) return length;
  throw new StudioError('bad-request', 'Upload: expected a Content-Length, found none.');
}

function decodePath(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new StudioError('bad-request', 'Upload: expected a path in UTF-8, found other bytes.', { cause });
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
