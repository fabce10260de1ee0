import { expect, it } from 'vitest';
import type { Settings } from '../../../electron/contract/settings.ts';
import { Preferences } from '../../../renderer/window/preferences.svelte.ts';
import { Remembered } from '../../../renderer/window/remembered.ts';
import { FakeHost } from '../fake-host.ts';
import { withChanges } from '../samples.ts';
import { allArrived } from '../held-answers.ts';

const remembered = () => new Remembered({ getItem: () => null, setItem: () => undefined });

it('two settings changed quickly are both kept, and what another window has changed meanwhile', async () => {
  const host = new FakeHost();
  let kept: Settings = { zoom: 150 };
  host.answers['settings:change'] = async ({ changes }) => {
    await allArrived();
    kept = withChanges(kept, changes);
    return { settings: kept, cores: 4 };
  };
  const preferences = new Preferences(host.api, remembered());
  await Promise.all([preferences.change({ theme: 'dark' }), preferences.change({ errorUnit: 'squared-error' })]);
  expect(kept).toEqual({ theme: 'dark', errorUnit: 'squared-error', zoom: 150 });
});

it('settings read before they were changed do not come back', async () => {
  const host = new FakeHost();
  const asked = host.hold('settings:read');
  const preferences = new Preferences(host.api, remembered());
  void preferences.read();
  await allArrived();
  host.tell('settings:changed', { settings: { theme: 'dark' }, cores: 4 });
  asked[0]!.give({ settings: {}, cores: 4 });
  await allArrived();
  expect(preferences.theme).toBe('dark');
});
