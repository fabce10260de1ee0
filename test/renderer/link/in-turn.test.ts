import { expect, it } from 'vitest';
import { InTurn } from '../../../renderer/link/in-turn.svelte.ts';
import { allArrived, held } from '../held-answers.ts';

it('changes go one after another, whatever becomes of the one before, and are busy till the last has ended', async () => {
  const turns = new InTurn();
  expect(turns.busy).toBe(false);
  const [first, second] = [held<string>(), held<string>()];
  const began: string[] = [];
  const change = (name: string, answer: Promise<string>) => () => (began.push(name), answer);
  const failing = turns.ask(change('first', first.promise));
  const done = turns.ask(change('second', second.promise));
  await allArrived();
  expect([began, turns.busy]).toEqual([['first'], true]);
  first.refuse(new Error('broken'));
  await expect(failing).rejects.toThrow('broken');
  await allArrived();
  expect([began, turns.busy]).toEqual([['first', 'second'], true]);
  second.give('there');
  expect(await done).toBe('there');
  expect(turns.busy).toBe(false);
});
