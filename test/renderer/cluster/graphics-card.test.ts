import { describe, expect, it } from 'vitest';
import type { TorchState } from '../../../electron/contract/torch-calls.ts';
import { presetExperiment, presets } from '../../../electron/domain/presets.ts';
import { batchHint, proposedBatch } from '../../../renderer/cluster/card-memory.ts';
import { cardRefusal, deviceWords, environmentWords, orderWords } from '../../../renderer/cluster/card-words.ts';
import { GraphicsCard } from '../../../renderer/cluster/graphics-card.svelte.ts';
import { Preferences } from '../../../renderer/window/preferences.svelte.ts';
import { Remembered } from '../../../renderer/window/remembered.ts';
import { FakeHost } from '../fake-host.ts';
import { withChanges } from '../samples.ts';

const experiment = presetExperiment(
  presets.find(({ id }) => id === 'conv')!,
  'mnist',
  [28, 28, 1],
);
const device = { device: 'cuda:0', name: 'RTX', totalBytes: 8e9 };
const processor = { device: 'cpu', name: 'Processor' };
const python = { id: 'python-1', path: '/a/python', version: '3.12.4', torch: '2.15.0', devices: [processor, device] };
const looked: TorchState = { pythons: [python], looked: true, looking: false };

describe('this computer’s graphics card', () => {
  it('is named by what its Python says, and by PyTorch’s name where nobody has looked', () => {
    expect(deviceWords(device)).toBe('RTX, 8.0 GB');
    const order = { device: 'cuda:0', precision: 'mixed' } as const;
    expect(orderWords(order, { ...looked, chosen: 'python-1' })).toBe('RTX, 8.0 GB, mixed precision');
    expect(orderWords({ ...order, precision: 'float32' }, { ...looked, pythons: [] })).toBe('cuda:0');
  });

  it('says what it does not train', () => {
    expect(cardRefusal(experiment)).toBeUndefined();
    const dropping = {
      ...experiment,
      model: { ...experiment.model, encoder: [{ ...experiment.model.encoder[0]!, dropout: 0.2 }] },
    };
    expect(cardRefusal(dropping as typeof experiment)).toContain('with dropout');
  });

  it('says what making an environment takes', () => {
    const plan = {
      build: 'cuda',
      builds: ['cuda', 'cpu'],
      card: 'RTX',
      python: '3.12.4',
      downloadBytes: 3e9,
      diskBytes: 5.5e9,
      freeBytes: 60e9,
      folder: '/d/torch',
    } as const;
    expect(environmentWords(plan)).toEqual([
      ['Card', 'RTX'],
      ['Made of', 'Python 3.12.4'],
      ['To fetch', 'about 3.0 GB: 4:00 at 100 Mbit/s'],
      ['On the disk', 'about 5.5 GB of 60.0 GB free'],
      ['Where', '/d/torch'],
    ]);
  });

  it('has no room for a batch that is far too large, and says which is likely to fit', () => {
    const batch = (batchSize: number) => ({ ...experiment, training: { ...experiment.training, batchSize } });
    expect(batchHint(batch(256), 8e9)).toBeUndefined();
    const hint = batchHint(batch(60_000), 8e9)!;
    const fits = Number(/A batch of ([\d,]+) is likely/.exec(hint)![1]!.replace(',', ''));
    expect(batchHint(batch(fits), 8e9)).toBeUndefined();
    expect(batchHint(batch(2 * fits), 8e9)).toBeDefined();
    expect(batchHint(batch(1), 1_000)).toContain('too large');
  });
});

describe('a batch that makes use of a card', () => {
  const batch = (batchSize: number) => ({ ...experiment, training: { ...experiment.training, batchSize } });

  it('is as large as the card has room for, with fifty steps an epoch, and no larger than pays', () => {
    expect(proposedBatch(batch(64), 80e9, 60_000)).toBe(1_024);
    expect(proposedBatch(batch(64), 80e9, 10_000)).toBe(128);
    const little = proposedBatch(batch(7), 1e8, 60_000)!;
    expect(little).toBeLessThan(1_024);
    expect(batchHint(batch(little), 1e8)).toBeUndefined();
    expect(batchHint(batch(2 * little), 1e8)).toBeDefined();
  });

  it('is not proposed where it is the batch already, or where nothing fits', () => {
    expect(proposedBatch(batch(1_024), 80e9, 60_000)).toBeUndefined();
    expect(proposedBatch(batch(64), 1_000, 60_000)).toBeUndefined();
    expect(proposedBatch(batch(64), 80e9, 3)).toBe(1);
  });
});

function opened() {
  const host = new FakeHost();
  host.answers['settings:change'] = ({ changes }) => ({ settings: withChanges({}, changes), cores: 4 });
  host.answers['torch:read'] = () => ({ ...looked, looked: false, pythons: [] });
  host.answers['torch:look'] = () => looked;
  host.answers['torch:choose'] = () => ({ ...looked, chosen: 'python-1' });
  host.answers['torch:make'] = () => ({ ...looked, making: { fraction: 0, message: 'Making' } });
  const preferences = new Preferences(host.api, new Remembered({ getItem: () => null, setItem: () => undefined }));
  return { host, card: new GraphicsCard({ api: host.api, preferences }) };
}

describe('setting it up', () => {
  it('looks the first time, and keeps what was chosen', async () => {
    const { host, card } = opened();
    await card.openSetup();
    expect(host.asked).toEqual(['torch:read', 'torch:look']);
    await card.choose('python-1', 'cuda:0');
    expect(card.order).toEqual({ device: 'cuda:0', precision: 'float32' });
    await card.choosePrecision('mixed');
    await card.choose('python-1', 'cpu');
    expect(card.order).toEqual({ device: 'cpu', precision: 'mixed' });
  });

  it('asks once, after a start, what the Python that was chosen reaches', () => {
    const { host, card } = opened();
    card.know();
    card.know();
    expect(host.asked).toEqual(['torch:read']);
  });

  it('looks at a Python that is typed, or chosen where the system has a dialog for it', async () => {
    const { host, card } = opened();
    host.answers['torch:add'] = ({ path }) => ({ ...looked, pythons: [{ ...python, path }] });
    await card.add('/elsewhere/python3');
    expect(card.state.pythons[0]?.path).toBe('/elsewhere/python3');
    expect(card.canBrowse).toBe(false);
  });

  it('makes the build that was planned', async () => {
    const { host, card } = opened();
    const rest = { card: 'Arc', python: '3.12.4', downloadBytes: 1, diskBytes: 1, freeBytes: 1, folder: '/d/torch' };
    host.answers['torch:plan'] = ({ build = 'xpu' }) => ({ build, builds: ['xpu', 'cpu'], ...rest });
    const made: unknown[] = [];
    host.answers['torch:make'] = (request) => {
      made.push(request);
      return looked;
    };
    await card.propose();
    expect(card.plan?.build).toBe('xpu');
    await card.propose('cpu');
    await card.make();
    expect(made).toEqual([{ build: 'cpu' }]);
    expect(card.plan).toBeUndefined();
  });

  it('trains on the card of an environment that has just been made', async () => {
    const { host, card } = opened();
    await card.make();
    expect(card.state.making?.message).toBe('Making');
    host.tell('torch:changed', { ...looked, chosen: 'python-1' });
    await expect.poll(() => card.order).toEqual({ device: 'cuda:0', precision: 'float32' });
  });

  it('stays as it was where a making was cancelled or came to nothing', async () => {
    const { host, card } = opened();
    host.answers['torch:make'] = () => ({ ...looked, chosen: 'python-1', making: { fraction: 0, message: 'Making' } });
    await card.make();
    host.tell('torch:changed', { ...looked, chosen: 'python-1', problem: 'The disk has no room for PyTorch.' });
    await card.make();
    host.tell('torch:changed', { ...looked, chosen: 'python-1' });
    expect(card.order).toBeUndefined();
    expect(host.asked).not.toContain('torch:choose');
  });
});
