import { describe, expect, it, vi } from 'vitest';
import { Studio } from '../../../renderer/app/studio.svelte.ts';
import { FakeHost } from '../fake-host.ts';
import { record } from '../samples.ts';

vi.stubGlobal('requestAnimationFrame', () => 0);

const sample = { ...record('digits', 'finished').summary, sample: true as const, epochsDone: 20 };

async function opened(host: FakeHost): Promise<Studio> {
  const studio = new Studio(host, { getItem: () => null, setItem: () => undefined });
  await studio.load();
  return studio;
}

describe('the first start', () => {
  it('shows no run in Train, and still hints at training: what came with the app was trained by nobody here', async () => {
    const host = new FakeHost();
    host.answers['run:list'] = () => [sample];
    const studio = await opened(host);
    expect(studio.current).toBeUndefined();
    expect(studio.hints.shown).toBe('train');
    host.answers['run:list'] = () => [sample, { ...record('own', 'finished').summary, epochsDone: 3 }];
    await studio.listRuns();
    expect(studio.hints.shown).toBe('latent');
  });

  it('leaves Train as it was when a sample has been looked at and the window is loaded anew', async () => {
    const host = new FakeHost();
    host.answers['run:list'] = () => [record('own', 'finished').summary, sample];
    host.answers['run:open'] = ({ runId }) => record(runId, 'finished');
    const looked = async (runId: string) => {
      const studio = new Studio(host, {
        getItem: (name) => (name === 'studio.run' ? runId : null),
        setItem: () => undefined,
      });
      await studio.load();
      return [studio.current?.record.summary.id, studio.chosenId];
    };
    expect(await looked('digits')).toEqual([undefined, 'digits']);
    expect(await looked('own')).toEqual(['own', 'own']);
  });

  it('leads to the sample’s model in Latent', async () => {
    const host = new FakeHost();
    host.answers['run:list'] = () => [record('other', 'finished').summary, sample];
    const studio = await opened(host);
    studio.openIn('latent', 'digits');
    expect(studio.place).toBe('latent');
    expect(studio.latent.explorer.model).toEqual({ runId: 'digits', weights: 'best' });
  });

  it('leads from a run to its model in every place that has one, and to its images', async () => {
    const host = new FakeHost();
    host.answers['run:list'] = () => [record('other', 'finished').summary, sample];
    const studio = await opened(host);
    studio.openIn('reconstruct', 'digits');
    expect([studio.place, studio.reconstruct.model?.id]).toEqual(['reconstruct', 'digits']);
    studio.showSet('faces');
    expect([studio.place, studio.library.chosenId]).toEqual(['data', 'faces']);
  });

  it('says which samples came back, that all were there, or why none could', async () => {
    const host = new FakeHost();
    const studio = await opened(host);
    host.answers['samples:restore'] = () => ({ runIds: ['digits', 'noise'] });
    expect(await studio.restoreSamples()).toBe('2 samples back among the runs.');
    host.answers['samples:restore'] = () => ({ runIds: [] });
    expect(await studio.restoreSamples()).toBe('All samples are among the runs.');
    delete host.answers['samples:restore'];
    expect(await studio.restoreSamples()).toBe('No answer for samples:restore.');
  });
});
