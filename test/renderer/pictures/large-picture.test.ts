import { flushSync, mount, unmount } from 'svelte';
import { expect, it, vi } from 'vitest';
import LargePicture from '../../../renderer/pictures/LargePicture.svelte';
import { toRgba } from '../../../renderer/maths/rgba.ts';

const picture = (value: number) => toRgba({ count: 1, height: 1, width: 1, channels: 1, pixels: Uint8Array.of(value) });

it('lays as much of the reconstruction over the image as the slider says', () => {
  // Not known to the document that is made up here.
  vi.spyOn(HTMLDialogElement.prototype, 'showModal').mockImplementation(() => undefined);
  const target = document.body.appendChild(document.createElement('div'));
  const props = { title: 'cat.png', before: picture(0), after: picture(255), onclose: () => undefined };
  const large = mount(LargePicture, { target, props });
  flushSync();
  const slider = target.querySelector<HTMLInputElement>('[aria-label="Before / after"]')!;
  const shownUpTo = () => target.querySelector<HTMLElement>('.pictures')!.style.getPropertyValue('--share');
  expect(shownUpTo()).toBe('50%');
  slider.value = '80';
  slider.dispatchEvent(new Event('input', { bubbles: true }));
  flushSync();
  expect(shownUpTo()).toBe('20%');
  void unmount(large);
});
