import { expect, it, vi } from 'vitest';
import { StudioError } from '../../../../electron/domain/errors.ts';
import type { ImageSetSummary } from '../../../../electron/domain/words.ts';
import { SetEditing } from '../../../../renderer/places/data/set-editing.svelte.ts';
import { FakeHost } from '../../fake-host.ts';
import { allArrived } from '../../held-answers.ts';
import { mnist } from '../../samples.ts';

const set = (id: string): ImageSetSummary => ({ ...mnist, id, name: `Set ${id}` });

/** Editing of the set on view, which a test changes. */
function opened() {
  const host = new FakeHost();
  const around = { shown: set('a'), choose: vi.fn() };
  return { host, around, editing: new SetEditing(host.api, around) };
}

it('a set that was changed is followed by its next version, unless another is looked at by then', async () => {
  const { host, around, editing } = opened();
  const changes = host.hold('image-set:change');
  const first = editing.change({ kind: 'turn', turn: 'right' });
  await allArrived();
  changes[0]!.give(set('a-2'));
  expect(await first).toBe(true);
  expect(around.choose.mock.calls).toEqual([['a-2']]);
  const second = editing.change({ kind: 'turn', turn: 'right' });
  await allArrived();
  around.shown = set('b');
  changes[1]!.give(set('a-3'));
  expect(await second).toBe(true);
  expect(around.choose).toHaveBeenCalledTimes(1);
});

it('a change that failed is said over another set by the name of its own', async () => {
  const { host, around, editing } = opened();
  const changes = host.hold('image-set:change');
  const change = editing.change({ kind: 'turn', turn: 'right' });
  await allArrived();
  around.shown = set('b');
  changes[0]!.refuse(new StudioError('disk-full', 'The disk is full.'));
  expect(await change).toBe(false);
  expect(editing.problem).toMatchObject({ code: 'disk-full', message: 'Set a: The disk is full.' });
});
