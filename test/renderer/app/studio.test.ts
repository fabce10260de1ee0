import { beforeEach, describe, expect, it, vi } from 'vitest';
import { presets } from '../../../electron/domain/presets.ts';
import { Studio } from '../../../renderer/app/studio.svelte.ts';
import { FakeHost } from '../fake-host.ts';
import type { Settings } from '../../../electron/contract/settings.ts';
import { articleExperiment, epoch, progress, record, snapshot, withChanges, mnist } from '../samples.ts';

let frames: (() => void)[] = [];
vi.stubGlobal('requestAnimationFrame', (callback: () => void) => frames.push(callback));

/** The next frame of the window. */
function frame(): void {
  for (const callback of frames.splice(0)) callback();
}

function store(kept: Record<string, string> = {}): Pick<Storage, 'getItem' | 'setItem'> {
  return { getItem: (key) => kept[key] ?? null, setItem: (key, value) => void (kept[key] = value) };
}

async function opened(host: FakeHost, kept: Record<string, string> = {}): Promise<Studio> {
  const studio = new Studio(host, store(kept));
  await studio.load();
  return studio;
}

beforeEach(() => {
  frames = [];
});

describe('the window', () => {
  it('opens on the modern recipe when nothing was trained yet', async () => {
    const studio = await opened(new FakeHost());
    expect(studio.draft?.base).toMatchObject({ preset: 'modern', imageSet: 'mnist' });
    expect(studio.reading?.kind).toBe('ready');
    expect(studio.current).toBeUndefined();
  });

  it('opens on the run last looked at', async () => {
    const host = new FakeHost();
    const modern = { ...record('m', 'finished'), snapshotEpochs: [0, 20] };
    host.answers['run:list'] = () => [record('x', 'finished').summary, modern.summary];
    host.answers['run:open'] = () => modern;
    host.answers['run:snapshot'] = ({ runId, epoch: at }) => snapshot(runId, at);
    const studio = await opened(host, { 'studio.run': 'm' });
    expect(studio.current?.record.summary.id).toBe('m');
    expect(studio.chosenId).toBe('m');
    expect(studio.current?.snapshot?.epoch).toBe(20);
  });

  it('shows of a run that ends here what its kept weights show', async () => {
    const host = new FakeHost();
    const test = { mse: 0.08, squaredError: 62.7, epoch: 5 };
    const ended = { ...record('x', 'finished'), snapshotEpochs: [1, 118], keptPictures: 5, test };
    host.answers['run:open'] = () => ended;
    host.answers['run:snapshot'] = ({ runId, epoch: at }) => snapshot(runId, at);
    const studio = await opened(host);
    host.tell('run:started', record('x'));
    host.tell('run:snapshot-taken', snapshot('x', 118));
    frame();
    expect(studio.current?.snapshot?.epoch).toBe(118);
    host.tell('run:ended', { runId: 'x', status: 'finished', test });
    frame();
    await expect.poll(() => studio.current?.snapshot?.epoch).toBe(5);
  });

  it('joins runs that a cluster trains, beside the one that trains here, and hears of ends that it missed', async () => {
    const host = new FakeHost();
    const cluster = { address: 'http://there', workers: 1, open: true };
    const there = (status: 'running' | 'finished') => {
      const { summary, ...rest } = record('there', status);
      return { ...rest, summary: { ...summary, cluster } };
    };
    let now = there('running');
    host.answers['run:list'] = () => [now.summary, record('x', 'finished').summary];
    host.answers['run:open'] = ({ runId }) => (runId === 'there' ? now : record('x', 'finished'));
    const studio = await opened(host, { 'studio.run': 'x' });
    expect(studio.active).toBeUndefined();
    expect(studio.current?.record.summary.id).toBe('there');
    await studio.show('x');
    host.tell('run:epoch-ended', { runId: 'there', metrics: epoch(1) });
    frame();
    expect(studio.runs.find(({ id }) => id === 'there')?.epochsDone).toBe(1);
    now = there('finished');
    host.setLink('lost');
    host.setLink('open');
    await expect.poll(() => studio.runs.find(({ id }) => id === 'there')?.status).toBe('finished');
  });

  it('joins the run that trains, and follows it', async () => {
    const host = new FakeHost();
    const describe = host.answers['app:describe']!;
    host.answers['app:describe'] = async () => ({ ...(await describe({})), activeRun: 'a' });
    host.answers['run:open'] = () => ({ ...record('a'), metrics: [epoch(1)] });
    const studio = await opened(host);
    host.tell('run:progressed', progress('a', 300));
    host.tell('run:epoch-ended', { runId: 'a', metrics: epoch(2) });
    expect(studio.current?.record.metrics).toHaveLength(1);
    frame();
    expect(studio.current?.record.metrics).toHaveLength(2);
    expect(studio.active?.progress?.kind).toBe('training');
  });

  it('starts, stops and starts again', async () => {
    const host = new FakeHost();
    let started = 0;
    host.answers['run:start'] = () => {
      const id = `run-${++started}`;
      host.tell('run:started', record(id));
      frame();
      return { runId: id };
    };
    host.answers['run:open'] = ({ runId }) => record(runId, 'stopped');
    const studio = await opened(host);
    await studio.start();
    expect(studio.active?.record.summary.id).toBe('run-1');
    await studio.control.stop();
    expect(studio.control.stopping).toBe('now');
    host.tell('run:ended', { runId: 'run-1', status: 'stopped' });
    frame();
    expect(studio.control.stopping).toBeUndefined();
    expect(studio.active).toBeUndefined();
    expect(studio.current?.record.summary.status).toBe('stopped');
    await studio.start();
    expect(studio.current?.record.summary.id).toBe('run-2');
    expect(studio.runs.map(({ id }) => id)).toContain('run-1');
  });

  it('says why a run did not start', async () => {
    const host = new FakeHost();
    const studio = await opened(host);
    await studio.start();
    expect(studio.startProblem?.message).toBe('No answer for run:start.');
    expect(studio.starting).toBe(false);
  });

  it('does not start what cannot be trained', async () => {
    const host = new FakeHost();
    const studio = await opened(host);
    studio.preparing.type('training.epochs', 'twenty');
    await studio.start();
    expect(host.asked).not.toContain('run:start');
  });

  it('reads the run and its folder again when the connection is back', async () => {
    const host = new FakeHost();
    const describe = host.answers['app:describe']!;
    host.answers['app:describe'] = async () => ({ ...(await describe({})), activeRun: 'a' });
    host.answers['run:open'] = () => record('a');
    const studio = await opened(host);
    host.setLink('lost');
    expect(studio.link).toBe('lost');
    host.answers['app:describe'] = describe;
    host.answers['run:open'] = () => ({ ...record('a', 'finished'), metrics: [epoch(1), epoch(2)], hasModel: true });
    host.setLink('open');
    await vi.waitFor(() => expect(studio.current?.record.summary.status).toBe('finished'));
    expect(studio.active).toBeUndefined();
    expect(studio.current?.record.metrics).toHaveLength(2);
  });

  it('goes on in Odd ones where the run ended that was waited for', async () => {
    const host = new FakeHost();
    host.answers['run:start'] = () => ({ runId: 'a' });
    host.answers['run:list'] = () => [record('a').summary];
    const studio = await opened(host);
    const checked = host.hold('inspection:start');
    void studio.odd.work.trainOnSet(mnist, { kind: 'set', imageSet: 'mnist', split: 'test' });
    await vi.waitFor(() => expect(studio.odd.work.runId).toBe('a'));
    host.setLink('lost');
    host.answers['run:list'] = () => [record('a', 'finished').summary];
    host.setLink('open');
    await vi.waitFor(() => expect(checked).toHaveLength(1));
    expect(checked[0]!.request.model.runId).toBe('a');
  });

  it('asks for the figures of an image set once, and again after a failure', async () => {
    const host = new FakeHost();
    const studio = await opened(host);
    await studio.references.ensure('mnist', 5_000);
    await studio.references.ensure('mnist', 5_000);
    expect(host.asked.filter((channel) => channel === 'image-set:baseline')).toHaveLength(1);
    expect(studio.references.baselines.get('mnist/5000')).toMatchObject({
      kind: 'failed',
      error: { code: 'not-found' },
    });
    await studio.load();
    await studio.references.ensure('mnist', 5_000);
    expect(host.asked.filter((channel) => channel === 'image-set:baseline')).toHaveLength(2);
  });

  it('changes settings when the host has taken them, and says why when it has not', async () => {
    const host = new FakeHost();
    const { preferences } = await opened(host);
    expect(preferences.answer).toEqual({ settings: {}, cores: 4 });
    await preferences.change({ threads: 2 });
    expect(preferences.problem?.message).toBe('No answer for settings:change.');
    expect(preferences.answer).toEqual({ settings: {}, cores: 4 });
    let kept: Settings = {};
    host.answers['settings:change'] = ({ changes }) => ({ settings: (kept = withChanges(kept, changes)), cores: 4 });
    await preferences.change({ threads: 2 });
    await preferences.change({ theme: 'dark' });
    expect(preferences.problem).toBeUndefined();
    expect(preferences.answer).toEqual({ settings: { threads: 2, theme: 'dark' }, cores: 4 });
    await preferences.change({ threads: undefined });
    expect(preferences.settings).toEqual({ theme: 'dark' });
  });

  it('takes up files that the system has handed over, each in its place', async () => {
    const host = new FakeHost();
    const studio = await opened(host);
    const staged = { staged: 'staged-1', files: 1, bytes: 10 };
    host.answers['files:take'] = () => [{ ...staged, kind: 'experiments' }];
    host.answers['experiment:open'] = () => ({
      experiments: [{ ...articleExperiment, name: 'From a file' }],
      problems: [],
    });
    studio.place = 'runs';
    host.tell('files:arrived', {});
    await vi.waitFor(() => expect(studio.files.said?.text).toBe('Opened: From a file'));
    expect(studio.place).toBe('train');
    expect(studio.draft?.base.name).toBe('From a file');

    host.answers['files:take'] = () => [{ ...staged, kind: 'runs' }];
    host.answers['run:import'] = () => ({ runIds: ['a'], problems: [] });
    host.tell('files:arrived', {});
    await vi.waitFor(() => expect(studio.store.imported).toEqual({ runs: 1, problems: [], stopped: false }));
    expect(studio.place).toBe('runs');
  });

  it('takes an earlier run’s settings into the panel', async () => {
    const studio = await opened(new FakeHost());
    studio.place = 'runs';
    const { experiment } = record('a');
    const training = { ...experiment.training, epochs: 3 };
    studio.reuse({ ...experiment, preset: 'map-2d', sweep: 'sweep-a', training });
    expect(studio.place).toBe('train');
    expect(studio.draft?.base.training.epochs).toBe(3);
    // What is trained from here is no further size of that sweep.
    expect(studio.draft?.base).not.toHaveProperty('sweep');
    studio.preparing.choosePreset(presets[1]!);
    expect(studio.draft?.base.preset).toBe('modern');
  });

  it('shows what kept it from filling', async () => {
    const host = new FakeHost();
    delete host.answers['image-set:list'];
    const studio = await opened(host);
    expect(studio.loadProblem).toEqual({ code: 'not-found', message: 'No answer for image-set:list.' });
    host.answers['image-set:list'] = () => [];
    await studio.load();
    expect(studio.loadProblem).toBeUndefined();
  });
});
