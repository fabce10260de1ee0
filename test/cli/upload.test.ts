import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { request as httpRequest, type ClientRequest } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Downloads } from '../../electron/cli/serve/downloads.ts';
import { StudioServer } from '../../electron/cli/serve/server.ts';
import { Uploads } from '../../electron/cli/serve/uploads.ts';
import { uploadHead } from '../../electron/contract/upload.ts';
import { Staging } from '../../electron/host/staging.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';

const MOST_BYTES = 1_000_000;

let data: TemporaryFolder;
let staging: Staging;
let server: StudioServer;
let free = 1e12;
const reports: string[] = [];
const window = {};

beforeEach(async () => {
  reports.length = 0;
  free = 1e12;
  data = new TemporaryFolder();
  staging = new Staging(data.path, { mostBytes: MOST_BYTES, freeBytes: () => Promise.resolve(free) });
  const report = (problem: string) => void reports.push(problem);
  server = await StudioServer.listen({
    port: 0,
    pageFolder: data.path,
    downloads: new Downloads(),
    uploads: new Uploads(staging, report),
    serveWindow: () => () => undefined,
    report,
  });
});

afterEach(async () => {
  await server.close();
  data[Symbol.dispose]();
});

function frame(path: string | Uint8Array, content: Uint8Array | string): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([uploadHead(typeof path === 'string' ? Buffer.from(path) : path, bytes.length), bytes]);
}

const origin = () => new URL(server.address).origin;

interface Sent {
  readonly status: number;
  readonly text: string;
}

function begin(staged: string, headers: Record<string, string>, reply: (sent: Sent) => void): ClientRequest {
  const { hostname, port } = new URL(server.address);
  return httpRequest({ hostname, port, path: `/upload/${staged}`, method: 'POST', headers }, async (response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    reply({ status: response.statusCode!, text: Buffer.concat(chunks).toString() });
  });
}

/** Posts as the app's own page would, but for the headers that are given. */
async function post(staged: string, body: Buffer, headers: Record<string, string | undefined> = {}): Promise<Sent> {
  const all = { Cookie: await cookie(), Origin: origin(), 'Content-Length': String(body.length), ...headers };
  const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return new Promise((resolve, reject) =>
    begin(staged, Object.fromEntries(given), resolve).on('error', reject).end(body),
  );
}

async function cookie(): Promise<string> {
  const response = await fetch(server.address, { redirect: 'manual' });
  return response.headers.get('set-cookie')!.split(';')[0]!;
}

/** Every file below the data folder. */
const written = () =>
  readdirSync(data.path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);

describe('an upload', () => {
  it('is written below the place it was opened for, in one request for many files', async () => {
    const staged = staging.open(window);
    const large = Buffer.alloc(300_000, 7);
    const first = await post(
      staged,
      Buffer.concat([frame('pets/cats/1.png', 'one'), frame('pets/große Katze\n.png', large)]),
    );
    expect(first).toEqual({ status: 200, text: JSON.stringify({ files: 2, bytes: 300_003 }) });
    await post(staged, Buffer.concat([frame('loose.png', ''), frame('pets/dogs/2.png', 'two')]));
    const [pets, loose] = staging.paths(staged) as [string, string];
    expect(staging.paths(staged)).toHaveLength(2);
    expect(readFileSync(join(pets, 'cats/1.png'), 'utf8')).toBe('one');
    expect(readFileSync(join(pets, 'große Katze\n.png')).equals(large)).toBe(true);
    expect(readFileSync(join(pets, 'dogs/2.png'), 'utf8')).toBe('two');
    expect(readFileSync(loose, 'utf8')).toBe('');
  });

  it('keeps files of the same name apart', async () => {
    const staged = staging.open(window);
    const paths = ['1.png', '1.png', '1 (2).png', '1.PNG'];
    await post(staged, Buffer.concat(paths.map((path, index) => frame(path, String(index)))));
    const contents = staging.paths(staged).map((path) => readFileSync(path, 'utf8'));
    expect(contents).toEqual(['0', '1', '2', '3']);
  });

  it('to a place that was released, or that never was, is refused', async () => {
    const staged = staging.open(window);
    await staging.release(staged);
    const gone = { code: 'not-found', message: 'These files are no longer at hand: drop or choose them again.' };
    expect(await post(staged, frame('1.png', 'x'))).toEqual({ status: 404, text: JSON.stringify(gone) });
    expect((await post('..%2f..%2fetc', frame('1.png', 'x'))).status).toBe(404);
    expect(written()).toEqual([]);
  });
});

describe('an upload that is not the app’s own page’s', () => {
  it.each([
    ['without the cookie', { Cookie: undefined }],
    ['with another cookie', { Cookie: 'studio=guess' }],
    ['without an origin', { Origin: undefined }],
    ['from another page', { Origin: 'http://evil.example' }],
    ['from another port', { Origin: 'http://127.0.0.1:1' }],
    ['from a page of no origin', { Origin: 'null' }],
    ['for another host', { Host: 'evil.example', Origin: 'http://evil.example' }],
  ])('%s is refused, and nothing is written', async (_, headers) => {
    const staged = staging.open(window);
    expect((await post(staged, frame('1.png', 'x'), headers)).status).toBe(403);
    expect(written()).toEqual([]);
  });
});

describe('a path in an upload', () => {
  it.each([
    ['../../evil.png', 'found ".."'],
    ['cats/../../../evil.png', 'found ".."'],
    ['./evil.png', 'found "."'],
    ['/etc/evil.png', 'found an empty name'],
    ['cats//evil.png', 'found an empty name'],
    ['cats/', 'found an empty name'],
    ['', 'found none'],
    ['evil\0.png', 'found a zero byte'],
  ])('%j is refused, and what came before it is removed', async (path, found) => {
    const staged = staging.open(window);
    const { status, text } = await post(staged, Buffer.concat([frame('good.png', 'x'), frame(path, 'x')]));
    expect(status).toBe(400);
    const message = `${JSON.stringify(path)}: expected a path such as "cats/1.png", ${found}.`;
    expect(JSON.parse(text)).toEqual({ code: 'bad-request', message });
    expect(written()).toEqual([]);
  });

  it.each(['%2e%2e/%2e%2e/evil.png', '..%2fevil.png', '.. /evil.png', '...', '‥/evil.png'])(
    '%j only looks as if it climbed',
    async (path) => {
      const staged = staging.open(window);
      expect((await post(staged, frame(path, 'x'))).status).toBe(200);
      const [root] = staging.paths(staged);
      expect(root!.startsWith(join(data.path, 'staged'))).toBe(true);
      expect(existsSync(root!)).toBe(true);
      expect(written()).toHaveLength(1);
    },
  );

  it('that is not UTF-8, such as an overlong "../", is refused', async () => {
    const overlong = Uint8Array.of(0x2e, 0x2e, 0xc0, 0xaf, 0x61);
    const { status, text } = await post(staging.open(window), frame(overlong, 'x'));
    expect(status).toBe(400);
    expect(text).toContain('expected a path in UTF-8');
    expect(written()).toEqual([]);
  });
});

describe('an upload that is too large', () => {
  it('is refused with the arithmetic, before it is written', async () => {
    const staged = staging.open(window);
    await post(staged, frame('1.bin', Buffer.alloc(600_000)));
    const { status, text } = await post(staged, frame('2.bin', Buffer.alloc(600_000)));
    expect(status).toBe(413);
    const message = 'Expected files of at most 1.0 MB together, found 1.2 MB.';
    expect(JSON.parse(text)).toEqual({ code: 'refused', message });
    expect(written()).toEqual([]);
  });

  it('for the disk is refused as such', async () => {
    free = 1e8;
    const { status, text } = await post(staging.open(window), frame('1.png', 'x'));
    expect(status).toBe(507);
    expect(JSON.parse(text)).toMatchObject({ code: 'disk-full' });
  });

  it('of no stated length is refused', async () => {
    const staged = staging.open(window);
    const { status, text } = await post(staged, frame('1.png', 'x'), {
      'Content-Length': undefined,
      'Transfer-Encoding': 'chunked',
    });
    expect(status).toBe(400);
    expect(text).toContain('expected a Content-Length');
  });

  it.each([
    ['a file longer than the body', () => Buffer.concat([uploadHead(Buffer.from('1.png'), 100), Buffer.from('x')])],
    ['a negative length', () => uploadHead(Buffer.from('1.png'), -1)],
    ['a length that is no number', () => uploadHead(Buffer.from('1.png'), Number.NaN)],
    ['a path of 4 GB', () => Buffer.alloc(12, 0xff)],
    ['half a head', () => Buffer.from('abc')],
  ])('or torn (%s) is a bad request, and leaves nothing', async (_, body) => {
    expect((await post(staging.open(window), Buffer.from(body()))).status).toBe(400);
    expect(written()).toEqual([]);
  });
});

describe('an upload that breaks off', () => {
  it('leaves nothing', async () => {
    const staged = staging.open(window);
    const headers = { Cookie: await cookie(), Origin: origin(), 'Content-Length': '900000' };
    const sending = begin(staged, headers, () => undefined).on('error', () => undefined);
    sending.write(Buffer.concat([frame('whole.png', 'x'), uploadHead(Buffer.from('part.bin'), 800_000)]));
    sending.write(Buffer.alloc(200_000));
    await expect.poll(written).toEqual(expect.arrayContaining(['whole.png', 'part.bin']));
    sending.destroy();
    await expect.poll(written).toEqual([]);
    await expect.poll(() => reports).toEqual(['An upload broke off; what had come was removed.']);
  });
});
