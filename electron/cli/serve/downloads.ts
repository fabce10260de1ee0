import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { scratchFolder } from '../../files/scratch-folder.ts';
import type { ExportPlace, ExportWish } from '../../host/export.ts';

interface Download extends Pick<ExportWish, 'kind'> {
  readonly name: string;
  /** The file, or the folder that becomes a zip. */
  readonly path: string;
  /** Holds it, and is removed with it. */
  readonly temporary: string;
  readonly expiry: NodeJS.Timeout;
}

const contentTypes: Readonly<Record<string, string>> = {
  '.zip': 'application/zip',
  '.html': 'text/html; charset=utf-8',
  '.json': 'application/json',
};

const KEPT_MS = 10 * 60_000;

/** Exports on their way to a browser: each has an address that works once, for ten minutes. */
export class Downloads {
  readonly #waiting = new Map<string, Download>();

  /** A temporary place whose file, or the zip of whose folder, becomes a download of this name. */
  async place({ kind, name }: Pick<ExportWish, 'kind' | 'name'>): Promise<ExportPlace> {
    const temporary = await scratchFolder('download');
    const path = join(temporary, name);
    return {
      path,
      finish: () => {
        const id = randomUUID();
        const expiry = setTimeout(() => void this.#forget(id), KEPT_MS).unref();
        const offered = kind === 'folder' ? `${name}.zip` : name;
        this.#waiting.set(id, { kind, name: offered, path, temporary, expiry });
        return Promise.resolve({ kind: 'download', address: `/download/${id}`, name: offered });
      },
      abandon: () => rm(temporary, { recursive: true, force: true }),
    };
  }

  /** Sends the download of this address as it is read; false when there is none (any more). */
  async send(address: string, response: ServerResponse): Promise<boolean> {
    const id = address.replace(/^\/download\//, '');
    const download = this.#waiting.get(id);
    if (!download) return false;
    this.#waiting.delete(id);
    const { kind, name, path, temporary } = download;
    try {
      response.setHeader('Content-Type', contentTypes[extname(name)] ?? 'application/octet-stream');
      response.setHeader('Content-Disposition', `attachment; filename="${name}"`);
      if (kind === 'folder') await sendZip(temporary, response);
      else await pipeline(createReadStream(path), response);
    } finally {
      await discard(download);
    }
    return true;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#waiting.keys()].map((id) => this.#forget(id)));
  }

  async #forget(id: string): Promise<void> {
    const download = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (download) await discard(download);
  }
}

async function discard({ temporary, expiry }: Download): Promise<void> {
  clearTimeout(expiry);
  await rm(temporary, { recursive: true, force: true });
}

/** Stored, not compressed: weights do not shrink. */
async function sendZip(folder: string, response: ServerResponse): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  zip.on('error', (error: Error) => output.destroy(error));
  for (const path of paths.sort()) zip.addFile(path, relative(folder, path).split(sep).join('/'), { compress: false });
  zip.end();
  await pipeline(output, response);
}
