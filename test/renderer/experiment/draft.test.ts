import { describe, expect, it } from 'vitest';
import {
  draftOfPreset,
  nameOf,
  onImageSet,
  readDraft,
  textAt,
  withChoice,
  withText,
  type Draft,
} from '../../../renderer/experiment/draft.ts';
import { optimizerWords, scheduleWords, shapeLine } from '../../../renderer/experiment/spec-words.ts';
import { presets } from '../../../electron/domain/presets.ts';
import { articleExperiment, articlePreset, mnist } from '../samples.ts';

const draft = draftOfPreset(articlePreset, mnist);
const typed = (fields: Draft['typed']): Draft => ({ ...draft, typed: { ...draft.typed, ...fields } });
const problems = (fields: Draft['typed']) => readDraft(typed(fields), mnist).problems;

describe('an experiment being prepared', () => {
  it('is the preset’s when nothing was typed', () => {
    expect(readDraft(draft, mnist)).toMatchObject({ kind: 'ready', experiment: articleExperiment, problems: {} });
  });

  it('takes what was typed, and says in its name that it was changed', () => {
    const reading = readDraft(
      typed({ 'model.code.size': '64', 'training.learningRate': ' 0.002 ', 'training.epochs': '2' }),
      mnist,
    );
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
    const size = 'model.code.size';
    expect(problems({ [size]: 'many' })).toEqual({ [size]: 'must be a number' });
    expect(problems({ [size]: '' })).toEqual({ [size]: 'must be a number' });
    expect(problems({ [size]: '1.5' })).toEqual({ [size]: 'must be a whole number' });
    expect(problems({ [size]: '5000' })).toEqual({ [size]: 'must be at most 4096' });
    expect(problems({ 'training.learningRate': '0' })).toEqual({ 'training.learningRate': 'must be above 0' });
    expect(problems({ 'training.seed': '-1', 'training.epochs': '0' })).toEqual({
      'training.seed': 'must be at least 0',
      'training.epochs': 'must be at least 1',
    });
    expect(problems({ 'training.regularisers.codeL1': '-1', 'model.encoder.0.units': '0' })).toEqual({
      'training.regularisers.codeL1': 'must be at least 0',
      'model.encoder.0.units': 'must be at least 1',
    });
  });

  it('finds the field of a decoder written by hand', () => {
    const byHand = withChoice(draft, 'model.decoder', [{ kind: 'dense', units: 64, activation: 'gelu' }]);
    const reading = readDraft(withText(byHand, 'model.decoder.0.units', 'few'), mnist);
    expect(reading.problems).toEqual({ 'model.decoder.0.units': 'must be a number' });
    expect(reading.settled.model.decoder).toMatchObject([{ units: 64 }]);
  });

  it('says where settings do not go together', () => {
    const drawn = withChoice(draft, 'training.dynamicBinarisation', true);
    expect(readDraft(drawn, mnist)).toMatchObject({
      kind: 'faulty',
      problems: {
        'training.dynamicBinarisation': 'expected the loss bce for pixels drawn as 0 or 1, found mse.',
      },
    });
    expect(readDraft(withChoice(drawn, 'training.loss', 'bce'), mnist).kind).toBe('ready');
  });

  it('forgets what was typed into the fields of another choice', () => {
    const adam = withChoice(draft, 'training.optimizer', { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7 });
    const rated = withText(adam, 'training.optimizer.beta1', '0.5');
    expect(textAt(rated, 'training.optimizer.beta1')).toBe('0.5');
    const plain = withChoice(rated, 'training.optimizer', { kind: 'sgd' });
    expect(plain.typed).toEqual({});
    expect(readDraft(plain, mnist)).toMatchObject({ experiment: { training: { optimizer: { kind: 'sgd' } } } });
  });

  it('shows what a field is when the experiment does not say it, and leaves it unsaid', () => {
    expect(textAt(draft, 'model.encoder.0.dropout', '0')).toBe('0');
    expect(readDraft(draft, mnist)).toMatchObject({ experiment: { model: { encoder: [{ units: 256 }] } } });
    const dropped = readDraft(withText(draft, 'model.encoder.0.dropout', '0.2'), mnist);
    expect(dropped.settled.model.encoder[0]).toMatchObject({ dropout: 0.2 });
  });

  it('keeps the name that a person has given', () => {
    const mine = { ...draft, base: { ...draft.base, name: 'Mine' } };
    expect(readDraft(withText(mine, 'training.epochs', '3'), mnist)).toMatchObject({ experiment: { name: 'Mine' } });
  });

  it('leaves images to train on', () => {
    expect(problems({ 'training.validationCount': '60000' })).toEqual({
      'training.validationCount': 'must be at most 59,999: some must be left to train on',
    });
    // Fewer than a batch are one batch.
    expect(problems({ 'training.validationCount': '59900' })).toEqual({});
  });

  it('names an image set that is not here', () => {
    const reading = readDraft(draft, undefined);
    expect(reading).toMatchObject({
      kind: 'faulty',
      problems: { imageSet: 'must be an image set that is here, found "mnist"' },
    });
  });

  const faces = { ...mnist, id: 'faces', shape: [64, 48, 3] as const, trainingCount: 300 };
  const changed = { ...draft, typed: { 'training.learningRate': '0.5' } };

  it('takes the shape of another image set’s images, and its share to hold out', () => {
    const moved = onImageSet(changed, faces, mnist);
    expect(moved.base).toMatchObject({ imageSet: 'faces', model: { inputShape: [64, 48, 3] } });
    expect(moved.typed).toEqual({ 'training.learningRate': '0.5', 'training.validationCount': '30' });
    const back = onImageSet(moved, mnist, faces);
    expect(textAt(back, 'training.validationCount')).toBe('5000');
  });

  it('proposes the recipe for imported pictures where nobody has changed anything, and anew for the next set', () => {
    const moved = onImageSet(draft, faces, mnist);
    expect(readDraft(moved, faces)).toMatchObject({
      kind: 'ready',
      experiment: {
        name: 'For these pictures',
        preset: 'recipe',
        imageSet: 'faces',
        training: { validationCount: 30 },
      },
    });
    const many = { ...faces, id: 'many', trainingCount: 5_000 };
    const next = readDraft(onImageSet(moved, many, faces), many);
    expect(next).toMatchObject({ experiment: { name: 'For these pictures', training: { validationCount: 500 } } });
  });

  it('fits a preset that somebody has chosen to a small set, under its own name', () => {
    const deep = presets.find(({ id }) => id === 'deep')!;
    const moved = onImageSet(draftOfPreset(deep, mnist), faces, mnist);
    expect(readDraft(moved, faces)).toMatchObject({
      kind: 'ready',
      experiment: { name: 'Deep, 30-D', training: { batchSize: 16, validationCount: 30, start: 'data' } },
    });
  });
});

describe('a specification in words', () => {
  it('names what shrinks and grows the image by how much it does, and a block by what its sum has', () => {
    const { model } = presets.find(({ id }) => id === 'conv')!;
    const block = { kind: 'residual', filters: 4, kernel: 3, activation: 'relu' } as const;
    const encoder = [{ kind: 'pool', method: 'max', size: 3, stride: 2 } as const, block, { ...block, channels: 8 }];
    expect(shapeLine({ inputShape: [28, 28, 1], ...model, encoder })).toBe(
      '784-pool 3-residual 4-residual 8-32-residual 8-residual 4-upsample 2-784',
    );
  });

  it('names the presets’ shapes, optimizers and schedules', () => {
    const named = ['article', 'modern', 'map-2d', 'conv'].map((id) => presets.find((preset) => preset.id === id)!);
    const words = named.map(({ model, training }) => [
      shapeLine({ inputShape: [28, 28, 1], ...model }),
      optimizerWords(training.optimizer),
      scheduleWords(training.schedule, training.warmupEpochs),
    ]);
    expect(words).toEqual([
      ['784-256-128-256-784', 'RMSProp, decay 0.9', 'constant'],
      ['784-256-128-256-784', 'Adam', 'cosine after 1 warm-up epoch'],
      ['784-1000-500-250-2-250-500-1000-784', 'AdamW, decay 0.1', 'cosine after 2 warm-up epochs'],
      ['784-conv 16-conv 32-32-conv 32-conv 16-784', 'Adam', 'cosine'],
    ]);
  });
});
