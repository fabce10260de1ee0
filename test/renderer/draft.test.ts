import { describe, expect, it } from 'vitest';
import { draftOfPreset, nameOf, onImageSet, readDraft, type Draft } from '../../renderer/state/draft.ts';
import { optimizerWords, scheduleWords, shapeLine } from '../../renderer/state/spec-words.ts';
import { presets } from '../../electron/contract/presets.ts';
import { articleExperiment, articlePreset, mnist } from './samples.ts';

const draft = draftOfPreset(articlePreset, mnist);
const typed = (fields: Partial<Draft['typed']>): Draft => ({ ...draft, typed: { ...draft.typed, ...fields } });

function problems(fields: Partial<Draft['typed']>) {
  const reading = readDraft(typed(fields), mnist);
  return reading.kind === 'faulty' ? reading.problems : {};
}

describe('an experiment being prepared', () => {
  it('is the preset’s when nothing was typed', () => {
    expect(readDraft(draft, mnist)).toEqual({ kind: 'ready', experiment: articleExperiment });
  });

  it('takes what was typed, and says in its name that it was changed', () => {
    const reading = readDraft(typed({ codeSize: '64', learningRate: ' 0.002 ', epochs: '2' }), mnist);
    expect(reading).toMatchObject({
      kind: 'ready',
      experiment: {
        name: 'Article, changed',
        preset: 'article',
        model: { code: { size: 64, activation: 'sigmoid' } },
        training: { learningRate: 0.002, epochs: 2 },
      },
    });
  });

  it('keeps the preset’s name under another seed', () => {
    const { training } = articleExperiment;
    expect(nameOf({ ...articleExperiment, training: { ...training, seed: 7 } }, mnist)).toBe('Article');
  });

  it('says at the field what it must be', () => {
    expect(problems({ codeSize: 'many' })).toEqual({ codeSize: 'must be a number' });
    expect(problems({ codeSize: '' })).toEqual({ codeSize: 'must be a number' });
    expect(problems({ codeSize: '1.5' })).toEqual({ codeSize: 'must be a whole number' });
    expect(problems({ codeSize: '5000' })).toEqual({ codeSize: 'must be at most 4096' });
    expect(problems({ learningRate: '0' })).toEqual({ learningRate: 'must be above 0' });
    expect(problems({ seed: '-1', epochs: '0' })).toEqual({ seed: 'must be at least 0', epochs: 'must be at least 1' });
  });

  it('leaves images to train on', () => {
    expect(problems({ validationCount: '60000' })).toEqual({
      validationCount: 'must be at most 59,999: some must be left to train on',
    });
    // Fewer than a batch are one batch.
    expect(problems({ validationCount: '59900' })).toEqual({});
  });

  it('names an image set that is not here', () => {
    const reading = readDraft(draft, undefined);
    expect(reading).toEqual({
      kind: 'faulty',
      problems: { imageSet: 'must be an image set that is here, found "mnist"' },
    });
  });

  it('takes the shape of another image set’s images', () => {
    const moved = onImageSet(draft, { ...mnist, id: 'faces', shape: [64, 48, 3] });
    expect(moved.base).toMatchObject({ imageSet: 'faces', model: { inputShape: [64, 48, 3] } });
    expect(moved.typed).toEqual(draft.typed);
  });

  it('holds out a tenth of a small set, under the preset’s own name', () => {
    const few = { ...mnist, id: 'few', trainingCount: 300 };
    const moved = onImageSet(draft, few);
    expect(moved.typed.validationCount).toBe('30');
    expect(readDraft(moved, few)).toMatchObject({
      kind: 'ready',
      experiment: { name: 'Article', imageSet: 'few', training: { validationCount: 30 } },
    });
  });
});

describe('a specification in words', () => {
  it('names the presets’ shapes, optimizers and schedules', () => {
    const words = presets.map(({ model, training }) => [
      shapeLine({ inputShape: [28, 28, 1], ...model }),
      optimizerWords(training.optimizer),
      scheduleWords(training.schedule, training.warmupEpochs),
    ]);
    expect(words).toEqual([
      ['784-256-128-256-784', 'RMSProp, decay 0.9', 'constant'],
      ['784-256-128-256-784', 'Adam', 'cosine'],
      ['784-1000-500-250-2-250-500-1000-784', 'AdamW, decay 0.01', 'cosine after 1 warm-up epoch'],
      ['784-conv 16-conv 32-32-conv 32-conv 16-784', 'Adam', 'cosine'],
    ]);
  });
});
