import { describe, expect, it } from 'vitest';
import { Generator } from '../../../../renderer/places/latent/decoder/generate.svelte.ts';
import { DecoderModel } from '../../../../renderer/places/latent/decoder/decoder-model.ts';
import { TrainingCodes } from '../../../../renderer/places/latent/decoder/training.svelte.ts';
import { paperFigureOf } from '../../../../renderer/places/latent/latent-figures.ts';
import { Selected } from '../../../../renderer/places/latent/map/selected.svelte.ts';
import { gathered } from '../../../../renderer/maths/align.ts';
import { allArrived } from '../../held-answers.ts';
import { codeMap, details, epochOf, finished, latentOn, model, opened, pictures, subset } from './latent-host.ts';

const codes = { codes: Float32Array.of(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5), size: 2 };
const goal = { points: codeMap.points, count: 6 };

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
