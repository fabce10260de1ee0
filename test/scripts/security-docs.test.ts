import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectRoot } from '../../scripts/step.ts';

/** `folder/file` or `folder/file › name`, and `› name` of the file before. */
const cited = /`(?:((?:[\w-]+\/)+[\w-]+)|›)(?: (?:› )?([^`]+))?`/g;

/** A test's source, by its path below test/ without an ending. */
function sourceOf(path: string): string | undefined {
  const files = ['.test.ts', '.spec.ts'].map((ending) => join(projectRoot, 'test', path + ending));
  const found = files.find((file) => existsSync(file));
  return found === undefined ? undefined : readFileSync(found, 'utf8');
}

it('docs/security.md names tests that are there', () => {
  const text = readFileSync(join(projectRoot, 'docs', 'security.md'), 'utf8');
  let path = '';
  let count = 0;
  const missing: string[] = [];
  for (const [whole, named, name = ''] of text.matchAll(cited)) {
    path = named ?? path;
    const source = sourceOf(path);
    const parts = name.split('…').map((part) => part.trim());
    if (source === undefined || !parts.every((part) => source.includes(part))) missing.push(`${path}: ${whole}`);
    count += 1;
  }
  expect(missing).toEqual([]);
  expect(count).toBeGreaterThan(30);
});
