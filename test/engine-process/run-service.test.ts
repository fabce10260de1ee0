import { expect, test } from 'vitest';
import type { EventName } from '../../electron/contract/contract.ts';
import { RunFolder } from '../../electron/files/run-folder.ts';
import { ImageSets } from '../../electron/engine-process/image-sets.ts';
import { RunService } from '../../electron/engine-process/run-service.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { fillDisk } from '../training/full-disk.ts';
import { expectNoLeak } from '../engine/no-leak.ts';
import { experiment, tinySet, withoutCompiler } from '../training/samples.ts';

withoutCompiler();

/** A service that knows the tiny set, what it tells of a run, and when it next tells something. */
function tinyService(dataFolder: string) {
  const told: EventName[] = [];
  const waiting = new Map<EventName, () => void>();
  const imageSets = new ImageSets(dataFolder);
  imageSets.add(tinySet(45));
  const service = new RunService({
    dataFolder,
    imageSets,
    emit: (name) => {
      if (['run:started', 'run:paused', 'run:resumed', 'run:ended'].includes(name)) told.push(name);
      waiting.get(name)?.();
    },
  });
  const next = (name: EventName): Promise<void> => new Promise((resolve) => waiting.set(name, resolve));
  return { service, told, next };
}

test('a run is paused, resumed, stopped, and taken up again from its folder', () =>
  expectNoLeak(async () => {
    using data = new TemporaryFolder();
    const { service, told, next } = tinyService(data.path);
    const { handlers } = service;
    const paused = next('run:paused');
    const { runId } = await handlers['run:start']({ experiment: experiment({ epochs: 100_000 }) });
    expect(service.setInUse).toBe('tiny');
    await handlers['run:pause']({ runId });
    await paused;
    const resumed = next('run:resumed');
    await handlers['run:resume']({ runId });
    await resumed;
    const ended = next('run:ended');
    await handlers['run:stop']({ runId, when: 'after-epoch' });
    await ended;
    expect((await RunFolder.under(data.path, runId).readState()).status).toBe('stopped');

    const again = next('run:resumed');
    await handlers['run:resume']({ runId });
    await again;
    const over = next('run:ended');
    await handlers['run:stop']({ runId });
    await over;
    const first = ['run:started', 'run:paused', 'run:resumed', 'run:ended'];
    expect(told).toEqual([...first, 'run:started', 'run:resumed', 'run:ended']);
    await service.yieldToTraining();
    expect(service.setInUse).toBeUndefined();
  }));

test('while one run trains no other can be started or taken up, and only it can be paused', () =>
  expectNoLeak(async () => {
    using data = new TemporaryFolder();
    const { service, next } = tinyService(data.path);
    const { handlers } = service;
    const one = await handlers['run:start']({ experiment: experiment({ epochs: 1 }) });
    await next('run:ended');
    await handlers['run:start']({ experiment: experiment({ epochs: 100_000 }) }).then(async ({ runId }) => {
      const busy = { code: 'busy', message: 'Another run is training. Stop it, or wait until it has finished.' };
      await expect(handlers['run:start']({ experiment: experiment() })).rejects.toMatchObject(busy);
      await expect(handlers['run:resume'](one)).rejects.toMatchObject(busy);
      await expect(handlers['run:pause'](one)).rejects.toMatchObject({
        code: 'not-found',
        message: `The run "${one.runId}" is not training.`,
      });
      const ended = next('run:ended');
      await handlers['run:stop']({ runId });
      await ended;
    });
  }));

test('a run that cannot be taken up leaves the way free for the next', () =>
  expectNoLeak(async () => {
    using data = new TemporaryFolder();
    const { service, next } = tinyService(data.path);
    const { handlers } = service;
    await expect(handlers['run:resume']({ runId: 'none' })).rejects.toMatchObject({ code: 'not-found' });
    const ended = next('run:ended');
    const one = await handlers['run:start']({ experiment: experiment({ epochs: 1 }) });
    await ended;
    await expect(handlers['run:resume'](one)).rejects.toMatchObject({
      code: 'refused',
      message: `The run "${one.runId}" has finished: there is nothing to resume.`,
    });
    const second = next('run:ended');
    await handlers['run:start']({ experiment: experiment({ epochs: 1 }) });
    await second;
  }));

test('other work goes on when a run could not begin because the disk was full', () =>
  expectNoLeak(async () => {
    using data = new TemporaryFolder();
    const { service } = tinyService(data.path);
    const waiting: Promise<void>[] = [];
    // What windows ask for while the run's first file is written.
    const makeRoom = await fillDisk(() => {
      waiting.push(service.yieldToTraining());
      return true;
    });
    const starting = service.handlers['run:start']({ experiment: experiment() });
    await expect(starting).rejects.toMatchObject({ code: 'disk-full' });
    makeRoom();
    expect(waiting.length).toBeGreaterThan(0);
    await Promise.all(waiting);
    await service.yieldToTraining();
    expect(service.setInUse).toBeUndefined();
  }));
