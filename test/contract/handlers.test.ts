import { expect, it } from 'vitest';
import type { Handlers } from '../../electron/contract/contract.ts';
import { handlersOf } from '../../electron/contract/handlers.ts';

type Both = Handlers<'run:pause' | 'run:stop' | 'import:cancel'>;

const runs: Handlers<'run:pause' | 'run:stop'> = { 'run:pause': async () => ({}), 'run:stop': async () => ({}) };
const imports: Handlers<'import:cancel'> = { 'import:cancel': async () => ({}) };

it('every channel is answered, by one service: what lacks one, or has two, does not compile', () => {
  const all: Both = handlersOf(runs, imports);
  expect(all['run:pause']).toBe(runs['run:pause']);
  expect(Object.keys(all)).toEqual(['run:pause', 'run:stop', 'import:cancel']);
  // @ts-expect-error nobody answers import:cancel
  const lacking: Both = handlersOf(runs);
  // @ts-expect-error two would answer import:cancel
  const twice: Both = handlersOf(runs, imports, imports);
  expect([lacking, twice]).toHaveLength(2);
});
