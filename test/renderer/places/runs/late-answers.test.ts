import { beforeEach, describe, expect, it, vi } from 'vitest';
import { StudioError } from '../../../../electron/domain/errors.ts';
import { Studio } from '../../../../renderer/app/studio.svelte.ts';
import { ModelImport } from '../../../../renderer/places/runs/model-import.svelte.ts';
import { FakeHost } from '../../fake-host.ts';
import { allArrived } from '../../held-answers.ts';
import { mnist, record } from '../../samples.ts';
import { run, ShelfHost } from './samples.ts';

vi.stubGlobal('requestAnimationFrame', (callback: () => void) => void callback());

let host: ShelfHost;
let studio: Studio;

beforeEach(async () => {
  host = new ShelfHost(['a', 'b', 'c'].map((id) => run(id, { name: `Zebra-${id}` })));
  studio = new Studio(host, { getItem: () => null, setItem: () => undefined });
  await studio.load();
});

describe('what is ticked', () => {
  it('is ticked no more once it is compared: Delete takes the one that was ticked since', async () => {
    const { store } = studio;
    store.tick(['a', 'b'], true);
    store.compare(store.ticked);
    store.showList();
    store.tick(['c'], true);
    await store.delete(store.ticked);
    expect(studio.runs.map(({ id }) => id).sort()).toEqual(['a', 'b']);
  });

  it('is of the list as it is narrowed: what is out of sight is not deleted', async () => {
    const { store } = studio;
    store.tick(['a', 'b'], true);
    store.filter = { text: 'zebra-a', status: 'any' };
    await store.delete(store.ticked);
    expect(studio.runs.map(({ id }) => id).sort()).toEqual(['b', 'c']);
  });
});

it('two tags given quickly are both kept', async () => {
  const { store } = studio;
  await Promise.all(['one', 'two'].map((tag) => store.changeTags('a', (tags) => [...tags, tag])));
  expect(studio.runs.find(({ id }) => id === 'a')?.tags).toEqual(['one', 'two']);
});

it('a run’s failure to open that comes late is not shown over another one', async () => {
  const asked = host.hold('run:open');
  studio.place = 'runs';
  const first = studio.choose('a');
  const second = studio.choose('b');
  await allArrived();
  asked[1]!.give(record('b', 'finished'));
  await second;
  asked[0]!.refuse(new StudioError('bad-file', 'a: broken.'));
  await first;
  studio.place = 'runs';
  expect(studio.chosen?.record.summary.id).toBe('b');
  expect(studio.openProblem).toBeUndefined();
});

it('a run’s failure to open is shown until it opens', async () => {
  delete host.answers['run:open'];
  await studio.choose('b');
  studio.place = 'runs';
  expect(studio.openProblem?.message).toBe('No answer for run:open.');
  host.answers['run:open'] = () => record('b', 'finished');
  await studio.choose('b');
  expect(studio.openProblem).toBeUndefined();
});

it('what was said of a run’s file is not said again when an older file is done', async () => {
  const asked = host.hold('run:report');
  void studio.store.saveReport('a');
  void studio.store.saveReport('b');
  await allArrived();
  expect(studio.store.said?.runId).toBe('b');
  asked[0]!.give({ path: '/a.html', bytes: 1, files: [] } as never);
  await allArrived();
  expect(studio.store.said).toMatchObject({ runId: 'b', text: 'Writing the report…' });
});

describe('a model that is being taken in', () => {
  async function importing(shown: string[]) {
    const fake = new FakeHost();
    const models = new ModelImport({
      api: fake.api,
      imageSets: [mnist],
      showImported: async (id) => void shown.push(id),
    });
    fake.answers['files:release'] = () => ({});
    fake.answers['model:inspect'] = () =>
      ({ name: 'm', format: 'Keras', codeLayer: 0, layers: [], notes: [], inputShape: [28, 28, 1] }) as never;
    await models.begin(Promise.resolve([]));
    const asked = fake.hold('model:import');
    const started = models.start();
    await allArrived();
    return { fake, models, asked, started };
  }

  it('is shown when it is there', async () => {
    const shown: string[] = [];
    const { asked, started } = await importing(shown);
    asked[0]!.give({ runId: 'new' } as never);
    await started;
    expect(shown).toEqual(['new']);
  });

  it('says what is done with it, and nothing of another one', async () => {
    const { fake, models } = await importing([]);
    fake.tell('model-import:told', {
      staged: 'staged-1',
      sentence: 'Measuring it on the 10,000 test images of MNIST …',
    });
    fake.tell('model-import:told', { staged: 'staged-9', sentence: 'Another.' });
    expect(models.phase).toMatchObject({
      kind: 'importing',
      step: 'Measuring it on the 10,000 test images of MNIST …',
    });
  });

  it('can be stopped, and then be taken in otherwise', async () => {
    const { fake, models, asked, started } = await importing([]);
    fake.answers['model:cancel-import'] = () => ({});
    await models.stop();
    expect(models.phase).toMatchObject({ kind: 'importing', stopping: true });
    asked[0]!.refuse(new StudioError('stopped', 'The import was stopped; nothing was kept.'));
    await started;
    expect(models.phase.kind).toBe('choosing');
    expect(models.problem).toBeUndefined();
  });

  it('does not pull the view to it once Escape was pressed', async () => {
    const shown: string[] = [];
    const { models, asked, started } = await importing(shown);
    models.dismiss();
    expect(models.open).toBe(false);
    asked[0]!.give({ runId: 'new' } as never);
    await started;
    expect([shown, models.open]).toEqual([[], false]);
  });
});
