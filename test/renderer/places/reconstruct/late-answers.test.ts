import { expect, it } from 'vitest';
import { Reconstruct } from '../../../../renderer/places/reconstruct/reconstruct.svelte.ts';
import { FakeHost } from '../../fake-host.ts';
import { allArrived } from '../../held-answers.ts';
import { mnist, record, usualUnit } from '../../samples.ts';

const training = { ...mnist, id: 'own', testCount: 0 };

function place(runs: { id: string; imageSet: string }[]) {
  const host = new FakeHost();
  const summaries = runs.map(({ id, imageSet }) => ({
    ...record(id, 'finished').summary,
    imageSet,
    epochsDone: 1,
  }));
  host.answers['run:open'] = ({ runId }) => record(runId, 'finished');
  const around = {
    api: host.api,
    runs: summaries,
    chosenId: undefined,
    imageSets: [mnist, training],
    preferences: usualUnit,
  };
  return { host, around, reconstruct: new Reconstruct(around) };
}

it('a model’s map is of its own set’s split, whichever model is looked at when it comes', async () => {
  const { host, reconstruct } = place([
    { id: 'a', imageSet: 'own' },
    { id: 'b', imageSet: 'mnist' },
  ]);
  const opened = host.hold('model:open');
  const maps = host.hold('model:points');
  void reconstruct.choose('a');
  void reconstruct.choose('b');
  await allArrived();
  for (const { request, give } of opened) {
    give({
      imageSet: request.model.runId === 'a' ? 'own' : 'mnist',
      hasImageSet: true,
      hasPrior: false,
      errors: new Float32Array(),
    } as never);
  }
  await allArrived();
  expect(maps.map(({ request }) => [request.model.runId, request.split]).sort()).toEqual([
    ['a', 'training'],
    ['b', 'test'],
  ]);
});

it.each(['paused', 'imported', 'interrupted'] as const)('a model whose run is %s takes pictures', async (status) => {
  const { around } = place([{ id: 'a', imageSet: 'mnist' }]);
  const runs = around.runs.map((run) => ({ ...run, status, epochsDone: status === 'imported' ? 0 : 1 }));
  expect(new Reconstruct({ ...around, runs }).models).toHaveLength(1);
});
