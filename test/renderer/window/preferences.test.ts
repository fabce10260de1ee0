import { expect, it } from 'vitest';
import type { Settings } from '../../../electron/contract/settings.ts';
import { Preferences } from '../../../renderer/window/preferences.svelte.ts';
import { Remembered } from '../../../renderer/window/remembered.ts';
import { FakeHost } from '../fake-host.ts';
import { allArrived } from '../held-answers.ts';

const remembered = () => new Remembered({ getItem: () => null, setItem: () => undefined });

it('two settings changed quickly are both kept', async () => {
  const host = new FakeHost();
  let kept: Settings = {};
  host.answers['settings:write'] = async ({ settings }) => {
    await allArrived();
    kept = settings;
    return { settings, cores: 4 };
  };
  const preferences = new Preferences(host.api, remembered());
  await Promise.all([preferences.change({ theme: 'dark' }), preferences.change({ errorUnit: 'squared-error' })]);
  expect(kept).toEqual({ theme: 'dark', errorUnit: 'squared-error' });
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
