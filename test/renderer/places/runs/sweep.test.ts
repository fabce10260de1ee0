import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { ExperimentSchema } from '../../../../electron/domain/experiment.ts';
import { IdSchema } from '../../../../electron/domain/ids.ts';
import { layOut } from '../../../../electron/domain/model-layout.ts';
import { presetExperiment, presets } from '../../../../electron/domain/presets.ts';
import { sweepExperiments, sweepId, usualSizes } from '../../../../electron/domain/sweep-experiments.ts';
import type { Distortion } from '../../../../electron/contract/sweep.ts';
import { CodeSizes } from '../../../../renderer/places/runs/codes.svelte.ts';
import { distortionCsv, errorAtBytes, errorByBytes, errorBySize } from '../../../../renderer/places/runs/distortion.ts';
import { readEpochs, readSizes, sweepsOf } from '../../../../renderer/places/runs/sweep.ts';
import { FakeHost } from '../../fake-host.ts';
import { articleExperiment } from '../../samples.ts';
import { run } from './samples.ts';

describe('a sweep', () => {
  it('reads sizes between commas, each once, ascending', () => {
    expect(readSizes('64, 2;8  2')).toEqual({ kind: 'ready', sizes: [2, 8, 64] });
  });

  it('says which size is none', () => {
    expect(readSizes('2, 0')).toMatchObject({ problem: 'must be whole numbers from 1 to 4,096, found "0"' });
    expect(readSizes('2.5')).toMatchObject({ problem: 'must be whole numbers from 1 to 4,096, found "2.5"' });
    expect(readSizes('4097')).toMatchObject({ problem: 'must be whole numbers from 1 to 4,096, found "4097"' });
    expect(readSizes(' ,')).toMatchObject({ problem: 'must hold at least one code size' });
    const many = Array.from({ length: 51 }, (_, index) => index + 1).join(' ');
    expect(readSizes(many)).toMatchObject({ problem: 'must hold at most 50 sizes, found 51' });
  });

  it('reads epochs as whole numbers', () => {
    expect([readEpochs(' 20 '), readEpochs('0'), readEpochs('1e3'), readEpochs('100001')]).toEqual([
      20,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('makes an experiment a size that the host takes, told to belong together', () => {
    const long = { ...articleExperiment, name: 'n'.repeat(120) };
    const id = sweepId(new Date('2026-11-25T04:33:00Z'), 0.5);
    const made = sweepExperiments(long, [2, 128], 3, id);
    expect(id).toMatch(/^sweep-20261125-0433-[0-9a-z]{4}$/);
    expect(v.is(IdSchema, id)).toBe(true);
    for (const experiment of made) expect(v.safeParse(ExperimentSchema, experiment).issues).toBeUndefined();
    expect(made.map(({ model, training, sweep }) => [model.code.size, training.epochs, sweep])).toEqual([
      [2, 3, id],
      [128, 3, id],
    ]);
    expect(made[1]!.name).toMatch(/^n{110}, code 128$/);
  });

  it('of a code that is an image makes it more or fewer channels deep, and takes no size between', () => {
    const vq = presetExperiment(
      presets.find(({ id }) => id === 'vq')!,
      'mnist',
      [28, 28, 1],
    );
    expect(usualSizes(vq.model)).toEqual([49, 98, 196, 392, 784, 1_568]);
    const made = sweepExperiments(vq, [49, 98], 3, 'sweep');
    expect(made.map(({ model }) => model.code.map?.channels)).toEqual([1, 2]);
    for (const { model } of made) expect(layOut(model).problems).toEqual([]);
    const unfit = 'be multiples of 49, as the code is an image of 49 places, found 50';
    expect(readSizes('49, 50', vq.model)).toEqual({ kind: 'faulty', problem: `must ${unfit}` });
    expect(() => sweepExperiments(vq, [50], 3, 'sweep')).toThrow(`Code sizes must ${unfit}.`);
    expect(usualSizes(articleExperiment.model)[0]).toBe(2);
  });

  it('gathers the runs that share it, by size, the newest sweep first', () => {
    const runs = [
      run('a', { sweep: 'old', codeSize: 8, startedAt: '2026-11-25T01:00:00Z' }),
      run('b', { sweep: 'new', codeSize: 16, startedAt: '2026-11-25T04:00:00Z' }),
      run('c', { sweep: 'new', codeSize: 2, startedAt: '2026-11-25T05:00:00Z', status: 'running' }),
      run('d'),
      run('e', { sweep: 'old', codeSize: 2, startedAt: '2026-11-25T06:00:00Z' }),
    ];
    const sweeps = sweepsOf(runs);
    expect(sweeps.map(({ id }) => id)).toEqual(['new', 'old']);
    expect(sweeps[0]!.runs.map(({ id }) => id)).toEqual(['c', 'b']);
    expect(sweeps[0]!.finished.map(({ id }) => id)).toEqual(['b']);
  });
});

const measured = { codeBytes: 800, quantisedSquaredError: 21, decoderBytes: 4_000 };
const distortion: Distortion = {
  images: 100,
  runs: [
    { ...measured, runId: 'b', codeSize: 8, squaredError: 10, pcaSquaredError: 16 },
    { ...measured, runId: 'a', codeSize: 2, squaredError: 20, pcaSquaredError: 40, codeBytes: 200 },
    { ...measured, runId: 'c', codeSize: 8, squaredError: 12, pcaSquaredError: 16, quantisedSquaredError: 0 },
  ],
  codecs: [
    { format: 'jpeg', quality: 50, bytes: 6_400, squaredError: 5 },
    { format: 'jpeg', quality: 10, bytes: 1_600, squaredError: 20 },
    { format: 'webp', quality: 10, bytes: 400, squaredError: 30 },
  ],
};

describe('error by code size', () => {
  it('stands against units, PCA once a size', () => {
    expect(errorBySize(distortion)).toEqual([
      {
        id: 'autoencoder',
        name: 'autoencoder',
        points: [
          { x: 2, y: 20 },
          { x: 8, y: 10 },
          { x: 8, y: 12 },
        ],
      },
      {
        id: 'pca',
        name: 'PCA',
        points: [
          { x: 2, y: 40 },
          { x: 8, y: 16 },
        ],
      },
    ]);
  });

  it('stands against bytes an image, without what a logarithm has no place for', () => {
    const [codes, jpeg, webp] = errorByBytes(distortion);
    expect(codes!.points).toEqual([
      { x: 2, y: 21 },
      { x: 8, y: 21 },
    ]);
    expect(jpeg!.points).toEqual([
      { x: 16, y: 20 },
      { x: 64, y: 5 },
    ]);
    expect(webp!.points).toEqual([{ x: 4, y: 30 }]);
  });

  it('reads a codec at equal bytes along a power law, and not beyond its qualities', () => {
    const jpeg = errorByBytes(distortion)[1]!.points;
    // Between (16, 20) and (64, 5) the error falls as 320 / bytes.
    expect(errorAtBytes(jpeg, 32)).toBeCloseTo(10, 10);
    expect(errorAtBytes(jpeg, 64)).toBe(5);
    expect(errorAtBytes(jpeg, 16)).toBe(20);
    expect(errorAtBytes(jpeg, 8)).toBeUndefined();
    expect(errorAtBytes(jpeg, 65)).toBeUndefined();
  });

  it('is saved as a table, one measurement a row', () => {
    const [head, first, , , fourth] = distortionCsv(distortion, [run('b', { name: 'Best, so far' })]).split('\r\n');
    expect(head).toContain('squared error per image');
    expect(first).toBe('codes in 8 bits,"Best, so far",8,,800,100,8,21,10,16,4000');
    expect(fourth).toBe('jpeg,,,50,6400,100,64,5');
  });

  it('is measured once, and again after a failure', async () => {
    const host = new FakeHost();
    const codes = new CodeSizes({ api: host.api, runs: [run('a'), run('z')] }, ['a']);
    await codes.measure();
    expect(codes.distortion).toMatchObject({ kind: 'failed', error: { message: 'No answer for sweep:compare.' } });
    host.answers['sweep:compare'] = () => distortion;
    await codes.measure();
    await codes.measure();
    expect(codes.distortion).toEqual({ kind: 'ready', value: distortion });
    expect(host.asked.filter((channel) => channel === 'sweep:compare')).toHaveLength(2);
    expect(codes.summaries.map(({ id }) => id)).toEqual(['a']);
  });
});
