import { describe, expect, it } from 'vitest';
import { Latent } from '../../../../renderer/places/latent/latent.svelte.ts';
import { codeMap, finished, latentOn, model, opened } from './latent-host.ts';

const csv = (text: string, name = 'own.csv') => ({
  name,
  arrayBuffer: () => Promise.resolve(new TextEncoder().encode(text).buffer),
});

describe('the explorer', () => {
  it('opens a model, its map and its image set', async () => {
    const { latent } = await opened();
    expect(latent.explorer.map).toEqual(codeMap);
    expect(latent.explorer.count).toBe(6);
    expect(latent.explorer.imageSet?.name).toBe('MNIST');
    expect(latent.merit).toMatchObject({ kind: 'ready' });
  });

  it('draws the training images of a small set behind its test images, and no large set’s', async () => {
    const { host, context } = latentOn();
    const on = async (trainingCount: number): Promise<Latent> => {
      const imageSets = context.imageSets.map((set) => ({ ...set, trainingCount }));
      const latent = new Latent(host.api, { ...context, imageSets });
      await latent.choose('run-a', 'best');
      return latent;
    };
    const small = await on(40);
    await expect.poll(() => small.trainingPoints.count).toBe(6);
    expect(small.trainingPoints.codes?.colours).toEqual(small.colouring.colours);
    const picked = host.hold('image-set:pick');
    small.trainingPoints.codes?.pictures?.of([3, 1]);
    expect(picked[0]?.request).toMatchObject({ split: 'training', indices: Uint32Array.of(3, 1) });
    small.colouring.toggle(0);
    expect(small.trainingPoints.pca?.colours[0]).toBe(0);
    await small.chooseSplit('training');
    expect(small.trainingPoints.codes).toBeUndefined();
    expect((await on(60_000)).trainingPoints.codes).toBeUndefined();
  });

  it('begins, where nobody has trained anything, with the sample that is a map', async () => {
    const { host, context } = latentOn();
    const run = { ...context.runs[0]!, epochsDone: 1 };
    const runs = [
      { ...run, id: 'denoiser', sample: true as const, codeSize: 64 },
      { ...run, id: 'map', sample: true as const, codeSize: 2 },
    ];
    const first = new Latent(host.api, { ...context, runs });
    await first.enter();
    expect(first.explorer.model?.runId).toBe('map');
    const later = new Latent(host.api, { ...context, runs: [...runs, { ...run, id: 'own' }] });
    await later.enter();
    expect(later.explorer.model?.runId).toBe('own');
  });

  it('shows where the images lie before their errors are known, and keeps what is drawn when they are', async () => {
    const { host, latent } = latentOn();
    const mapped = host.hold('model:measures');
    const choosing = latent.choose('run-a', 'best');
    await expect.poll(() => latent.explorer.count).toBe(6);
    expect(latent.explorer.map).toBeUndefined();
    expect(latent.explorer.loading).toBe(true);
    expect(latent.colouring.legend.map(({ count }) => count)).toEqual([2, 2, 2]);
    const drawn = latent.explorer.points?.points;
    latent.explorer.selection = Uint32Array.of(0, 1);
    await latent.selected.export('csv');
    expect(latent.selected.problem?.message).toMatch(/errors are still being computed/);
    const { squaredErrors, units, loading } = codeMap;
    mapped[0]!.give({ squaredErrors, units, loading });
    await choosing;
    expect(latent.explorer.map?.squaredErrors).toEqual(codeMap.squaredErrors);
    expect(latent.explorer.points?.points).toBe(drawn);
  });

  it('asks for the places again where the model has been loaded anew before its errors came', async () => {
    const { host, latent } = latentOn();
    const trained = {
      ...codeMap,
      points: { x: Float32Array.of(9, 9, 9, 9, 9, 9), y: codeMap.points.y },
      loading: 'second',
    };
    const places = [codeMap, trained];
    host.answers['model:points'] = () => places.shift()!;
    host.answers['model:measures'] = () => trained;
    await latent.choose('run-a', 'best');
    expect(latent.explorer.map).toEqual(trained);
    expect(latent.explorer.points).toEqual(trained);
    expect(host.asked.filter((channel) => channel === 'model:points')).toHaveLength(2);
  });

  it('fetches the codes once, and again after a failure', async () => {
    const { host, latent } = await opened();
    const answer = host.answers['model:codes'];
    delete host.answers['model:codes'];
    await expect(latent.explorer.codesOf()).rejects.toThrow('No answer for model:codes.');
    if (answer) host.answers['model:codes'] = answer;
    await latent.explorer.codesOf();
    await latent.explorer.codesOf();
    expect(host.asked.filter((channel) => channel === 'model:codes')).toHaveLength(2);
  });

  it('drops the late answer of a model no longer chosen', async () => {
    const { host, latent } = latentOn();
    let answer: (map: typeof codeMap) => void = () => undefined;
    host.answers['model:measures'] = () => new Promise((resolve) => (answer = resolve));
    const first = latent.explorer.choose(model);
    await Promise.resolve();
    host.answers['model:measures'] = () => codeMap;
    await latent.explorer.choose({ ...model, weights: 'last' });
    answer({ ...codeMap, squaredErrors: new Float32Array(6) });
    await first;
    expect(latent.explorer.map).toEqual(codeMap);
  });

  it('says why a model could not be opened, and lets go of what was selected', async () => {
    const { host, latent } = await opened();
    latent.explorer.selection = Uint32Array.of(1);
    delete host.answers['model:open'];
    await latent.choose('run-b', 'best');
    expect(latent.explorer.problem?.message).toBe('No answer for model:open.');
    expect(latent.explorer.selection).toHaveLength(0);
    expect(latent.explorer.map).toBeUndefined();
  });
});

describe('colours', () => {
  it('follow the labels, and hide and isolate classes', async () => {
    const { latent } = await opened();
    const { colouring } = latent;
    expect(colouring.legend.map(({ name, count }) => [name, count])).toEqual([
      ['zero', 2],
      ['one', 2],
      ['two', 2],
    ]);
    colouring.toggle(1);
    expect([...colouring.visible]).toEqual([1, 0, 1, 1, 0, 1]);
    colouring.isolate(1);
    expect([...colouring.visible]).toEqual([0, 1, 0, 0, 1, 0]);
    colouring.isolate(1);
    expect([...colouring.visible]).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('follow errors, code units and a table, and say what does not fit', async () => {
    const { latent } = await opened();
    const { colouring } = latent;
    await colouring.choose('error');
    expect(colouring.column).toMatchObject({ kind: 'numbers', values: codeMap.squaredErrors });
    await colouring.choose('unit:1');
    expect(colouring.column).toMatchObject({ unit: 'code unit 2', values: Float32Array.of(0, 1, 2, 3, 4, 5) });
    await colouring.addTable(csv('name,kind\nimage 3.png,odd\nimage 4.png,even\nelse.png,odd'));
    expect(colouring.legend.map(({ name, count }) => [name, count])).toEqual([
      ['odd', 1],
      ['even', 1],
      ['none', 4],
    ]);
    expect(colouring.matched).toEqual({ matched: 2, unmatched: 1 });
    await colouring.addTable(csv('name,kind\nx.png,odd'));
    expect(colouring.problem?.message).toBe(
      'own.csv: column "name": expected names of test images or their places (0 to 5), found "x.png".',
    );
  });

  it('keep an edited palette for the next visit', async () => {
    const { latent, context, host } = await opened();
    latent.colouring.setColour(1, '#123456');
    const later = new Latent(host.api, context);
    expect(later.colouring.palette[1]).toBe('#123456');
    later.colouring.resetPalette();
    expect(new Latent(host.api, context).colouring.palette[1]).toBe('#ffa90e');
  });

  it('make what is not selected faint', async () => {
    const { latent } = await opened();
    latent.explorer.selection = Uint32Array.of(2);
    expect([...latent.colours].map((colour) => colour >>> 24)).toEqual([56, 56, 255, 56, 56, 56]);
    expect([...latent.raised!]).toEqual([0, 0, 1, 0, 0, 0]);
  });
});

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
