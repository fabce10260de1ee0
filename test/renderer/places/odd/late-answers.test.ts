import { describe, expect, it } from 'vitest';
import type { HandedFile } from '../../../../electron/contract/files.ts';
import { StudioError } from '../../../../electron/domain/errors.ts';
import { allArrived } from '../../held-answers.ts';
import { inspection } from './inspection-samples.ts';
import { drop, file, place } from './odd-host.ts';

describe('another model that is chosen', () => {
  it('has no failure of the one before over it', async () => {
    const { host, odd } = place();
    const opened = host.hold('inspection:open');
    const first = odd.choose('own');
    await allArrived();
    opened[0]!.refuse(new StudioError('bad-file', 'inspection.json is torn.'));
    await first;
    expect(odd.openProblem?.message).toBe('inspection.json is torn.');
    void odd.choose('other');
    expect(odd.openProblem).toBeUndefined();
  });

  it('is not left for the one before when pictures for that have arrived', async () => {
    const { host, odd, released } = place();
    host.answers['inspection:open'] = () => ({});
    const checked = host.hold('inspection:start');
    await odd.choose('own');
    const files = Promise.withResolvers<readonly HandedFile[]>();
    const checking = odd.checkFiles(files.promise);
    await odd.choose('other');
    files.resolve([file('a.png')]);
    await checking;
    expect(checked).toHaveLength(0);
    expect(odd.uploaded).toBeUndefined();
    expect(released).toHaveBeenCalledTimes(1);
  });
});

describe('verdicts that come while another model is chosen', () => {
  it('are shown as those of the model that made them', async () => {
    const { host, odd, remembered } = place();
    host.answers['inspection:open'] = () => ({});
    const started = host.hold('inspection:start');
    await odd.choose('own');
    const checking = odd.checkOwn();
    await allArrived();
    await odd.choose('other');
    started[0]!.give(inspection());
    await checking;
    expect([odd.model?.id, odd.inspected?.inspection.model.runId]).toEqual(['own', 'own']);
    expect(remembered.get('odd-run')).toBe('own');
  });

  it('are not asked for of pictures that arrive once something else was begun; what was handed over is let go', async () => {
    const { host, odd, released } = place();
    host.answers['inspection:open'] = () => ({});
    const checked = host.hold('inspection:start');
    await odd.choose('own');
    const files = Promise.withResolvers<readonly HandedFile[]>();
    const late = odd.checkFiles(files.promise);
    const own = odd.checkOwn();
    files.resolve([file('a.png')]);
    await late;
    expect(checked.map(({ request }) => request.source!.kind)).toEqual(['set']);
    expect(released).toHaveBeenCalledExactlyOnceWith({ staged: 'staged-1' });
    checked[0]!.give(inspection());
    await own;
  });
});

describe('a run that ends while the window is not connected', () => {
  async function training() {
    const around = place();
    const { odd } = around;
    await odd.given.take('normal', drop('bottle'));
    const working = odd.trainAndCheck();
    await allArrived();
    return { ...around, working };
  }

  it('is checked as soon as the window is back', async () => {
    const { host, odd, working } = await training();
    host.answers['inspection:start'] = () => inspection();
    odd.attach(odd.work.runId, undefined);
    await working;
    expect(odd.view).toBe('result');
  });

  it('is waited for where it still trains, and where it began after the host was asked', async () => {
    const { host, odd, working } = await training();
    odd.attach('own', 'own');
    odd.attach(undefined, undefined);
    expect(odd.work.now).toEqual({ kind: 'training', runId: 'own' });
    host.tell('run:ended', { runId: 'own', status: 'failed', problem: 'gone' });
    await working;
  });

  it('and is not among the runs any more was cut off', async () => {
    const { odd, around, working } = await training();
    around.runs = [];
    odd.attach('own', undefined);
    await working;
    expect(odd.work.problem?.message).toContain('was cut off');
  });
});

describe('groups that could not be read', () => {
  it('are asked for again when their set is chosen again', async () => {
    const { host, odd } = place();
    await odd.existing.choose('bottles');
    expect(odd.existing.groups).toMatchObject({ kind: 'failed' });
    expect(odd.existing.source).toBeUndefined();
    host.answers['inspection:groups'] = () => [
      { group: 'test/crack', split: 'test', pictures: 4, masks: 4, truth: 'odd' },
    ];
    await odd.existing.choose('bottles');
    expect(odd.existing.checked.map(({ group }) => group)).toEqual(['test/crack']);
  });

  it('are those of the set chosen last, whichever answer comes last', async () => {
    const { host, odd } = place();
    const asked = host.hold('inspection:groups');
    const first = odd.existing.choose('bottles');
    const second = odd.existing.choose('mnist');
    await allArrived();
    asked[1]!.give([{ group: 'three', split: 'test', pictures: 3, masks: 0, truth: 'unknown' }]);
    asked[0]!.refuse(new StudioError('not-found', 'bottles: there is no such image set.'));
    await Promise.all([first, second]);
    expect(odd.existing.checked.map(({ group }) => group)).toEqual(['three']);
    expect(odd.existing.groups).toMatchObject({ kind: 'ready' });
  });
});
