import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import WebSocket from 'ws';
import { Downloads } from '../../electron/cli/serve/downloads.ts';
import { StudioServer } from '../../electron/cli/serve/server.ts';
import { Uploads } from '../../electron/cli/serve/uploads.ts';
import { StudioError, unwrap } from '../../electron/domain/errors.ts';
import { AppSettings } from '../../electron/host/app-settings.ts';
import { EngineProcess } from '../../electron/host/engine-process.ts';
import { Studio } from '../../electron/host/studio.ts';
import { SocketApi, type Socket } from '../../renderer/link/socket-api.ts';
import type { Post } from '../../renderer/link/upload.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { FakeEngine } from '../host/fake-engine.ts';
import { clusterParts } from '../host/cluster-parts.ts';

let data: TemporaryFolder;
let server: StudioServer;
let studio: Studio;
/** What the engine was told of where files lie. */
let told: (readonly string[])[];

beforeEach(async () => {
  data = new TemporaryFolder();
  told = [];
  const report = (): void => undefined;
  const fake = new FakeEngine({
    'engine:stage': ({ paths }) => {
      told.push(paths);
      return Promise.resolve({});
    },
    'import:plan': () => Promise.reject(new StudioError('bad-file', 'planned')),
  });
  const engine = new EngineProcess(() => fake.child, report);
  const settings = await AppSettings.open({ dataFolder: data.path, report });
  const about = { host: 'browser', version: '1', dataFolder: data.path, ...clusterParts(data.path) } as const;
  const chooseExportPlace = () => Promise.resolve(undefined);
  studio = new Studio({ ...about, engine, settings, chooseExportPlace, report });
  const uploads = new Uploads(studio.staging, report);
  server = await StudioServer.listen({
    port: 0,
    pageFolder: data.path,
    downloads: new Downloads(),
    uploads,
    serveWindow: (port) => studio.serveWindow(port),
    report,
  });
});

afterEach(async () => {
  await server.close();
  await studio.close();
  data[Symbol.dispose]();
});

/** The page's own way to the server, in a browser that was let in. */
async function enter() {
  const { origin } = new URL(server.address);
  const entered = await fetch(server.address, { redirect: 'manual' });
  const headers = { Cookie: entered.headers.get('set-cookie')!.split(';')[0]!, Origin: origin };
  let posts = 0;
  const post: Post = async (address, body) => {
    posts += 1;
    const reply = await fetch(origin + address, { method: 'POST', body: await body.arrayBuffer(), headers });
    return { status: reply.status, text: await reply.text() };
  };
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/socket`, { headers });
  const opened = [socket];
  // Once it is lost, it does not come back.
  const api = new SocketApi(() => (opened.pop() ?? new EventTarget()) as unknown as Socket, post);
  return { api, posted: () => posts, leave: () => socket.terminate() };
}

const handed = (path: string, content: string) => ({ path, file: new File([content], path) });

it('a browser’s window stages files by uploading them; the engine reads them where they were put', async () => {
  const { api } = await enter();
  const files = [handed('pets/cats/1.png', 'one'), handed('pets/cats/2.png', 'two!')];
  const staged = unwrap(await api.stage(files));
  expect(staged).toMatchObject({ files: 2, bytes: 7 });
  expect(await api.call('import:plan', { staged: staged.staged })).toMatchObject({ error: { message: 'planned' } });
  expect(told).toHaveLength(1);
  const [pets] = told[0]!;
  expect(readFileSync(join(pets!, 'cats', '2.png'), 'utf8')).toBe('two!');
  unwrap(await api.call('files:release', { staged: staged.staged }));
  expect(existsSync(pets!)).toBe(false);
  expect(await api.call('import:plan', { staged: staged.staged })).toMatchObject({ error: { code: 'not-found' } });
});

it('what a window has uploaded goes when it leaves', async () => {
  const { api, leave } = await enter();
  const { staged } = unwrap(await api.stage([handed('1.png', 'one')]));
  const [path] = studio.staging.paths(staged);
  expect(existsSync(path!)).toBe(true);
  leave();
  await expect.poll(() => existsSync(path!)).toBe(false);
});

it('an upload that is refused tells why, and leaves nothing', async () => {
  const { api } = await enter();
  const result = await api.stage([handed('1.png', 'one'), handed('../../evil.png', 'x')]);
  const message = '"../../evil.png": expected a path such as "cats/1.png", found "..".';
  expect(result).toEqual({ ok: false, error: { code: 'bad-request', message } });
  expect(existsSync(join(data.path, 'evil.png'))).toBe(false);
});

it('thousands of small files take a few requests', async () => {
  const { api, posted } = await enter();
  const files = Array.from({ length: 3_000 }, (_, index) => handed(`pets/${index % 10}/${index}.png`, `${index}`));
  const { staged } = unwrap(await api.stage(files));
  expect(posted()).toBe(3);
  const [pets] = studio.staging.paths(staged);
  expect(readFileSync(join(pets!, '9', '2999.png'), 'utf8')).toBe('2999');
  expect(studio.staging.written(staged).files).toBe(3_000);
});
