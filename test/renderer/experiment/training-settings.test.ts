import { describe, expect, it } from 'vitest';
import type { Experiment } from '../../../electron/domain/experiment.ts';
import { presets, presetExperiment } from '../../../electron/domain/presets.ts';
import { draftOf, draftOfPreset, readDraft, withChoice, withText } from '../../../renderer/experiment/draft.ts';
import { valueAt } from '../../../renderer/experiment/path-values.ts';
import { presetOptions } from '../../../renderer/experiment/preset-groups.ts';
import { helpWords } from '../../../renderer/experiment/setting-default.ts';
import type { Setting } from '../../../renderer/experiment/setting.ts';
import { mainSettings, trainingGroups } from '../../../renderer/experiment/training-settings.ts';
import { whereToLook } from '../../../renderer/places/train/where-to-look.ts';
import { articlePreset, mnist } from '../samples.ts';

const article = draftOfPreset(articlePreset, mnist);

/** Everything that can be put in place of a setting's value. */
const choices = (setting: Setting): readonly unknown[] => {
  if (setting.kind === 'choice') return setting.options.map(({ value }) => value);
  return setting.kind === 'switch' ? [setting.on, setting.off] : [];
};

const settingsOf = (experiment: Experiment): readonly Setting[] => [
  ...mainSettings(experiment),
  ...trainingGroups.flatMap((group) => group.settings(experiment)),
];

describe('the settings of a training', () => {
  it('all have a label, a sentence of help, and a range where they are typed', () => {
    for (const preset of presets) {
      for (const setting of settingsOf(presetExperiment(preset, 'mnist', [28, 28, 1]))) {
        expect(setting.label).not.toBe('');
        expect(setting.help).toMatch(/\.$/);
        if (setting.kind === 'number') expect(setting.range).not.toBe('');
      }
    }
  });

  it('offer only what the schema takes, at a place that is there', () => {
    for (const setting of settingsOf(article.base)) {
      for (const value of choices(setting)) {
        const chosen = withChoice(article, setting.path, value);
        expect(valueAt(chosen.base, setting.path)).toEqual(value);
        const { problems } = readDraft(chosen, mnist);
        // What does not go together is said; nothing is of the wrong kind.
        for (const problem of Object.values(problems)) expect(problem).toMatch(/^expected /);
      }
    }
  });

  it('cover every field of the training', () => {
    const all = [...presets.map((preset) => presetExperiment(preset, 'mnist', [28, 28, 1]))];
    const missing = all.flatMap((experiment) => {
      const paths = settingsOf(experiment).map(({ path }) => path);
      return leaves(experiment.training, 'training').filter(
        (leaf) => !paths.some((path) => leaf === path || leaf.startsWith(`${path}.`)),
      );
    });
    expect(missing).toEqual([]);
  });
});

describe('the help of a setting', () => {
  const setting = (path: string, draft = article) => settingsOf(draft.base).find((one) => one.path === path)!;
  const help = (path: string, draft = article) => helpWords(draft, setting(path, draft));

  it('says the default where it is something else now: the preset’s, or that of the kind chosen', () => {
    expect(help('training.learningRate')).toBe('How far each step goes down the gradient.');
    const faster = withText(article, 'training.learningRate', '0.5');
    expect(help('training.learningRate', faster)).toBe('How far each step goes down the gradient. Default: 0.01.');

    const optimizer = setting('training.optimizer');
    const adam = optimizer.kind === 'choice' ? optimizer.options.find(({ id }) => id === 'adam')?.value : undefined;
    const changed = withText(withChoice(article, 'training.optimizer', adam), 'training.optimizer.beta1', '0.5');
    expect(help('training.optimizer', changed)).toMatch(/models\. Default: RMSProp\.$/);
    expect(help('training.optimizer.beta1', changed)).toMatch(/step\. Default: 0\.9\.$/);

    expect(help('training.dynamicBinarisation')).not.toContain('Default');
    const drawn = withChoice(article, 'training.dynamicBinarisation', true);
    expect(help('training.dynamicBinarisation', drawn)).toMatch(/ Default: off\.$/);
  });

  it('knows no default of an experiment without a preset but what it was opened with', () => {
    const own = draftOf({ ...article.base, preset: undefined });
    const other = withChoice(own, 'training.loss', 'bce');
    expect(help('training.loss', other)).not.toContain('Default');
    expect(help('training.epochs', withText(own, 'training.epochs', '7'))).toMatch(/ Default: 20\.$/);
  });
});

function leaves(value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`));
}

describe('where to look when an experiment cannot be trained', () => {
  const look = (draft = article) => {
    const { problems, settled } = readDraft(draft, mnist);
    return whereToLook(problems, settled);
  };

  it('is nowhere when it can', () => {
    expect(look()).toBeUndefined();
  });

  it('is the layer in Model', () => {
    const units = withText(article, 'model.encoder.0.units', '0');
    expect(look(units)).toEqual({ place: 'model', where: 'Encoder layer 1', message: 'Must be at least 1' });
  });

  it('is the group in Train, before a field that is in sight', () => {
    const clipped = withText(withText(article, 'training.epochs', 'x'), 'training.clipNorm', '-1');
    expect(look(clipped)).toEqual({ place: 'train', where: 'Clipping', message: 'Must be at least 0' });
  });

  it('is the images when their set is not here', () => {
    const { problems, settled } = readDraft(draftOf({ ...article.base, imageSet: 'gone' }), undefined);
    expect(whereToLook(problems, settled)?.where).toBe('Images');
    // Or has channels that the training cannot take.
    const rgb = { ...mnist, shape: [28, 28, 3] as const };
    const pretrained = presets.find(({ id }) => id === 'deep-rbm')!;
    const read = readDraft(draftOfPreset(pretrained, rgb), rgb);
    expect(whereToLook(read.problems, read.settled)).toMatchObject({ place: 'train', where: 'Images' });
  });
});

describe('the preset picker', () => {
  it('lists every preset once, under what it is made of', () => {
    const options = presetOptions(presets, 1);
    expect(options.map(({ id }) => id).sort()).toEqual(presets.map(({ id }) => id).sort());
    const groupOf = (id: string) => options.find((option) => option.id === id)?.group;
    const ids = ['article', 'modern', 'map-2d', 'denoising', 'sparse-kl', 'conv', 'variational'];
    expect([...ids, 'total-correlation', 'wasserstein', 'regularised'].map(groupOf)).toEqual([
      'The article',
      'The article',
      'Deep and maps',
      'Sparse, denoising, contractive',
      'Sparse, denoising, contractive',
      'Convolutional',
      'Variational',
      'Variational',
      'Plain codes to draw from',
      'Plain codes to draw from',
    ]);
  });

  it('marks what is made for RGB beside a grey set', () => {
    const rgb = (channels: 1 | 3) => presetOptions(presets, channels).find(({ id }) => id === 'conv-rgb')?.name;
    expect(rgb(1)).toBe('Convolutional, RGB (this set is grey)');
    expect(rgb(3)).toBe('Convolutional, RGB');
  });
});
