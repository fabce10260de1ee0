import { describe, expect, it } from 'vitest';
import { Umap } from '../../../../renderer/places/latent/map/umap.svelte.ts';
import type { UmapJob, UmapNews } from '../../../../renderer/places/latent/map/umap-job.ts';
import { allArrived } from '../../held-answers.ts';
import { codeMap, model, opened } from './latent-host.ts';

/** Workers that do what a test has them do. */
function workers() {
  const jobs: {
    readonly job: UmapJob;
    readonly tell: (news: UmapNews) => void;
    readonly fail: (message: string) => void;
    stopped: boolean;
  }[] = [];
  const run = (job: UmapJob, tell: (news: UmapNews) => void, fail: (message: string) => void) => {
    const entry = { job, tell, fail, stopped: false };
    jobs.push(entry);
    return () => void (entry.stopped = true);
  };
  return { jobs, run };
}

describe('UMAP', () => {
  it('lays the codes out and puts them at their images’ places', async () => {
    const { latent } = await opened();
    const { jobs, run } = workers();
    const umap = new Umap(latent.explorer, run);
    await umap.make();
    expect(jobs[0]!.job).toMatchObject({ size: 2, neighbours: 5 });
    jobs[0]!.tell({ kind: 'progress', fraction: 0.5 });
    expect(umap.fraction).toBe(0.5);
    const figures = { trustworthiness: 0.9, compared: 6 };
    jobs[0]!.tell({ kind: 'done', map: { x: Float32Array.of(9, 8, 7, 6, 5, 4), y: new Float32Array(6) }, figures });
    expect([...umap.map!.x]).toEqual([9, 8, 7, 6, 5, 4]);
    expect(umap.drawn).toBe('all 6 images; 5 neighbours, minimum distance 0.1, euclidean');
    expect(umap.figures).toEqual(figures);
    expect(umap.fraction).toBeUndefined();
  });

  it('goes on while another model is looked at, and is there when that one is come back to', async () => {
    const { latent } = await opened();
    const { jobs, run } = workers();
    const umap = new Umap(latent.explorer, run);
    umap.minDist = 0.3;
    umap.metric = 'cosine';
    await umap.make();
    const { model } = latent.explorer;
    await latent.explorer.choose({ runId: 'run-b', weights: 'best' });
    umap.leave();
    expect([umap.map, umap.fraction, jobs[0]!.stopped]).toEqual([undefined, undefined, false]);
    const map = { x: Float32Array.of(9, 8, 7, 6, 5, 4), y: new Float32Array(6) };
    jobs[0]!.tell({ kind: 'done', map, figures: { trustworthiness: 1, compared: 6 } });
    expect(umap.map).toBeUndefined();
    await latent.explorer.choose(model!);
    expect([...umap.map!.x]).toEqual([...map.x]);
    expect(jobs[0]!.job).toMatchObject({ minDist: 0.3, metric: 'cosine' });
  });

  it('is cancelled: the worker ends', async () => {
    const { latent } = await opened();
    const { jobs, run } = workers();
    const umap = new Umap(latent.explorer, run);
    await umap.make();
    umap.cancel();
    expect([jobs[0]!.stopped, umap.fraction]).toEqual([true, undefined]);
  });

  it('says so when there are too few codes', async () => {
    const { host, latent } = await opened();
    host.answers['model:codes'] = () => ({ codes: new Float32Array(12).fill(Number.NaN), size: 2 });
    const umap = new Umap(latent.explorer, workers().run);
    await umap.make();
    expect(umap.problem?.message).toBe('UMAP: expected at least four finite codes, found 0.');
  });
});

describe('UMAP whose codes or map come late', () => {
  const codes = { codes: Float32Array.of(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5), size: 2 };

  const done = async (worker: { readonly tell: (news: UmapNews) => void }) => {
    const places = new Float32Array(6);
    worker.tell({ kind: 'done', map: { x: places, y: places }, figures: { trustworthiness: 1, compared: 1 } });
    await allArrived();
  };

  it('made, cancelled and made again has one worker, which can be stopped', async () => {
    const { host, latent } = await opened();
    const { jobs, run } = workers();
    const umap = new Umap(latent.explorer, run);
    const asked = host.hold('model:codes');
    const first = umap.make();
    await allArrived();
    umap.cancel();
    const second = umap.make();
    for (const call of asked) call.give(codes);
    await Promise.all([first, second]);
    expect(jobs).toHaveLength(1);
    umap.cancel();
    expect([jobs[0]!.stopped, umap.fraction]).toEqual([true, undefined]);
  });

  it('that fails while another model is looked at says so where it was asked for, and nowhere else', async () => {
    const { latent } = await opened();
    const { jobs, run } = workers();
    const umap = new Umap(latent.explorer, run);
    await umap.make();
    umap.leave();
    await latent.explorer.choose({ runId: 'run-b', weights: 'best' });
    jobs[0]!.fail('broken');
    expect(umap.problem).toBeUndefined();
    await latent.explorer.choose(model);
    expect(umap.problem?.message).toBe('UMAP: broken');
  });

  it('is of the images of the model that it was asked for, whatever is looked at when its codes come', async () => {
    const { host, latent } = await opened();
    const { jobs, run } = workers();
    const umap = new Umap(latent.explorer, run);
    const asked = host.hold('model:codes');
    const making = umap.make();
    const maps = host.hold('model:measures');
    void latent.explorer.choose({ runId: 'run-b', weights: 'best' });
    await allArrived();
    asked[0]!.give(codes);
    await making;
    expect([jobs.length, umap.problem]).toEqual([1, undefined]);
    maps[0]!.give(codeMap);
    await allArrived();
    await done(jobs[0]!);
    expect(umap.map).toBeUndefined();
    host.answers['model:measures'] = () => codeMap;
    await latent.explorer.choose(model);
    expect(umap.map?.x).toHaveLength(6);
  });

  it('made of weights that have been trained on since is not shown with the new ones', async () => {
    const { host, latent } = await opened();
    const { jobs, run } = workers();
    const umap = new Umap(latent.explorer, run);
    await umap.make();
    await done(jobs[0]!);
    expect(umap.map?.x).toHaveLength(6);
    const better = { ...codeMap, squaredErrors: Float32Array.of(0, 0, 1, 1, 2, 2) };
    host.answers['model:measures'] = () => better;
    await latent.choose('run-a', 'best');
    expect(umap.map).toBeUndefined();
  });

  it('of another model says nothing of the failure of the one before', async () => {
    const { latent } = await opened();
    const { jobs, run } = workers();
    const umap = new Umap(latent.explorer, run);
    await umap.make();
    await latent.explorer.choose({ runId: 'run-b', weights: 'best' });
    umap.reset();
    jobs[0]!.fail('broken');
    jobs[0]!.tell({
      kind: 'done',
      map: { x: new Float32Array(6), y: new Float32Array(6) },
      figures: { trustworthiness: 1, compared: 1 },
    });
    expect([umap.problem, umap.map]).toEqual([undefined, undefined]);
  });
});
