import { flushSync, mount, tick, unmount } from 'svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import EditableText from '../../../renderer/widgets/EditableText.svelte';
import Tabs from '../../../renderer/widgets/Tabs.svelte';
import TrashList from '../../../renderer/widgets/TrashList.svelte';
import { held } from '../held-answers.ts';

const mounted: object[] = [];
function shown<Component>(make: (target: HTMLElement) => Component & object): HTMLElement {
  const target = document.body.appendChild(document.createElement('div'));
  mounted.push(make(target));
  flushSync();
  return target;
}
afterEach(async () => {
  for (const each of mounted.splice(0)) await unmount(each);
  document.body.replaceChildren();
});

const button = (within: HTMLElement, name: string) =>
  [...within.querySelectorAll('button')].find(({ textContent }) => textContent.trim() === name);

async function press(within: HTMLElement, name: string): Promise<void> {
  button(within, name)!.click();
  await tick();
  await tick();
}

describe('tabs', () => {
  const tabs = [
    { id: 'a', name: 'A' },
    { id: 'b', name: 'B' },
    { id: 'c', name: 'C' },
  ];
  it.each([
    ['a', 'ArrowRight', 'b'],
    ['c', 'ArrowRight', 'a'],
    ['a', 'ArrowLeft', 'c'],
    ['a', 'ArrowUp', 'c'],
    ['b', 'Home', 'a'],
    ['b', 'End', 'c'],
    ['b', 'x', undefined],
  ])('from %s the key %s leads to %s', (chosen, key, wanted) => {
    const onchoose = vi.fn<(id: string) => void>();
    const target = shown((at) => mount(Tabs, { target: at, props: { label: 'L', tabs, chosen, id: 'p', onchoose } }));
    const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true });
    target.querySelector(`#p-${chosen}`)!.dispatchEvent(event);
    expect(onchoose.mock.calls).toEqual(wanted === undefined ? [] : [[wanted]]);
    if (wanted !== undefined) expect(document.activeElement?.id).toBe(`p-${wanted}`);
    expect([...target.querySelectorAll('[tabindex="0"]')].map(({ id }) => id)).toEqual([`p-${chosen}`]);
  });
});

describe('a text that can be edited', () => {
  const words = { edit: 'Rename', save: 'Save name', leave: 'Cancel' };
  const type = (target: HTMLElement, text: string) => {
    const field = target.querySelector<HTMLInputElement | HTMLTextAreaElement>('input, textarea')!;
    field.value = text;
    field.dispatchEvent(new Event('input', { bubbles: true }));
    flushSync();
    return field;
  };
  const send = async (target: HTMLElement) => {
    target.querySelector('form')!.dispatchEvent(new Event('submit', { cancelable: true, bubbles: true }));
    await tick();
    await tick();
  };
  const name = (onsave: (text: string) => Promise<{ readonly message: string } | undefined>) =>
    shown((target) =>
      mount(EditableText, { target, props: { text: 'Old', label: 'Name', words, maxlength: 120, onsave } }),
    );

  it('saves a name without the spaces around it, and is as before', async () => {
    const onsave = vi.fn(() => Promise.resolve(undefined));
    const target = name(onsave);
    await press(target, 'Rename');
    type(target, '  New ');
    await send(target);
    expect(onsave.mock.calls).toEqual([['New']]);
    expect(target.querySelector('input')).toBeNull();
    expect(document.activeElement).toBe(button(target, 'Rename'));
  });

  it('saves no name that is empty, and asks nothing where it is the same', async () => {
    const onsave = vi.fn(() => Promise.resolve(undefined));
    const target = name(onsave);
    await press(target, 'Rename');
    type(target, ' ');
    expect(button(target, 'Save name')!.disabled).toBe(true);
    await send(target);
    expect(target.querySelector('input')).not.toBeNull();
    type(target, 'Old ');
    await send(target);
    expect(target.querySelector('input')).toBeNull();
    expect(onsave).not.toHaveBeenCalled();
  });

  it('says why it was not saved, beside what was typed', async () => {
    const target = name(() => Promise.resolve({ message: 'The disk is full.' }));
    await press(target, 'Rename');
    type(target, 'New');
    await send(target);
    expect(target.querySelector('[role=alert]')!.textContent).toBe('The disk is full.');
    expect(target.querySelector('input')!.value).toBe('New');
    await press(target, 'Cancel');
    await press(target, 'Rename');
    expect(target.querySelector('input')!.value).toBe('Old');
    expect(target.querySelector('[role=alert]')).toBeNull();
  });

  it('keeps what was typed while an older text was being saved', async () => {
    const saved = held<undefined>();
    const target = name(() => saved.promise);
    await press(target, 'Rename');
    type(target, 'New');
    await send(target);
    type(target, 'Newer');
    saved.give(undefined);
    await tick();
    await tick();
    expect(target.querySelector('input')!.value).toBe('Newer');
  });

  it('shows buttons only once something was typed where the field is always there', async () => {
    const onsave = vi.fn(() => Promise.resolve(undefined));
    const props = {
      text: 'a',
      label: 'Notes',
      words: { save: 'Save', leave: 'Discard' },
      lines: 4,
      maxlength: 9,
      onsave,
    };
    const target = shown((at) => mount(EditableText, { target: at, props }));
    expect(target.querySelectorAll('button')).toHaveLength(0);
    type(target, '');
    await press(target, 'Discard');
    expect(target.querySelector('textarea')!.value).toBe('a');
    type(target, '');
    await send(target);
    expect(onsave.mock.calls).toEqual([['']]);
  });
});

describe('the trash', () => {
  const items = [
    { id: '1', name: 'One' },
    { id: '2', name: 'Two' },
  ];

  it('is emptied only after it was asked for twice', async () => {
    const onempty = vi.fn(() => Promise.resolve());
    const props = { items, warning: 'Both will be gone.', onrestore: () => undefined, onempty };
    const target = shown((at) => mount(TrashList, { target: at, props }));
    expect(target.textContent).not.toContain('Both will be gone.');
    await press(target, 'Empty trash…');
    expect(target.textContent).toContain('Both will be gone.');
    await press(target, 'Keep');
    await press(target, 'Empty trash…');
    expect(onempty).not.toHaveBeenCalled();
    await press(target, 'Delete for good');
    expect(onempty).toHaveBeenCalledOnce();
  });

  it('gives back one or all', async () => {
    const onrestore = vi.fn<(some: readonly object[]) => void>();
    const props = { items, warning: '', onrestore, onempty: () => Promise.resolve() };
    const target = shown((at) => mount(TrashList, { target: at, props }));
    await press(target, 'Restore');
    await press(target, 'Restore all');
    expect(onrestore.mock.calls).toEqual([[[items[0]]], [items]]);
  });
});
