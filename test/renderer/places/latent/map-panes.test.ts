import { flushSync, mount, unmount } from 'svelte';
import { expect, it } from 'vitest';
import type { ModelProgress } from '../../../../electron/contract/models.ts';
import { StudioError } from '../../../../electron/domain/errors.ts';
import MapPanes from '../../../../renderer/places/latent/map/MapPanes.svelte';
import type { Latent } from '../../../../renderer/places/latent/latent.svelte.ts';
import { codeMap, finished, latentOn, model } from './latent-host.ts';

/** What stands in the place of the maps, and below them. */
function words(latent: Latent): string {
  const target = document.createElement('div');
  const panes = mount(MapPanes, { target, props: { latent } });
  flushSync();
  const text = target.textContent;
  void unmount(panes);
  return text;
}

it('the maps say how much is done of what they wait for, each of its own model', async () => {
  const { host, latent } = latentOn();
  const answers = {
    points: host.hold('model:points'),
    measures: host.hold('model:measures'),
    merit: host.hold('model:merit'),
  };
  const planes = host.hold('image-set:plane');
  latent.asTables = true;
  const tell = (kind: ModelProgress['kind'], fraction: number, runId = 'run-a') =>
    host.tell('model:progressed', { model: { ...model, runId }, kind, fraction });
  const chosen = latent.choose('run-a', 'best');
  await expect.poll(() => answers.points.length).toBe(1);
  tell('points', 0.256);
  expect(words(latent)).toMatch(/Encoding the images… 25 %/);
  expect(words(latent)).toMatch(/measuring errors…(?! \d)/);
  answers.points[0]!.give(codeMap);
  await expect.poll(() => answers.measures.length).toBe(1);
  tell('measures', 0.4);
  tell('measures', 0.9, 'run-b');
  expect(words(latent)).toMatch(/measuring errors…(?! \d)/);
  tell('measures', 0.5);
  expect(words(latent)).toContain('measuring errors… 50 %');
  answers.measures[0]!.give(codeMap);
  await expect.poll(() => answers.merit.length).toBe(1);
  expect(words(latent)).toMatch(/measuring neighbours…(?! \d)/);
  tell('merit', 0.999);
  expect(words(latent)).toContain('measuring neighbours… 99 %');
  const { validationCount } = finished.experiment.training;
  host.tell('image-set:plane-progressed', { imageSet: 'mnist', validationCount: validationCount + 1, fraction: 0.1 });
  expect(words(latent)).toMatch(/Computing the principal components…(?! \d)/);
  host.tell('image-set:plane-progressed', { imageSet: 'mnist', validationCount, fraction: 0.3 });
  expect(words(latent)).toContain('Computing the principal components… 30 %');
  planes[0]!.give({ x: new Float32Array(6), y: new Float32Array(6) });
  answers.merit[0]!.give({ model: { trustworthiness: 1 }, pca: { trustworthiness: 0.5 }, sampled: 6 });
  await chosen;
  expect(words(latent)).not.toMatch(/Computing|Encoding|measuring/);
});

it('the maps say what they wait for, until it is known that they do not come', async () => {
  const { host, latent } = latentOn();
  const opening = host.hold('model:open');
  const chosen = latent.choose('run-a', 'best');
  expect(words(latent)).toMatch(/Computing the principal components….*Opening the model…/s);
  expect(words(latent)).toContain('measuring errors…');
  opening[0]!.refuse(new StudioError('bad-file', 'weights.bin: expected 8 bytes, found 7.'));
  await chosen;
  expect(words(latent)).not.toMatch(/Computing|Opening|measuring/);
});
