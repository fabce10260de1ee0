import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

/** Names of what people or files say, of which two may be equal; and keys put together of them. */
const words = /^(?:sentence|problem|note|name|tag|word|source|message|reason|says|title|text|file)$|[+`]/;

it('the same sentence may come twice: no list is keyed by words', () => {
  const keyed = globSync('renderer/**/*.svelte').flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\{#each ([^\n]*?) \(([^()]*)\)\}/g)].map(([, list, key = '']) => ({
      file,
      list,
      key: key.trim(),
    })),
  );
  expect(keyed.length).toBeGreaterThan(50);
  expect(keyed.filter(({ key }) => words.test(key))).toEqual([]);
});
