import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync, strFromU8 } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EngineChannel, Handlers } from '../../electron/contract/contract.ts';
import { Caller, serveCalls } from '../../electron/contract/rpc.ts';
import { wirePort } from '../../electron/contract/wire.ts';
import { Downloads } from '../../electron/cli/serve/downloads.ts';
import { StudioServer } from '../../electron/cli/serve/server.ts';
import { Uploads } from '../../electron/cli/serve/uploads.ts';
import { Staging } from '../../electron/host/staging.ts';
import { cookieOf, get, knock, openSocket, originOf } from './serve-client.ts';

let pageFolder: string;
let server: StudioServer;
let downloads: Downloads;
let uploads: Uploads;
let origin: string;
const reports: string[] = [];

beforeEach(async () => {
  reports.length = 0;
  const root = await mkdtemp(join(tmpdir(), 'serve-'));
  pageFolder = join(root, 'page');
  await mkdir(join(pageFolder, 'assets'), { recursive: true });
  await writeFile(join(pageFolder, 'index.html'), '<p>the page</p>');
  await writeFile(join(pageFolder, 'assets', 'main.js'), 'run()');
  await writeFile(join(root, 'secret.json'), '{}');
  downloads = new Downloads();
  uploads = new Uploads(new Staging(join(root, 'data')), () => undefined);
  const handlers = { 'run:stop': () => Promise.resolve({}) } as Partial<Handlers<EngineChannel>>;
  server = await StudioServer.listen({
    port: 0,
    pageFolder,
    downloads,
    uploads,
    serveWindow: (port) => serveCalls(port, handlers as Handlers<EngineChannel>),
    report: (problem) => reports.push(problem),
  });
  origin = originOf(server);
});

afterEach(async () => {
  await server.close();
  await downloads.close();
  await rm(dirname(pageFolder), { recursive: true, force: true });
});

/** What a browser says of who asks. */
const fetched = (site: string, mode: string, dest: string) => ({
  'Sec-Fetch-Site': site,
  'Sec-Fetch-Mode': mode,
  'Sec-Fetch-Dest': dest,
});

describe('the page', () => {
  it('is given to who brings the token: a strict cookie, then the page without the token', async () => {
    const { pathname, search } = new URL(server.address);
    const first = await get(server, pathname + search);
    expect(first).toMatchObject({ status: 303, headers: { location: '/' } });
    expect(first.headers['set-cookie']![0]).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/);
    const page = await get(server, '/', { Cookie: await cookieOf(server) });
    expect(page).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
    expect(page.body.toString()).toBe('<p>the page</p>');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'; script-src 'self';");
    expect((await get(server, '/assets/main.js', { Cookie: await cookieOf(server) })).body.toString()).toBe('run()');
  });

  it.each([
    ['no token', '/', {}],
    ['a wrong token', '/?token=wrong', {}],
    ['an empty token', '/?token=', {}],
    ['a foreign host that points here', 'token', { Host: 'evil.example' }],
    ['a host that only begins like ours', 'token', { Host: 'localhost.evil.example' }],
    ['another page', 'token', { Origin: 'http://evil.example' }],
    ['another port of this machine', 'token', { Origin: 'http://127.0.0.1:1' }],
    ['a picture in another page', 'token', fetched('cross-site', 'no-cors', 'image')],
    ['a frame in another page', 'token', fetched('cross-site', 'navigate', 'iframe')],
    ['a script of another port of this machine', 'token', fetched('same-site', 'no-cors', 'script')],
  ])('is refused to %s', async (_, path, headers) => {
    const { search } = new URL(server.address);
    const reply = await get(server, path === 'token' ? `/${search}` : path, headers as Record<string, string>);
    expect(reply.status).toBe(403);
    expect(reply.headers['set-cookie']).toBeUndefined();
  });

  it('is refused to a foreign host and to another page even with the cookie', async () => {
    const Cookie = await cookieOf(server);
    expect((await get(server, '/', { Cookie, Host: 'evil.example' })).status).toBe(403);
    expect((await get(server, '/', { Cookie, Origin: 'http://evil.example' })).status).toBe(403);
    expect((await get(server, '/', { Cookie: `${Cookie.slice(0, -1)}_` })).status).toBe(403);
    expect((await get(server, '/', { Cookie }, 'POST')).status).toBe(405);
  });

  it('is given to who follows a link in another page', async () => {
    const { search } = new URL(server.address);
    expect((await get(server, `/${search}`, fetched('cross-site', 'navigate', 'document'))).status).toBe(303);
  });

  it('passes a tunnel whose port is another', async () => {
    expect((await get(server, '/', { Cookie: await cookieOf(server), Host: 'localhost:9999' })).status).toBe(200);
  });

  it.each([
    '/../secret.json',
    '/%2e%2e/secret.json',
    '/..%2fsecret.json',
    '/assets/..%5c..%5csecret.json',
    '/%00.js',
    '/%',
  ])('does not reach outside its folder: %s', async (path) => {
    const reply = await get(server, path, { Cookie: await cookieOf(server) });
    expect(reply.status).toBe(404);
    expect(reply.body.toString()).not.toContain('{}');
  });
});

describe('the socket', () => {
  it('lets in only our own page with its cookie', async () => {
    const Cookie = await cookieOf(server);
    expect(await knock(server, { Cookie, Origin: origin })).toBe(101);
    expect(await knock(server, { Origin: origin })).toBe(403);
    expect(await knock(server, { Cookie })).toBe(403);
    expect(await knock(server, { Cookie, Origin: 'http://evil.example' })).toBe(403);
    expect(await knock(server, { Cookie, Origin: 'http://evil.example', Host: 'evil.example' })).toBe(403);
    expect(await knock(server, { Cookie, Origin: origin }, '/other')).toBe(403);
  });

  it('carries calls; text and broken frames are ignored and reported', async () => {
    const socket = await openSocket(server);
    const line = {
      send: (frame: Uint8Array) => socket.send(frame),
      onFrame: (listener: (frame: Uint8Array) => void) => {
        socket.on('message', (data) => listener(data as Buffer));
        return () => undefined;
      },
    };
    socket.send('hello');
    socket.send(Uint8Array.of(0xc1));
    const caller = new Caller<EngineChannel>(wirePort(line, (problem) => reports.push(problem)));
    expect(await caller.call('run:stop', { runId: 'a' })).toEqual({ ok: true, value: {} });
    expect(reports).toEqual(['Expected a binary frame, found text.', expect.stringContaining('found 1 bytes')]);
    socket.close();
  });
});

describe('a download', () => {
  it('is a zip of the exported folder, once', async () => {
    const place = await downloads.place({ kind: 'folder', name: 'article-best' });
    await mkdir(join(place.path, 'encoder'), { recursive: true });
    await writeFile(join(place.path, 'encoder', 'model.json'), '{"format":"layers-model"}');
    const weights = new Uint8Array(300_000).map((_, index) => index % 251);
    await writeFile(join(place.path, 'encoder', 'weights.bin'), weights);
    const answer = await place.finish();
    if (answer.kind !== 'download') throw new Error(`Expected a download, found ${answer.kind}.`);
    expect(answer.name).toBe('article-best.zip');
    expect((await get(server, answer.address)).status).toBe(403);
    const Cookie = await cookieOf(server);
    const reply = await get(server, answer.address, { Cookie });
    expect(reply.headers['content-disposition']).toBe('attachment; filename="article-best.zip"');
    const files = unzipSync(reply.body);
    expect(Object.keys(files)).toEqual(['article-best/encoder/model.json', 'article-best/encoder/weights.bin']);
    expect(strFromU8(files['article-best/encoder/model.json']!)).toBe('{"format":"layers-model"}');
    expect(Buffer.compare(files['article-best/encoder/weights.bin']!, weights)).toBe(0);
    expect((await get(server, answer.address, { Cookie })).status).toBe(404);
    await expect.poll(() => existsSync(dirname(place.path))).toBe(false);
  });
});

describe('a download of one file', () => {
  it.each([
    ['article-report.html', 'text/html; charset=utf-8'],
    ['article.json', 'application/json'],
    ['article.aestudio', 'application/octet-stream'],
  ])('is %s itself, as %s, to be saved and never shown here', async (name, kind) => {
    const place = await downloads.place({ kind: 'file', name });
    const content = new Uint8Array(100_000).map((_, index) => index % 251);
    await writeFile(place.path, content);
    const answer = await place.finish();
    if (answer.kind !== 'download') throw new Error(`Expected a download, found ${answer.kind}.`);
    expect(answer.name).toBe(name);
    const Cookie = await cookieOf(server);
    const reply = await get(server, answer.address, { Cookie });
    expect(reply.headers['content-disposition']).toBe(`attachment; filename="${name}"`);
    expect(reply.headers['content-type']).toBe(kind);
    expect(Buffer.compare(reply.body, content)).toBe(0);
    expect((await get(server, answer.address, { Cookie })).status).toBe(404);
    await expect.poll(() => existsSync(dirname(place.path))).toBe(false);
  });
});

describe('a port that is taken', () => {
  it('is named in the message', async () => {
    const port = Number(new URL(server.address).port);
    const again = StudioServer.listen({
      port,
      pageFolder,
      downloads,
      uploads,
      serveWindow: () => () => undefined,
      report: () => undefined,
    });
    await expect(again).rejects.toMatchObject({
      code: 'refused',
      message: `Port ${port} is taken: name another with --port, or leave it out.`,
    });
  });
});
