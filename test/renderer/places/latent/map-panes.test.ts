import { flushSync, mount, unmount } from 'svelte';
import { expect, it } from 'vitest';
import { StudioError } from '../../../../electron/domain/errors.ts';
import MapPanes from '../../../../renderer/places/latent/map/MapPanes.svelte';
import type { Latent } from '../../../../renderer/places/latent/latent.svelte.ts';
import { latentOn } from './latent-host.ts';

/** What stands in the place of the maps, and below them. */
function words(latent: Latent): string {
  const target = document.createElement('div');
  const panes = mount(MapPanes, { target, props: { latent } });
  flushSync();
  const text = target.textContent;
  void unmount(panes);
  return text;
}

it('the maps say what they wait for, until it is known that they do not come', async () => {
  const { host, latent } = latentOn();
  const opening = host.hold('model:open');
  const chosen = latent.choose('run-a', 'best');
  expect(words(latent)).toMatch(/Computing the principal components….*Opening the model…/s);
  expect(words(latent)).toContain('measuring…');
  opening[0]!.refuse(new StudioError('bad-file', 'weights.bin: expected 8 bytes, found 7.'));
  await chosen;
  expect(words(latent)).not.toMatch(/Computing|Opening|measuring/);
});
