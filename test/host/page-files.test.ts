import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pageFile, pageHeaders } from '../../electron/host/page-files.ts';
import { below, randomFrom } from '../random.ts';

const root = mkdtempSync(join(tmpdir(), 'page-files-'));
const folder = join(root, 'page');

beforeAll(() => {
  mkdirSync(join(folder, 'assets'), { recursive: true });
  mkdirSync(join(root, 'page-beside'));
  writeFileSync(join(folder, 'index.html'), 'the page');
  writeFileSync(join(folder, 'assets', 'a b.js'), 'run()');
  writeFileSync(join(folder, 'engine.node'), 'native');
  for (const place of [join(root, 'secret.json'), join(root, 'page-beside', 'secret.json')]) writeFileSync(place, '{}');
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const dots = [
  '..',
  '%2e%2e',
  '.%2e',
  '%2E.',
  '%252e%252e',
  '%c0%ae%c0%ae',
  '%e0%80%ae.',
  '．．',
  '..;',
  '. .',
  '..%00',
];
const slashes = ['/', '//', '%2f', '%2F', '%252f', '\\', '%5c', '%255c', '%c0%af', '／', '/./'];
const starts = ['/', '', '/assets/', '/assets', '//', '/./', 'C:/', '/C:', 'file:///', '/index.html/'];
const ends = ['secret.json', 'page-beside/secret.json', 'secret.json%00.js', 'secret.json?x=.js', 'secret.json#.js'];

describe('the file of a request’s path', () => {
  it.each([
    ['/', 'index.html', 'text/html; charset=utf-8'],
    ['/index.html', 'index.html', 'text/html; charset=utf-8'],
    ['/assets/a%20b.js', join('assets', 'a b.js'), 'text/javascript; charset=utf-8'],
    ['/assets/../index.html', 'index.html', 'text/html; charset=utf-8'],
  ])('of %s is %s', (path, file, contentType) => {
    expect(pageFile(folder, path)).toEqual({ path: join(folder, file), contentType });
  });

  it.each(['/engine.node', '/assets', '/%', '/%ff', '/a\0.js', '/..'])('of %j is none', (path) => {
    expect(pageFile(folder, path)).toBeUndefined();
  });

  it('is below its folder for 20,000 paths that lead out of it in every way of writing that', () => {
    const random = randomFrom(9);
    const pick = (from: readonly string[]) => from[below(random, from.length)]!;
    for (let tried = 0; tried < 20_000; tried++) {
      const climb = Array.from({ length: 1 + below(random, 6) }, () => pick(dots) + pick(slashes)).join('');
      const path = pick(starts) + climb + pick(ends);
      const file = pageFile(folder, path);
      if (file === undefined) continue;
      // No assertion for each: they are many.
      if (!file.path.startsWith(folder + sep) || existsSync(file.path)) expect.fail(`${path} leads to ${file.path}`);
    }
  });
});

describe('the page’s Content-Security-Policy', () => {
  const policy = new Map(
    pageHeaders['Content-Security-Policy']!.split('; ').map((line) => {
      const [directive, ...sources] = line.split(' ');
      return [directive!, sources] as const;
    }),
  );

  it('allows nothing by default, and nothing unsafe', () => {
    expect(policy.get('default-src')).toEqual(["'none'"]);
    const all = [...policy.values()].flat();
    expect(all.filter((source) => source.startsWith("'unsafe-"))).toEqual([]);
    expect(all.filter((source) => /[*]|https?:|wss?:/.test(source))).toEqual([]);
  });

  it.each(['script-src', 'style-src', 'font-src', 'connect-src'])('takes %s from the app alone', (directive) => {
    expect(policy.get(directive)).toEqual(["'self'"]);
  });

  it.each(['base-uri', 'form-action', 'frame-ancestors'])('refuses %s', (directive) => {
    expect(policy.get(directive)).toEqual(["'none'"]);
  });
});
