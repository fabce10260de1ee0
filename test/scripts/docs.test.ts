import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/step.ts';

const documents = ['README.md', ...readdirSync(join(projectRoot, 'docs')).map((name) => join('docs', name))].filter(
  (name) => name.endsWith('.md'),
);
const textOf = (name: string) => readFileSync(join(projectRoot, name), 'utf8');

/** As GitHub makes them of headings. */
const anchorsOf = (text: string) =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- ]/gu, '')
      .replaceAll(' ', '-'),
  );

/** Where a path may begin that a document names. */
const roots = ['', 'electron', 'electron/engine', 'electron/model/export', 'test', 'docs', 'scripts', 'resources'];

/** Files that a program writes, on disk or into an export. */
const written = /^(image-sets|model|runs|snapshots|studio|logs)\//;

/** `folder/file.ending` between backticks that is below none of the roots. */
function missingFiles(name: string): readonly string[] {
  const missing: string[] = [];
  for (const line of textOf(name).split('\n')) {
    for (const [, path] of line.matchAll(/`((?:[\w.-]+\/)+[\w.-]+\.(?:svelte\.ts|svelte|ts|py|yml|json|md))`/g)) {
      const found = roots.some((root) => existsSync(join(projectRoot, root, path!)));
      if (!found && !written.test(path!)) missing.push(path!);
    }
  }
  return missing;
}

describe.each(documents)('%s', (name) => {
  it('joins an address to its option: on Windows nothing may follow one that stands by itself', () => {
    expect(textOf(name)).not.toMatch(/--[a-z-]+ https?:/);
  });

  it('links to what is there', () => {
    const broken: string[] = [];
    for (const [, target] of textOf(name).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target!)) continue;
      const [path, anchor] = target!.split('#') as [string, string | undefined];
      const file = path === '' ? name : join(dirname(name), path);
      const there = existsSync(join(projectRoot, file));
      if (!there || (anchor !== undefined && !anchorsOf(textOf(file)).includes(anchor))) broken.push(target!);
    }
    expect(broken).toEqual([]);
  });

  it('names files that are there', () => {
    expect(missingFiles(name)).toEqual([]);
  });
});

it('the README is short, and architecture two pages', () => {
  const lines = (name: string) => textOf(name).trimEnd().split('\n').length;
  expect(lines('README.md')).toBeLessThan(120);
  expect(lines('docs/architecture.md')).toBeLessThanOrEqual(130);
});

it('contributing’s examples name the files to be changed', () => {
  const sections = textOf('docs/contributing.md')
    .split(/^## /m)
    .filter((section) => section.startsWith('Add '));
  expect(sections.map((section) => section.split('\n')[0])).toEqual([
    'Add a layer, as pooling is',
    'Add an optimizer, as momentum is',
    'Add a preset, as the variational one is',
    'Add an export format, as PyTorch is',
    'Add a call, as `run:delete` is',
    'Add a place to the window, as Latent is',
  ]);
  for (const section of sections)
    expect(section.match(/`(electron|renderer|test)\/[\w./-]+`/g)!.length).toBeGreaterThan(2);
});
