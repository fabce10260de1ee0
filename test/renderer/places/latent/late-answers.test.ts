import { describe, expect, it } from 'vitest';
import { Generator } from '../../../../renderer/places/latent/decoder/generate.svelte.ts';
import { DecoderModel } from '../../../../renderer/places/latent/decoder/decoder-model.ts';
import { TrainingCodes } from '../../../../renderer/places/latent/decoder/training.svelte.ts';
import { Latent } from '../../../../renderer/places/latent/latent.svelte.ts';
import { paperFigureOf } from '../../../../renderer/places/latent/latent-figures.ts';
import { Selected } from '../../../../renderer/places/latent/map/selected.svelte.ts';
import { Umap } from '../../../../renderer/places/latent/map/umap.svelte.ts';
import type { UmapNews } from '../../../../renderer/places/latent/map/umap-job.ts';
import { gathered } from '../../../../renderer/maths/align.ts';
import { allArrived } from '../../held-answers.ts';
import { codeMap, details, epochOf, finished, latentOn, model, pictures, subset } from './latent-host.ts';

const codes = { codes: Float32Array.of(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5), size: 2 };
const goal = { points: codeMap.points, count: 6 };

async function opened() {
  const parts = latentOn();
  await parts.latent.choose('run-a', 'best');
  return parts;
}

describe('a paused run and an imported model', () => {
  it.each([
    ['paused', 2],
    ['imported', 0],
    ['interrupted', 1],
  ] as const)('is explored: %s', (status, epochsDone) => {
    const { host, context } = latentOn();
    const runs = [{ ...finished.summary, status, epochsDone }];
    expect(new Latent(host.api, { ...context, runs }).runs).toHaveLength(1);
  });

  it('is not there of a run whose first cost was no number; one that diverged later has the model of before', () => {
    const { host, context } = latentOn();
    const diverged = { ...finished.summary, status: 'failed' } as const;
    const runs = [
      { ...diverged, id: 'at-once', epochsDone: 1, curve: [Number.NaN] },
      { ...diverged, id: 'later', epochsDone: 2, curve: [20, Number.NaN] },
    ];
    expect(new Latent(host.api, { ...context, runs }).runs.map(({ id }) => id)).toEqual(['later']);
  });

  it('is not there of a run stopped in its first epoch, unless its start was measured', () => {
    const { host, context } = latentOn();
    const stopped = { ...finished.summary, status: 'stopped', epochsDone: 0 } as const;
    const runs = [
      { ...stopped, id: 'drawn', curve: [] },
      { ...stopped, id: 'from-pca', curve: [20] },
    ];
    expect(new Latent(host.api, { ...context, runs }).runs.map(({ id }) => id)).toEqual(['from-pca']);
  });
});

describe('colours', () => {
  it('stay those of the error that was chosen after a code unit', async () => {
    const { host, latent } = await opened();
    const asked = host.hold('model:codes');
    const unit = latent.colouring.choose('unit:0');
    await allArrived();
    await latent.colouring.choose('error');
    asked[0]!.give(codes);
    await unit;
    await allArrived();
    expect(latent.colouring.by).toBe('error');
  });

  it('of a table wait for the map: one that comes before says so, and can be taken again', async () => {
    const { host, latent } = latentOn();
    const mapped = host.hold('model:points');
    const choosing = latent.choose('run-a', 'best');
    await allArrived();
    const table = { name: 'own.csv', arrayBuffer: () => new Blob(['name,kind\nimage 3.png,odd']).arrayBuffer() };
    await latent.colouring.addTable(table);
    expect(latent.colouring.problem?.message).toBe(
      'own.csv: the map that it is to colour is still being made. Take the table again when its points are there.',
    );
    expect([latent.colouring.by, latent.colouring.table]).toEqual(['label', undefined]);
    mapped[0]!.give(codeMap);
    await choosing;
    await latent.colouring.addTable(table);
    expect([latent.colouring.by, latent.colouring.problem]).toEqual(['column:0', undefined]);
  });

  it('are the labels again after a change of model, whatever was on its way', async () => {
    const { host, latent } = await opened();
    const asked = host.hold('model:codes');
    void latent.colouring.choose('unit:0');
    await allArrived();
    await latent.choose('run-b', 'best');
    asked[0]!.give(codes);
    await allArrived();
    expect([latent.colouring.by, latent.colouring.column.kind]).toEqual(['label', 'classes']);
  });
});

describe('opening', () => {
  it('says why a run could not be read', async () => {
    const { host, latent } = latentOn();
    delete host.answers['run:open'];
    await latent.choose('run-a', 'best');
    expect(latent.problem?.message).toBe('No answer for run:open.');
    host.answers['run:open'] = () => finished;
    await latent.choose('run-a', 'best');
    expect(latent.problem).toBeUndefined();
  });

  it('encodes no more once a model without images is chosen', async () => {
    const { host, latent } = latentOn();
    const asked = host.hold('model:measures');
    void latent.choose('run-a', 'best');
    await allArrived();
    expect(latent.explorer.loading).toBe(true);
    asked[0]!.give(codeMap);
    await allArrived();
    expect(latent.explorer.loading).toBe(false);
    void latent.choose('run-a', 'best');
    await allArrived();
    host.answers['model:open'] = () => ({ ...details, hasImageSet: false });
    await latent.choose('run-b', 'best');
    expect(latent.explorer.loading).toBe(false);
    asked[1]!.give(codeMap);
    await allArrived();
    expect(latent.explorer.map).toBeUndefined();
  });
});

describe('the figures of merit', () => {
  it('are asked for again when a run that was stopped, trained on and stopped again is come back to', async () => {
    const { host, latent } = latentOn();
    const stopped = { ...finished, summary: { ...finished.summary, status: 'stopped' as const } };
    host.answers['run:open'] = () => stopped;
    await latent.choose('run-a', 'best');
    const merit = { model: { trustworthiness: 0.75 }, pca: { trustworthiness: 0.5 }, sampled: 6 };
    host.answers['model:merit'] = () => merit;
    await latent.choose('run-a', 'best');
    expect(latent.merit).toEqual({ kind: 'ready', value: merit });
  });
});

describe('generating', () => {
  it('goes on when the training codes that it waits for have come', async () => {
    const { host, latent } = await opened();
    host.answers['model:decode'] = ({ codes: asked }) => pictures(Array.from({ length: asked.length / 2 }, () => 0));
    const decoder = new DecoderModel(latent.explorer, model, {
      ...details,
      spec: { ...details.spec, code: { ...details.spec.code, size: 2 } },
    });
    const training = new TrainingCodes(host.api, model);
    const fitted = { components: [], fittedTo: 6 };
    const generator = new Generator(decoder, training, async () => {
      throw new Error(`fitted to ${training.codes?.length}`, { cause: fitted });
    });
    const asked = host.hold('model:codes');
    void training.load(codeMap);
    const generating = generator.generate();
    asked[0]!.give(codes);
    await generating;
    expect(asked).toHaveLength(1);
    expect(generator.problem?.message).toBe('fitted to 12');
  });
});

describe('the replay', () => {
  it('stands at the epoch looked at when a snapshot arrives while others are read', async () => {
    const { host, latent } = latentOn();
    host.answers['run:open'] = () => ({ ...finished, snapshotEpochs: [1, 2, 3, 4, 5] });
    await latent.choose('run-a', 'best');
    const asked = host.hold('run:snapshot');
    void latent.replay.show(goal);
    await allArrived();
    for (const at of [0, 1]) {
      asked[at]!.give(epochOf(asked[at]!.request.epoch));
      await allArrived();
    }
    latent.replay.seek(0);
    expect(latent.replay.snapshot?.epoch).toBe(4);
    host.tell('run:snapshot-taken', epochOf(6));
    for (let at = 2; at < 6; at++) {
      await allArrived();
      asked[at]!.give(epochOf(asked[at]!.request.epoch));
    }
    await allArrived();
    expect(asked.map(({ request }) => request.epoch)).toEqual([5, 4, 3, 2, 1, 6]);
    expect(latent.replay.snapshot?.epoch).toBe(4);
  });

  it('goes on over the end of its run, which it then calls finished, and shows the new map', async () => {
    const { host, latent } = latentOn();
    host.answers['run:open'] = () => ({ ...finished, summary: { ...finished.summary, status: 'running' } });
    await latent.choose('run-a', 'best');
    await latent.replay.show(goal);
    const last = { ...codeMap, squaredErrors: Float32Array.of(9, 9, 9, 9, 9, 9) };
    host.answers['run:open'] = () => finished;
    host.answers['model:measures'] = () => last;
    host.tell('run:ended', { runId: 'run-a', status: 'finished' });
    await allArrived();
    expect(latent.record?.summary.status).toBe('finished');
    expect(latent.explorer.map).toEqual(last);
    expect(latent.replay.active).toBe(true);
  });
});

describe('the paper’s figure', () => {
  it('is of the model that it was asked for, also when another is looked at before it is drawn', async () => {
    const { host, latent } = await opened();
    const asked = host.hold('image-set:baseline');
    const drawing = paperFigureOf(latent);
    await allArrived();
    const other = { ...finished.summary, id: 'run-b', name: 'Another' };
    host.answers['run:open'] = () => ({ ...finished, summary: other });
    host.answers['model:open'] = () => ({ ...details, hasImageSet: false });
    void latent.choose('run-b', 'best');
    await allArrived();
    const none = new Float32Array(0);
    const map = gathered(codeMap.points, subset.indices);
    asked[0]!.give({ imageSet: 'mnist', subset, map, testSquaredError: none, validationSquaredError: none });
    expect(JSON.stringify(await drawing)).toContain(finished.summary.name);
  });
});

describe('a selection', () => {
  it.each(['images', 'csv'] as const)(
    'is not saved when its export as %s was cancelled, and the one asked for after it is',
    async (kind) => {
      const { host, latent } = await opened();
      latent.explorer.selection = Uint32Array.of(1, 2);
      const files: string[] = [];
      const selected = new Selected(latent.explorer, (name) => void files.push(name));
      const asked = host.hold('image-set:pick');
      void selected.export(kind);
      await allArrived();
      selected.cancel();
      expect(selected.exporting).toBeUndefined();
      void selected.export('codes');
      for (const call of asked) call.give({ images: pictures([1, 2]), names: ['a', 'b'] });
      await allArrived();
      expect(files).toEqual(['run-a-test-2-codes.npy']);
      expect([selected.exporting, selected.problem]).toEqual([undefined, undefined]);
    },
  );
});

describe('UMAP', () => {
  function workers() {
    const began: { stopped: boolean; tell: (news: UmapNews) => void; fail: (message: string) => void }[] = [];
    const run = (_: unknown, tell: (news: UmapNews) => void, fail: (message: string) => void) => {
      const worker = { stopped: false, tell, fail };
      began.push(worker);
      return () => void (worker.stopped = true);
    };
    return { began, run };
  }

  const done = async (worker: { readonly tell: (news: UmapNews) => void }) => {
    const places = new Float32Array(6);
    worker.tell({ kind: 'done', map: { x: places, y: places }, figures: { trustworthiness: 1, compared: 1 } });
    await allArrived();
  };

  it('made, cancelled and made again has one worker, which can be stopped', async () => {
    const { host, latent } = await opened();
    const { began, run } = workers();
    const umap = new Umap(latent.explorer, run);
    const asked = host.hold('model:codes');
    const first = umap.make();
    await allArrived();
    umap.cancel();
    const second = umap.make();
    for (const call of asked) call.give(codes);
    await Promise.all([first, second]);
    expect(began).toHaveLength(1);
    umap.cancel();
    expect([began[0]!.stopped, umap.fraction]).toEqual([true, undefined]);
  });

  it('that fails while another model is looked at says so where it was asked for, and nowhere else', async () => {
    const { latent } = await opened();
    const { began, run } = workers();
    const umap = new Umap(latent.explorer, run);
    await umap.make();
    umap.leave();
    await latent.explorer.choose({ runId: 'run-b', weights: 'best' });
    began[0]!.fail('broken');
    expect(umap.problem).toBeUndefined();
    await latent.explorer.choose(model);
    expect(umap.problem?.message).toBe('UMAP: broken');
  });

  it('is of the images of the model that it was asked for, whatever is looked at when its codes come', async () => {
    const { host, latent } = await opened();
    const { began, run } = workers();
    const umap = new Umap(latent.explorer, run);
    const asked = host.hold('model:codes');
    const making = umap.make();
    const maps = host.hold('model:measures');
    void latent.explorer.choose({ runId: 'run-b', weights: 'best' });
    await allArrived();
    asked[0]!.give(codes);
    await making;
    expect([began.length, umap.problem]).toEqual([1, undefined]);
    maps[0]!.give(codeMap);
    await allArrived();
    await done(began[0]!);
    expect(umap.map).toBeUndefined();
    host.answers['model:measures'] = () => codeMap;
    await latent.explorer.choose(model);
    expect(umap.map?.x).toHaveLength(6);
  });

  it('made of weights that have been trained on since is not shown with the new ones', async () => {
    const { host, latent } = await opened();
    const { began, run } = workers();
    const umap = new Umap(latent.explorer, run);
    await umap.make();
    await done(began[0]!);
    expect(umap.map?.x).toHaveLength(6);
    const better = { ...codeMap, squaredErrors: Float32Array.of(0, 0, 1, 1, 2, 2) };
    host.answers['model:measures'] = () => better;
    await latent.choose('run-a', 'best');
    expect(umap.map).toBeUndefined();
  });

  it('of another model says nothing of the failure of the one before', async () => {
    const { latent } = await opened();
    const { began, run } = workers();
    const umap = new Umap(latent.explorer, run);
    await umap.make();
    await latent.explorer.choose({ runId: 'run-b', weights: 'best' });
    umap.reset();
    began[0]!.fail('broken');
    began[0]!.tell({
      kind: 'done',
      map: { x: new Float32Array(6), y: new Float32Array(6) },
      figures: { trustworthiness: 1, compared: 1 },
    });
    expect([umap.problem, umap.map]).toEqual([undefined, undefined]);
  });
});
