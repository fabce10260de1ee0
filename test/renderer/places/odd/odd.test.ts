import { describe, expect, it, vi } from 'vitest';
import type { Inspection } from '../../../../electron/contract/inspection.ts';
import { StudioError } from '../../../../electron/domain/errors.ts';
import type { FakeHost } from '../../fake-host.ts';
import { allArrived } from '../../held-answers.ts';
import { inspection, plan } from './inspection-samples.ts';
import { drop, own, place } from './odd-host.ts';

describe('training and checking', () => {
  it('are not begun on an image set of too few to say what is usual', async () => {
    const { host, odd, around } = place();
    around.imageSets.push({ ...own, id: 'few', trainingCount: 12 });
    host.answers['inspection:groups'] = () => [
      { group: '', split: 'training', pictures: 12, masks: 0, truth: 'unknown' },
      { group: '', split: 'test', pictures: 12, masks: 0, truth: 'unknown' },
    ];
    await odd.existing.choose('few');
    await odd.useExisting();
    expect(odd.work.problem).toMatchObject({ code: 'refused', message: expect.stringMatching(/20 .* found 12\.$/) });
    expect(host.asked).not.toContain('run:start');
  });

  it('follow one another: the test images of the drop’s set are checked when the run has ended', async () => {
    const { host, odd, remembered, released } = place();
    const started = host.hold('inspection:start');
    await odd.given.take('normal', drop('bottle'));
    const working = odd.trainAndCheck();
    await allArrived();
    expect(odd.view).toBe('work');
    expect(odd.work.now).toEqual({ kind: 'training', runId: 'own' });
    host.tell('run:ended', { runId: 'another', status: 'finished' });
    await allArrived();
    expect(started).toHaveLength(0);
    host.tell('run:ended', { runId: 'own', status: 'finished' });
    await allArrived();
    const { source, job } = started[0]!.request;
    expect(source).toEqual({ kind: 'set', imageSet: 'bottles', split: 'test', staged: 'staged-1' });
    host.tell('inspection:progressed', { job, kind: 'scoring', fraction: 0.5 });
    expect(odd.work.now).toMatchObject({ kind: 'checking', step: 'scoring', fraction: 0.5 });
    started[0]!.give(inspection());
    await working;
    expect([odd.view, odd.inspected?.inspection.names.length]).toEqual(['result', 6]);
    expect(remembered.get('odd-run')).toBe('own');
    // They are shown as they came while they are on view.
    expect(released).not.toHaveBeenCalled();
    host.answers['inspection:open'] = () => ({});
    await odd.choose('own');
    expect(released).toHaveBeenCalledExactlyOnceWith({ staged: 'staged-1' });
  });

  it('check what was dropped by itself, and keep it with the host while it is on view', async () => {
    const { host, odd, released } = place();
    const started = host.hold('inspection:start');
    host.answers['import:plan'] = () => plan([], { count: 30 });
    await odd.given.take('normal', drop('a'));
    await odd.given.take('check', drop('b'));
    const working = odd.trainAndCheck();
    await allArrived();
    host.tell('run:ended', { runId: 'own', status: 'finished' });
    await allArrived();
    expect(started[0]!.request.source).toEqual({ kind: 'staged', staged: 'staged-2' });
    started[0]!.give(inspection());
    await working;
    expect(released).toHaveBeenCalledExactlyOnceWith({ staged: 'staged-1' });
    host.answers['inspection:open'] = () => ({});
    await odd.choose('own');
    expect(released).toHaveBeenLastCalledWith({ staged: 'staged-2' });
  });

  it('take up a run that had ended before its name was known', async () => {
    const { host, odd } = place();
    const trained = host.hold('inspection:train');
    host.answers['inspection:start'] = () => inspection();
    await odd.given.take('normal', drop('bottle'));
    const working = odd.trainAndCheck();
    await allArrived();
    host.tell('run:ended', { runId: 'own', status: 'finished' });
    trained[0]!.give({ imageSet: own, runId: 'own', normal: [], checked: [] });
    await working;
    expect(odd.view).toBe('result');
  });

  it('stop where they are: the import, the run, the checking', async () => {
    const { host, odd } = place();
    const trained = host.hold('inspection:train');
    const cancelled = vi.fn(() => ({}));
    host.answers['import:cancel'] = cancelled;
    await odd.given.take('normal', drop('bottle'));
    const working = odd.trainAndCheck();
    odd.work.cancel();
    await allArrived();
    // It had no name to be stopped by until now.
    host.tell('import:progressed', { importId: 'import-1', progress: { kind: 'listing', found: 3 } });
    expect(cancelled).toHaveBeenCalledExactlyOnceWith({ importId: 'import-1' });
    trained[0]!.refuse(new StudioError('stopped', 'The import was stopped: nothing is trained.'));
    await working;
    expect([odd.view, odd.work.said, odd.work.problem]).toEqual([
      'start',
      'The import was stopped: nothing is trained.',
      undefined,
    ]);
  });

  it('check nothing after a training that was stopped here, and say where its model is', async () => {
    const { host, odd } = place();
    const stopped = vi.fn(() => ({}));
    host.answers['run:stop'] = stopped;
    await odd.given.take('normal', drop('bottle'));
    const working = odd.trainAndCheck();
    await allArrived();
    odd.work.cancel();
    expect(stopped).toHaveBeenCalledExactlyOnceWith({ runId: 'own' });
    host.tell('run:ended', { runId: 'own', status: 'stopped' });
    await working;
    expect(host.asked).not.toContain('inspection:start');
    expect(odd.work.said).toContain('was stopped, nothing was checked');
  });

  it('say why they could not go on: the run failed, the engine was lost', async () => {
    for (const lose of [
      (host: FakeHost) =>
        host.tell('run:ended', { runId: 'own', status: 'failed', problem: 'The loss is not finite.' }),
      (host: FakeHost) => host.tell('engine:state-changed', { kind: 'lost', message: 'gone' }),
    ]) {
      const { host, odd, released } = place();
      await odd.given.take('normal', drop('bottle'));
      const working = odd.trainAndCheck();
      await allArrived();
      lose(host);
      await working;
      expect(released).toHaveBeenCalledExactlyOnceWith({ staged: 'staged-1' });
      expect(odd.work.problem?.message).toMatch(/The loss is not finite|was cut off/);
      expect(odd.work.busy).toBe(false);
    }
  });
});

describe('a model', () => {
  it('shows what was checked with it last; the answer to one no longer chosen is dropped', async () => {
    const { host, odd } = place();
    const opened = host.hold('inspection:open');
    const first = odd.choose('own');
    const second = odd.choose('other');
    await allArrived();
    opened[1]!.give({});
    await second;
    opened[0]!.give({ inspection: inspection() as Inspection });
    await first;
    await allArrived();
    expect(odd.inspected).toBeUndefined();
  });

  it('is taken up where it was left, and not twice', async () => {
    const { host, odd, remembered } = place();
    remembered.set('odd-run', 'own');
    host.answers['inspection:open'] = () => ({ inspection: inspection() });
    await odd.enter();
    await odd.enter();
    expect(odd.inspected?.settings.score).toBe('worst-spot');
    expect(host.asked.filter((channel) => channel === 'inspection:open')).toHaveLength(1);
  });

  it('checks groups of a set that is there, without training where one was trained on it', async () => {
    const { host, odd } = place();
    host.answers['inspection:groups'] = () => [
      { group: 'train/good', split: 'training', pictures: 40, masks: 0, truth: 'normal' },
      { group: 'test/good', split: 'test', pictures: 8, masks: 0, truth: 'normal' },
      { group: 'test/crack', split: 'test', pictures: 4, masks: 4, truth: 'odd' },
    ];
    const started = host.hold('inspection:start');
    await odd.existing.choose('bottles');
    expect([odd.existing.modelId, odd.existing.source]).toEqual([
      'own',
      { kind: 'set', imageSet: 'bottles', split: 'test' },
    ]);
    odd.existing.check('test/good', false);
    const working = odd.useExisting();
    await allArrived();
    expect(started[0]!.request.source).toMatchObject({ groups: ['test/crack'] });
    started[0]!.give(inspection());
    await working;
    expect(host.asked).not.toContain('run:start');
    expect(odd.model?.id).toBe('own');
  });
});

it('files held over the place show where they will go; over a result they are checked with its model', async () => {
  const { host, odd } = place();
  const held = { count: 1, pictures: 1 };
  expect(odd.drops.offer(held)).toMatchObject({ inPlace: true });
  expect(odd.over).toBe('normal');
  odd.drops.leave!();
  expect(odd.over).toBeUndefined();
  host.answers['inspection:open'] = () => ({});
  await odd.choose('own');
  expect(odd.drops.offer(held)).toMatchObject({ title: 'Check 1 picture', hint: expect.stringContaining('Article') });
  const started = host.hold('inspection:start');
  odd.drops.take(drop('new.png'));
  await allArrived();
  expect(started[0]!.request).toMatchObject({
    model: { runId: 'own' },
    source: { kind: 'staged', staged: 'staged-1' },
  });
});

describe('training again', () => {
  function marked() {
    const around = place();
    const { host } = around;
    host.answers['inspection:open'] = () => ({
      inspection: { ...inspection({ marks: [{ picture: 1, mark: 'fine' }] }), imageSet: 'bottles' },
    });
    host.answers['image-set:describe'] = () => ({
      summary: own,
      labelCounts: [],
      meanImage: { count: 1, width: 1, height: 1, channels: 1, pixels: new Uint8Array(1) },
      bytesOnDisk: 1,
      notes: '',
    });
    return around;
  }
  const picked = (names: readonly string[]) => ({
    names,
    images: { count: names.length, width: 1, height: 1, channels: 1, pixels: new Uint8Array(names.length) },
  });

  it('moves what is marked as fine among the images to learn from, trains on that version and checks what is left', async () => {
    const { host, odd } = marked();
    const changes = host.hold('image-set:change');
    const started = host.hold('inspection:start');
    host.answers['image-set:pick'] = () => picked(['crack/1.png', 'good/2.png', 'good/1.png']);
    host.answers['run:start'] = ({ experiment }) => ({ runId: `on ${experiment.imageSet}` });
    await odd.choose('own');
    const working = odd.trainAgain();
    await allArrived();
    expect(changes[0]!.request).toEqual({
      imageSet: 'bottles',
      change: { kind: 'move', picks: [{ split: 'test', indices: Uint32Array.of(1) }], to: 'training' },
    });
    changes[0]!.give({ ...own, id: 'bottles-2', testCount: 11 });
    await allArrived();
    host.tell('run:ended', { runId: 'on bottles-2', status: 'finished' });
    await allArrived();
    expect(started[0]!.request).toMatchObject({
      model: { runId: 'on bottles-2' },
      source: { kind: 'set', imageSet: 'bottles-2', split: 'test' },
    });
    started[0]!.give(inspection());
    await working;
  });

  it('says so where none of them is among the test images, and trains nothing', async () => {
    const { host, odd } = marked();
    host.answers['image-set:pick'] = () => picked(['other.png']);
    await odd.choose('own');
    await odd.trainAgain();
    expect(odd.work.problem?.message).toContain('None of the pictures marked as fine is among the test images');
    expect(host.asked).not.toContain('run:start');
  });
});
