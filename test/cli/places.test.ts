import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { placesSeenFrom } from '../../electron/cli/places.ts';

it('what the command line needs of the other parts is where it looks for it, seen from the sources', () => {
  const entry = join(import.meta.dirname, '..', '..', 'electron', 'cli', 'index.ts');
  const { pageFolder, ...inSources } = placesSeenFrom(entry);
  expect(Object.values(inSources).filter((path) => !existsSync(path))).toEqual([]);
  // There once the app is built.
  expect(pageFolder).toMatch(/out.renderer$/);
});
