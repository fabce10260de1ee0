import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClusterError } from '../../electron/cluster/cluster-error.ts';
import { JobLog } from '../../electron/cluster/job-log.ts';
import { readJobMessage } from '../../electron/cluster/job-messages.ts';
import { RayClient } from '../../electron/cluster/ray-client.ts';
import { FakeRay, TOKEN } from './fake-ray.ts';

let ray: FakeRay;
beforeEach(async () => (ray = await FakeRay.start()));
afterEach(() => ray.close());

interface Followed {
  readonly log: JobLog;
  readonly lines: string[];
  readonly contact: (string | undefined)[];
  readonly leave: () => void;
}

function followed(onLine: (line: string) => Promise<void> | void = () => undefined): Followed {
  const lines: string[] = [];
  const contact: (string | undefined)[] = [];
  const controller = new AbortController();
  const log = new JobLog({
    client: new RayClient(ray.address, TOKEN),
    submission: 'job',
    pollMs: 1,
    signal: controller.signal,
    onContact: (problem) => contact.push(problem),
    onLines: async (fresh) => {
      for (const line of fresh) {
        await onLine(line);
        lines.push(line);
      }
    },
  });
  return { log, lines, contact, leave: () => controller.abort() };
}

const all = Array.from({ length: 200 }, (_, index) => `line ${index}`);

describe('a job’s log', () => {
  it('comes whole and once, live, whatever it is cut at', async () => {
    const job = ray.addJob('job', `${all.slice(0, 100).join('\n')}\n`);
    const { log, lines } = followed((line) => {
      if (line !== 'line 50') return;
      job.log += `${all.slice(100).join('\n')}\n`;
      ray.end(job, 'SUCCEEDED');
    });
    expect(await log.follow()).toEqual({ status: 'SUCCEEDED', message: '' });
    expect(lines).toEqual(all);
  });

  it('is taken up again where the stream closes cleanly in the middle of the job', async () => {
    const job = ray.addJob('job', `${all.join('\n')}\n`);
    ray.closesAfter = 300;
    let rounds = 0;
    const { log, lines } = followed((line) => {
      if (line === 'line 199') rounds += 1;
    });
    const following = log.follow();
    await ray.untilAsked(({ path }) => path === '/api/jobs/job/logs');
    ray.end(job, 'FAILED', 'why');
    expect(await following).toEqual({ status: 'FAILED', message: 'why' });
    expect(lines).toEqual(all);
    expect(rounds).toBe(1);
  });

  it('is asked for where no WebSocket passes', async () => {
    const job = ray.addJob('job', 'first\n');
    ray.isLive = false;
    const { log, lines } = followed((line) => {
      if (line === 'first') ray.print(job, ['DONE']);
      else ray.end(job, 'SUCCEEDED');
    });
    await log.follow();
    expect(lines).toEqual(['first', '@@DONE {}']);
  });

  it('waits where nobody answers, and says so once it does again', async () => {
    const job = ray.addJob('job', 'only\n');
    ray.isLive = false;
    ray.hangUps = 1;
    const { log, lines, contact } = followed(() => ray.end(job, 'SUCCEEDED'));
    await log.follow();
    expect(lines).toEqual(['only']);
    expect(contact.filter((problem) => problem !== undefined)).toHaveLength(1);
    expect(contact.at(-1)).toBeUndefined();
  });

  it('gives lines again whose handling failed for want of the cluster', async () => {
    const job = ray.addJob('job', 'a\nb\n');
    let tries = 0;
    const { log, lines } = followed((line) => {
      if (line !== 'b') return;
      tries += 1;
      if (tries === 1) throw new ClusterError('unreachable', 'A file could not be fetched.');
      ray.end(job, 'SUCCEEDED');
    });
    await log.follow();
    expect(lines).toEqual(['a', 'a', 'b']);
  });

  it('ends with the head that knew the job', async () => {
    const job = ray.addJob('job', 'a\n');
    const { log } = followed(() => ray.forget());
    await expect(log.follow()).rejects.toMatchObject({ problem: 'gone' });
    expect(job.status).toBe('RUNNING');
  });

  it('is left at once', async () => {
    ray.addJob('job', 'a\n');
    const given = followed(() => given.leave());
    expect(await given.log.follow()).toBeUndefined();
    expect(given.lines).toEqual(['a']);
  });
});

describe('a line of the log', () => {
  it('is a message where it has a known kind and its fields', () => {
    expect(readJobMessage('@@RESTARTED {"epoch":3,"step":70,"attempt":2}')).toEqual({
      kind: 'RESTARTED',
      fields: { epoch: 3, step: 70, attempt: 2 },
    });
  });

  it.each([
    'Epoch 1',
    '@@RESTARTED {"epoch":3}',
    '@@UNHEARD {}',
    '@@DONE {',
    '(worker) @@DONE {}',
    '@@ARTIFACT {"weights":"best","epoch":1,"file":"../x","bytes":1,"sha256":"' + '0'.repeat(64) + '","node":"ab"}',
  ])('is nothing else: %s', (line) => {
    expect(readJobMessage(line)).toBeUndefined();
  });
});
