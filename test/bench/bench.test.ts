import { describe, expect, it } from 'vitest';
import { ContenderProcess } from './contender.ts';
import { FIT, JAX, KERAS, OURS, PILLOW, TORCH } from './entrants.ts';
import { makeJob } from './jobs.ts';
import { plan } from './plan.ts';
import type { Entry } from './rounds.ts';
import { report } from './report.ts';
import type { Results } from './results.ts';
import { rotated, spread } from './spread.ts';
import { judge } from './targets.ts';

const entry = (contender: string, stepsPerSecond: number, peakMb: number): Entry => ({
  contender,
  stepsPerSecond: spread([stepsPerSecond]),
  peakBytes: peakMb * 1e6,
});

const results: Results = {
  version: 1,
  date: '2026-01-02T03:04:05.000Z',
  command: 'npm run bench -- --quick',
  minutes: 5,
  machine: {
    processor: 'one',
    cores: 2,
    threads: 2,
    memoryGb: 8,
    system: 'Linux',
    node: 'v24.0.0',
    loadBefore: 0.1,
    loadAfter: 2,
  },
  packages: ['torch==1'],
  jobs: [
    {
      job: 'modern',
      kind: 'modern',
      batch: 256,
      entries: [
        entry(OURS, 200, 700),
        entry(FIT, 50, 1_100),
        entry(KERAS, 80, 900),
        entry(TORCH, 100, 600),
        entry(JAX, 160, 400),
      ],
    },
  ],
  sweeps: [],
  imports: [
    {
      name: 'small-png',
      title: '10,000 PNG files of 28 × 28',
      entries: [
        { contender: OURS, perSecond: spread([9_000]) },
        { contender: PILLOW, perSecond: spread([5_000]) },
      ],
    },
    {
      name: 'small-photographs',
      title: '1,000 JPEG photographs of 400 × 300',
      entries: [{ contender: OURS, perSecond: spread([250]) }],
    },
  ],
  leftOut: ['deep: no time left in a quick run'],
};

describe('spread', () => {
  it('takes the middle, or the mean of the two middle values', () => {
    expect(spread([3, 1, 2])).toEqual({ median: 2, least: 1, most: 3, all: [3, 1, 2] });
    expect(spread([4, 1, 2, 3]).median).toBe(2.5);
  });

  it('rotates, so that each round starts with another contender', () => {
    expect([0, 1, 2, 3].map((by) => rotated(['a', 'b', 'c'], by)[0])).toEqual(['a', 'b', 'c', 'a']);
  });
});

describe('targets', () => {
  it('compares medians with what must be reached, and leaves open what was not measured', () => {
    const found = judge(results).map(({ measure, mustReach, found, reached }) => [measure, mustReach, found, reached]);
    expect(found).toContainEqual(['modern, steps/s', '≥ 1 × JAX scan', '1.25 × JAX scan', true]);
    expect(found).toContainEqual(['modern, steps/s', '≥ 2 × PyTorch', '2.00 × PyTorch', true]);
    expect(found).toContainEqual(['modern, steps/s', '≥ 5 × tfjs fit', '4.00 × tfjs fit', false]);
    expect(found).toContainEqual(['peak memory, modern', 'below PyTorch', '700 MB against 600 MB', false]);
    expect(found).toContainEqual(['importing JPEG files of 400 × 300, 1,000', 'at most 3 s', '4.0 s', false]);
    expect(found).toContainEqual(['importing small PNG files', '≥ 2 × Pillow loop', '1.80 ×', false]);
    expect(found).toContainEqual(['variational, 20-D code, steps/s', '≥ 1 × the best peer', 'not measured', undefined]);
  });

  it('are in the report, beside what was left out', () => {
    const text = report(results);
    expect(text).toContain('| modern, steps/s | ≥ 1 × JAX scan | 1.25 × JAX scan | reached |');
    expect(text).toContain('- deep: no time left in a quick run');
    // The table of ratios is what is read first; each job's own is folded.
    expect(text.indexOf('| modern, steps/s |')).toBeLessThan(text.indexOf('<details>'));
    expect(text).toContain('<details><summary>modern, batch 256</summary>\n\n| contender |');
  });
});

describe('jobs', () => {
  it('take the presets word for word and widen or enlarge the dense ones', () => {
    const job = makeJob('modern', { width: 2, side: 64, batch: 64 });
    expect(job.name).toBe('modern, width 2×, 64² pixels, batch 64');
    expect(job.model.encoder).toEqual([{ kind: 'dense', units: 512, activation: 'gelu' }]);
    expect(job.model.code.size).toBe(256);
    expect(job.images).toBe(16_384);
    expect(() => makeJob('conv', { width: 2 })).toThrow('conv: expected width 1');
    expect(() => makeJob('deep', { channels: 3 })).toThrow('deep: expected grey images');
    const colour = makeJob('conv', { side: 128, channels: 3, batch: 16 });
    expect(colour.model.inputShape).toEqual([128, 128, 3]);
    expect(colour.images).toBe(1_365);
  });

  it('are fewer in a quick run and only the named ones with --only', () => {
    expect(plan(true, []).some((task) => task.kind === 'sweep')).toBe(false);
    expect(plan(false, []).length).toBe(27);
    expect(plan(false, ['convolution']).map((task) => task.kind === 'sweep' && task.value)).toEqual([
      '28² grey, batch 16',
      '28² grey, batch 128',
      '64² grey, batch 16',
      '64² grey, batch 128',
      '128² RGB, batch 16',
      '128² RGB, batch 128',
    ]);
    expect(plan(true, ['size']).map((task) => task.kind === 'sweep' && task.value)).toEqual([28, 64, 128]);
  });
});

describe('a contender’s process', () => {
  const contender = (script: string): ContenderProcess =>
    new ContenderProcess({ name: 'mock', command: process.execPath, args: ['-e', script] });
  const echo = 'require("readline").createInterface({ input: process.stdin }).on("line", (line) => { ACT });';

  it('answers, and ends when asked to', async () => {
    const child = contender(echo.replace('ACT', `console.log('{"ok":true,"peakBytes":7}')`));
    expect(await child.ask('memory', {}, 20)).toMatchObject({ peakBytes: 7 });
    await child.quit();
  });

  it('is named in a refusal', async () => {
    const child = contender(echo.replace('ACT', `console.log('{"ok":false,"message":"no room"}')`));
    await expect(child.ask('memory', {}, 20)).rejects.toThrow('mock: memory: no room');
    await child.quit();
  });

  it('is reported with what it printed when it dies', async () => {
    const child = contender('console.error("segment lost"); process.exit(3)');
    await expect(child.ask('memory', {}, 20)).rejects.toMatchObject({
      message: 'mock: memory: expected an answer, found that the process had ended',
      detail: 'segment lost',
    });
  });

  it('is killed when it takes too long', async () => {
    const child = contender('setInterval(() => undefined, 1000)');
    await expect(child.ask('memory', {}, 0.2)).rejects.toThrow('expected an answer within 0.2 s');
    await child.quit();
  });

  it('says when its command does not exist', async () => {
    const child = new ContenderProcess({ name: 'mock', command: '/nowhere/python', args: [] });
    await expect(child.ask('memory', {}, 20)).rejects.toMatchObject({ code: 'engine-failed' });
    await child.quit();
  });
});
