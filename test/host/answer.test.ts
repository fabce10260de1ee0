import { describe, expect, it, vi } from 'vitest';
import type { Handlers, WindowChannel } from '../../electron/contract/contract.ts';
import { checkedAnswer } from '../../electron/host/answer.ts';
import { presetExperiment, presets } from '../../electron/domain/presets.ts';

const handler = vi.fn((request: unknown) => Promise.resolve(request));
const anything = new Proxy({}, { get: () => handler }) as unknown as Handlers<WindowChannel>;
const answer = checkedAnswer(anything);
const experiment = presetExperiment(presets[0]!, 'mnist', [28, 28, 1]);

describe('what a window sends', () => {
  it('reaches its handler when it fits', async () => {
    expect(await answer('run:start', { experiment })).toEqual({ experiment });
  });

  it.each([
    ['engine:export', { runId: 'a', weights: 'best', folder: '/' }],
    ['engine:describe', {}],
    ['engine:stage', { staged: 'a', paths: ['/etc'] }],
    ['preload:stage', { files: [{ kind: 'path', path: '/etc' }] }],
    ['run:erase', {}],
    ['toString', {}],
    ['__proto__', {}],
  ])('on channel %s is refused', async (channel, request) => {
    await expect(answer(channel, request)).rejects.toMatchObject({
      code: 'refused',
      message: `A window may not call "${channel}".`,
    });
  });

  it.each([
    [
      'run:open',
      { runId: '../../etc' },
      'run:open: runId must be lower-case letters, digits and dashes, found "../../etc".',
    ],
    ['run:open', { runId: 7 }, 'run:open: runId must be string, found 7.'],
    ['run:list', { all: true }, 'run:list: all must not be given: there is no such field.'],
    ['app:describe', undefined, 'app:describe: must be Object, found undefined.'],
    [
      'image-set:images',
      { imageSet: 'mnist', split: 'validation', first: 0, count: 1 },
      'image-set:images: split must be ("training" | "test"), found "validation".',
    ],
    [
      'image-set:images',
      { imageSet: 'mnist', split: 'test', first: 0, count: 1e9 },
      'image-set:images: count must be <=1000, found 1000000000.',
    ],
    [
      'run:start',
      { experiment: { ...experiment, training: { ...experiment.training, batchSize: 0 } } },
      'run:start: experiment.training.batchSize must be at least 1, found 0.',
    ],
  ])('on %s that does not fit is a bad request naming the field', async (channel, request, message) => {
    handler.mockClear();
    await expect(answer(channel, request)).rejects.toMatchObject({ code: 'bad-request', message });
    expect(handler).not.toHaveBeenCalled();
  });
});
