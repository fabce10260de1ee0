import { flushSync, mount, unmount } from 'svelte';
import { expect, it } from 'vitest';
import type { ImportPlan } from '../../../../electron/contract/import-plan.ts';
import ImportChoices from '../../../../renderer/places/data/ImportChoices.svelte';
import { Importing } from '../../../../renderer/places/data/importing.svelte.ts';
import { FakeHost } from '../../fake-host.ts';
import { handed, importOptions, plan, previewOf } from './import-samples.ts';

/** What stands before an import of these files. */
async function words(given: ImportPlan): Promise<{ readonly text: string; readonly canImport: boolean }> {
  const host = new FakeHost();
  host.answers['import:plan'] = () => given;
  host.answers['import:preview'] = ({ options }) => previewOf(options);
  const importing = new Importing(host.api);
  await importing.begin(handed('cats/1.png', 'dogs/1.png'));
  const target = document.createElement('div');
  const { form } = importing.choice;
  const sheet = mount(ImportChoices, { target, props: { importing, form: form!, plan: given, cancelled: false } });
  flushSync();
  const text = target.textContent.replace(/\s+/g, ' ');
  const button = [...target.querySelectorAll('button')].find(({ textContent }) => textContent?.trim() === 'Import');
  void unmount(sheet);
  return { text, canImport: button?.disabled === false };
}

it('a set is counted without the duplicates that it will not have', async () => {
  const three = await words({ ...plan, count: 5, duplicates: 2 });
  expect(three.text).toContain('5 found');
  expect(three.text).toContain('2 are the same as others: 3 remain');
  expect(three.text).toContain('3 × 32 × 32 × 3 =');
  expect((await words({ ...plan, count: 5, duplicates: 1 })).text).toContain('1 is the same as another: 4 remain');
  const kept = await words({ ...plan, duplicates: 2, options: { ...importOptions, duplicates: 'keep' } });
  expect(kept.text).toContain('5 × 32 × 32 × 3 =');
  expect(kept.text).not.toContain('remain');
});

it('of nothing but one picture again and again no set is made', async () => {
  const one = await words({ ...plan, count: 5, duplicates: 4 });
  expect(one.text).toContain('An image set needs at least two pictures');
  expect(one.canImport).toBe(false);
  expect((await words({ ...plan, count: 5, duplicates: 3 })).canImport).toBe(true);
});
