import { expect, it, onTestFinished, vi } from 'vitest';
import { Studio } from '../../../../renderer/app/studio.svelte.ts';
import { FakeHost } from '../../fake-host.ts';
import { allArrived } from '../../held-answers.ts';
import { handed, importOptions, plan, previewOf, report } from './import-samples.ts';

it.each([
  ['finishes', { kind: 'imported', report }],
  ['fails', { kind: 'failed', error: { code: 'disk-full', message: 'The disk is full.' } }],
] as const)('an import that %s after Escape was pressed leaves the view where it is', async (_how, end) => {
  vi.stubGlobal('requestAnimationFrame', (callback: () => void) => void callback());
  onTestFinished(() => void vi.unstubAllGlobals());
  const host = new FakeHost();
  Object.assign(host.answers, {
    'import:plan': () => plan,
    'import:preview': () => previewOf(importOptions),
    'import:start': () => ({ importId: 'import-1' }),
    'files:release': () => ({}),
  });
  const studio = new Studio(host, { getItem: () => null, setItem: () => undefined });
  await studio.load();
  await studio.importing.begin(handed('cats/1.png', 'dogs/1.png'));
  await studio.importing.start();
  studio.importing.dismiss();
  studio.place = 'train';
  host.tell('image-sets:changed', {});
  host.tell('import:ended', { importId: 'import-1', ...end });
  await allArrived();
  expect([studio.place, studio.importing.open]).toEqual(['train', false]);
  // It is told beside, and shown when it is asked for.
  expect(studio.importing.phase.kind).toBe(end.kind === 'imported' ? 'imported' : 'choosing');
});
