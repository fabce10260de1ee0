import { describe, expect, it, vi } from 'vitest';
import type { StudioApi } from '../../../../electron/contract/contract.ts';
import type { RunRecord } from '../../../../electron/domain/words.ts';
import type { Experiment } from '../../../../electron/domain/experiment.ts';
import { presetExperiment, presets } from '../../../../electron/domain/presets.ts';
import { layerWords } from '../../../../electron/domain/settings-of.ts';
import { labelHeights, lineMark, spreadOut } from '../../../../renderer/charts/line-marks.ts';
import { Comparison, type ComparisonContext } from '../../../../renderer/places/runs/comparison.svelte.ts';
import { differences, settingsInWords } from '../../../../renderer/places/runs/differences.ts';
import { smoothed, smoothingWords } from '../../../../renderer/places/runs/smoothing.ts';
import { FakeHost } from '../../fake-host.ts';
import { articleExperiment, epoch, record, snapshot, usualUnit } from '../../samples.ts';

const modern = presetExperiment(
  presets.find(({ id }) => id === 'modern')!,
  'mnist',
  [28, 28, 1],
);
const points = (...values: readonly number[]) => values.map((y, index) => ({ x: index + 1, y }));
const heights = (window: number, ...values: readonly number[]) => smoothed(points(...values), window).map(({ y }) => y);

describe('smoothing', () => {
  it('is the mean of a value and its neighbours on both sides', () => {
    expect(heights(3, 0, 3, 0, 6, 0)).toEqual([0, 1, 3, 2, 0]);
    expect(heights(5, 10, 0, 5, 0, 10)).toEqual([10, 5, 5, 5, 10]);
  });

  it('leaves straight lines, ends and epochs as they are', () => {
    expect(heights(7, 1, 2, 3, 4, 5, 6)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(smoothed(points(4, 9), 51)).toEqual(points(4, 9));
    expect(heights(1, 3, 1, 2)).toEqual([3, 1, 2]);
  });

  it('shrinks noise of a single epoch to its share of the window', () => {
    const bump = heights(5, 0, 0, 0, 0, 1, 0, 0, 0, 0);
    expect(Math.max(...bump)).toBeCloseTo(1 / 5, 12);
    expect(bump.reduce((sum, y) => sum + y, 0)).toBeCloseTo(1, 12);
  });

  it('says what it does', () => {
    expect(smoothingWords(5)).toBe('smoothed: mean of 5 epochs');
    expect(smoothingWords(1)).toBe('not smoothed');
  });
});

describe('the table of settings', () => {
  const changed = (change: (experiment: Experiment) => Experiment) => differences([modern, change(modern)]);

  it('is empty for runs that only have other names', () => {
    expect(changed((one) => ({ ...one, name: 'Another', sweep: 'sweep-1' }))).toEqual([]);
  });

  it('names each setting that differs, and no other', () => {
    expect(changed((one) => ({ ...one, training: { ...one.training, learningRate: 0.01, seed: 7 } }))).toEqual([
      { path: 'training.learningRate', words: 'Learning rate', values: ['0.004', '0.01'] },
      { path: 'training.seed', words: 'Seed', values: ['1', '7'] },
    ]);
  });

  it('says layers as a whole', () => {
    const encoder: Experiment['model']['encoder'] = [
      { kind: 'conv', filters: 16, kernel: 3, stride: 2, activation: 'relu', batchNorm: true },
      { kind: 'pool', method: 'max', size: 2 },
      { kind: 'dense', units: 64, activation: 'gelu', dropout: 0.2 },
    ];
    expect(changed((one) => ({ ...one, model: { ...one.model, encoder } }))).toEqual([
      {
        path: 'model.encoder',
        words: 'Encoder layers',
        values: [
          'dense 256 gelu',
          'conv 16, 3 × 3, stride 2, relu, batch norm → max pool 2 × 2 → dense 64 gelu, dropout 0.2',
        ],
      },
    ]);
    expect(layerWords({ kind: 'upsample', size: 2 })).toBe('upsample 2 × 2');
    const block = { kind: 'residual', filters: 8, kernel: 3, activation: 'relu' } as const;
    expect(layerWords({ ...block, plainSum: true })).toBe('residual 8, 3 × 3, relu, sum as it is');
    const three = { ...block, kernel: 1, middleKernel: 3, channels: 16, stride: 2, groups: 4 } as const;
    const words = 'residual 8, 1 × 1, 3 × 3 and 1 × 1, to 16 channels, stride 2';
    expect(layerWords(three)).toBe(`${words}, relu, group norm of 4`);
    expect(layerWords({ ...three, firstStrides: true })).toBe(`${words} of the first, relu, group norm of 4`);
    expect(layerWords({ ...block, secondKernel: 1, preActivation: true, batchNorm: true })).toBe(
      'residual 8, 3 × 3 and 1 × 1, relu before each, batch norm',
    );
  });

  it('takes a switch that is left out for off', () => {
    expect(changed((one) => ({ ...one, model: { ...one.model, tiedWeights: false } }))).toEqual([]);
    expect(changed((one) => ({ ...one, model: { ...one.model, tiedWeights: true } }))[0]).toMatchObject({
      path: 'model.tiedWeights',
      values: ['no', 'yes'],
    });
  });

  it('keeps the order of the experiment, what only one of them has beside its neighbours', () => {
    const paths = differences([articleExperiment, modern]).map(({ path }) => path);
    expect(paths.filter((path) => path.startsWith('training.'))).toEqual([
      'training.optimizer.kind',
      'training.optimizer.beta1',
      'training.optimizer.beta2',
      'training.optimizer.decay',
      'training.optimizer.epsilon',
      'training.optimizer.initialMeanSquare',
      'training.learningRate',
      'training.schedule.kind',
      'training.schedule.finalFraction',
      'training.warmupEpochs',
      'training.epochs',
    ]);
    expect(differences([articleExperiment, modern]).find(({ path }) => path.endsWith('beta1'))?.values).toEqual([
      '–',
      '0.9',
    ]);
  });

  it('names all settings of one run, but its images', () => {
    const settings = settingsInWords(modern);
    expect(settings).toContainEqual({ path: 'training.batchSize', words: 'Batch size (images)', value: '256' });
    expect(settings).toContainEqual({
      path: 'model.encoder',
      words: 'Encoder layers',
      value: 'dense 256 gelu',
    });
    expect(settings.some(({ path }) => path === 'imageSet')).toBe(false);
  });
});

describe('lines', () => {
  it('have letters of their own, and forty-eight of them colours and dashes that come only once', () => {
    const marks = Array.from({ length: 60 }, (_, index) => lineMark(index));
    expect(new Set(marks.map(({ letter }) => letter)).size).toBe(60);
    expect([marks[0]!.letter, marks[25]!.letter, marks[26]!.letter, marks[52]!.letter]).toEqual(['A', 'Z', 'AA', 'BA']);
    const looks = marks.slice(0, 48).map(({ colour, dash }) => `${colour} ${dash.join(',')}`);
    expect(new Set(looks).size).toBe(48);
  });

  it('move their labels apart in their order, and no further than they must', () => {
    expect(spreadOut([10, 50, 90], 12)).toEqual([10, 50, 90]);
    expect(spreadOut([50, 50, 50], 12)).toEqual([38, 50, 62]);
    expect(spreadOut([60, 20, 22], 12)).toEqual([60, 15, 27]);
    // The first two push the third.
    const crowded = spreadOut([0, 2, 9], 10);
    expect(crowded[1]! - crowded[0]!).toBeCloseTo(10, 12);
    expect(crowded[2]! - crowded[1]!).toBeCloseTo(10, 12);
  });
});

describe('labels at the ends of lines', () => {
  it('move apart only where lines end side by side', () => {
    const ends = [
      { x: 100, y: 50 },
      { x: 500, y: 50 },
      { x: 510, y: 50 },
    ];
    expect(labelHeights(ends, 12, [0, 300])).toEqual([50, 44, 56]);
  });

  it('stay in the chart, all moved alike', () => {
    const low = [290, 298, 299].map((y) => ({ x: 0, y }));
    expect(labelHeights(low, 12, [0, 300])).toEqual([276, 288, 300]);
    expect(labelHeights([{ x: 0, y: -5 }], 12, [8, 300])).toEqual([8]);
  });

  it('begin at the top when there are more than fit', () => {
    const many = Array.from({ length: 5 }, () => ({ x: 0, y: 10 }));
    expect(labelHeights(many, 10, [0, 20])).toEqual([0, 10, 20, 30, 40]);
  });
});

describe('a comparison', () => {
  const trained = (id: string, ...errors: readonly number[]): RunRecord => ({
    ...record(id, 'finished'),
    metrics: errors.map((error, index) => epoch(index + 1, error / 784)),
    snapshotEpochs: [0, 1, errors.length],
  });

  function opened(records: readonly RunRecord[], context: Partial<ComparisonContext> = {}) {
    const host = new FakeHost();
    host.answers['run:open'] = ({ runId }) => records.find(({ summary }) => summary.id === runId)!;
    host.answers['run:snapshot'] = ({ runId, epoch: at }) => snapshot(runId, at);
    const ids = records.map(({ summary }) => summary.id);
    const runs = records.map(({ summary }) => summary);
    return {
      host,
      comparison: new Comparison({ api: host.api, runs, active: undefined, preferences: usualUnit, ...context }, ids),
    };
  }

  it('lays the runs’ curves over each other, each by its own mark', async () => {
    const { comparison } = opened([trained('a', 50, 20), trained('b', 40, 30, 10)]);
    const loading = comparison.load();
    expect(comparison.isRead).toBe(false);
    await loading;
    expect(comparison.isRead).toBe(true);
    expect(comparison.lines.map(({ label }) => label)).toEqual(['A', 'B']);
    expect(comparison.lines[1]!.points.map(({ y }) => Math.round(y))).toEqual([40, 30, 10]);
    comparison.measure = 'training';
    expect(comparison.lines[0]!.points).toEqual([
      { x: 1, y: 0.15 },
      { x: 2, y: 0.15 },
    ]);
  });

  it('draws validation in the unit that was chosen, each run’s by the size of its own images', async () => {
    const small = trained('b', 40, 30);
    const { experiment } = small;
    const shaped = {
      ...experiment,
      model: { ...experiment.model, inputShape: [10, 10, 1] as [number, number, 1] },
    };
    const { comparison } = opened([trained('a', 392, 196), { ...small, experiment: shaped }], {
      preferences: { errorUnit: 'mse' },
    });
    await comparison.load();
    expect(comparison.lines[0]!.points.map(({ y }) => y)).toEqual([0.5, 0.25]);
    expect(comparison.lines[1]!.points.map(({ y }) => y)).toEqual([0.4, 0.3]);
    comparison.measure = 'training';
    expect(comparison.lines[0]!.points.map(({ y }) => y)).toEqual([0.15, 0.15]);
  });

  it('shows thin what it has smoothed', async () => {
    const { comparison } = opened([trained('a', 30, 60, 30)]);
    await comparison.load();
    comparison.window = 3;
    const [thin, line] = comparison.lines;
    expect(thin).toMatchObject({ faint: true });
    expect(thin!.points.map(({ y }) => Math.round(y))).toEqual([30, 60, 30]);
    expect(line!.points.map(({ y }) => Math.round(y))).toEqual([30, 40, 30]);
  });

  it('draws nothing where a logarithm has no place', async () => {
    const { comparison } = opened([trained('a', 0, 20, Number.NaN)]);
    await comparison.load();
    expect(comparison.lines[0]!.points.map(({ x }) => x)).toEqual([2]);
    comparison.logarithmic = false;
    expect(comparison.lines[0]!.points.map(({ x }) => x)).toEqual([1, 2]);
  });

  it('keeps the marks of those that stay when one is left out', async () => {
    const { comparison } = opened([trained('a', 1), trained('b', 2), trained('c', 3)]);
    await comparison.load();
    comparison.leaveOut('b');
    expect(comparison.compared.map(({ mark }) => mark.letter)).toEqual(['A', 'C']);
  });

  it('names a run that cannot be read, and compares the others', async () => {
    const { host } = opened([trained('a', 1)]);
    const torn: Awaited<ReturnType<StudioApi['call']>> = {
      ok: false,
      error: { code: 'bad-file', message: 'experiment.json is torn.' },
    };
    const api: StudioApi = {
      ...host.api,
      call: (channel, request) =>
        'runId' in request && request.runId === 'b' ? Promise.resolve(torn) : host.api.call(channel, request),
    };
    const runs = [record('a').summary, { ...record('b').summary, name: 'Torn' }];
    const comparison = new Comparison({ api, runs, active: undefined, preferences: usualUnit }, ['a', 'b']);
    await comparison.load();
    expect(comparison.compared.map(({ record: { summary } }) => summary.id)).toEqual(['a']);
    expect(comparison.problems).toEqual(['Torn: experiment.json is torn.']);
    expect(comparison.isRead).toBe(true);
  });

  it('takes the pictures of the weights that were tested, else the last', async () => {
    const tested = { ...trained('a', 9, 8, 7), test: { mse: 0.1, squaredError: 78.4, epoch: 1 } };
    const { host, comparison } = opened([tested, trained('b', 9, 8)]);
    await comparison.load();
    for (const { record: one } of comparison.compared) await comparison.ensureSnapshot(one);
    const shown = comparison.compared.map(({ record: one }) => comparison.snapshotOf(one));
    expect(shown).toMatchObject([
      { kind: 'ready', value: { runId: 'a', epoch: 1 } },
      { kind: 'ready', value: { runId: 'b', epoch: 2 } },
    ]);
    expect(host.asked.filter((channel) => channel === 'run:snapshot')).toHaveLength(2);
  });

  it('reads a run again when it has ended', async () => {
    const { host, comparison } = opened([trained('a', 9)]);
    await comparison.load();
    comparison.follow();
    host.answers['run:open'] = () => trained('a', 9, 4);
    host.tell('run:ended', { runId: 'a', status: 'finished' });
    await vi.waitFor(() => expect(comparison.lines[0]!.points).toHaveLength(2));
  });
});
