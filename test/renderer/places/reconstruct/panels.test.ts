import { flushSync, mount, unmount, type Component } from 'svelte';
import { expect, it } from 'vitest';
import DrawView from '../../../../renderer/places/reconstruct/DrawView.svelte';
import PreparePanel from '../../../../renderer/places/reconstruct/PreparePanel.svelte';
import { formatMoment } from '../../../../renderer/widgets/format-time.ts';
import { mnist, usualUnit } from '../../samples.ts';
import { finished, hostOf, placeOf } from './reconstruct-host.ts';

/** What a view says. */
function words(view: Component<never>, props: object): string {
  const target = document.createElement('div');
  const shown = mount(view, { target, props: props as never });
  flushSync();
  const text = target.textContent.replace(/\s+/g, ' ');
  void unmount(shown);
  return text;
}

it('of a drawing it says that the model is looking at it, until what the model makes of it is there', () => {
  const reconstruct = placeOf(hostOf());
  const invites = 'Draw with the pointer or the keyboard: what the model makes of it follows here.';
  expect(words(DrawView as never, { reconstruct })).toContain(invites);
  Object.defineProperty(reconstruct.drawing, 'behind', { value: true });
  const said = words(DrawView as never, { reconstruct });
  expect(said).toContain('The model is looking at it…');
  expect(said).not.toContain(invites);
});

it.each([
  ['its moment', {}, formatMoment(finished('a').startedAt)],
  ['that it came with the app', { sample: true as const }, 'before: a sample'],
  ['that it came from elsewhere', { status: 'imported' as const }, 'elsewhere'],
])('of the model’s training it says %s', async (_what, more, said) => {
  const reconstruct = placeOf(hostOf(), [{ ...finished('a'), ...more }]);
  await reconstruct.enter();
  const context = { imageSets: [mnist], preferences: usualUnit };
  expect(words(PreparePanel as never, { context, reconstruct })).toContain(`Trained ${said}`);
});
