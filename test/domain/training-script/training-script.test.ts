import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ModelSpec } from '../../../electron/domain/experiment.ts';
import { ARTICLE_COSTS } from '../../../electron/domain/presets.ts';
import { recipeFor } from '../../../electron/domain/recipe.ts';
import {
  scriptDialectIds,
  scriptDialects,
  type ScriptDialectId,
} from '../../../electron/domain/training-script/dialects.ts';
import { SCRIPT_WIDTH } from '../../../electron/domain/training-script/script-text.ts';
import { trainingScript } from '../../../electron/domain/training-script/training-script.ts';
import { javaScriptTree, python, pythonTrees } from './parse.ts';
import { conv, sourceOf, texts, written } from './script-experiments.ts';
import { digits, experimentOf, textOf } from './script-samples.ts';

const GOLDEN = join(import.meta.dirname, 'golden');

/** Lines that a preset's script has at most. */
const LONGEST = 180;

describe('a training script', () => {
  it.runIf(python !== undefined)('is what Python compiles', async () => {
    for (const { dialect, texts: own } of texts.filter(({ dialect }) => dialect !== 'tfjs')) {
      const wrong = (await pythonTrees(own)).filter((tree) => tree.startsWith('SyntaxError'));
      expect(wrong, dialect).toEqual([]);
    }
  });

  it('is a module of JavaScript', () => {
    const own = texts.find(({ dialect }) => dialect === 'tfjs')!.texts;
    expect(own.map(javaScriptTree).filter((tree) => tree.startsWith('SyntaxError'))).toEqual([]);
  });

  it.each(texts)('leaves nothing of its template behind in $dialect', ({ dialect, texts: own }) => {
    for (const text of own) {
      const lines = text.split('\n');
      expect(lines.filter((line) => /undefined(?!, |;)|NaN|\[object|(?<!\[)null,|=>\s*;|\s$|\t/.test(line))).toEqual(
        [],
      );
      if (dialect !== 'tfjs') expect(lines.filter((line) => line.includes('${'))).toEqual([]);
      expect(text).not.toMatch(/\n\n\n\n/);
      expect(text.endsWith('\n') && !text.endsWith('\n\n')).toBe(true);
      expect(lines.filter((line) => line.length > SCRIPT_WIDTH)).toEqual([]);
    }
  });

  it.each(scriptDialectIds)('of a preset is as long as a person would read, in %s', (dialect) => {
    const long = written.flatMap(({ id }) => {
      const experiment = experimentOf(id);
      const lines = textOf(dialect, experiment, sourceOf(experiment)).trimEnd().split('\n').length;
      return lines >= 60 && lines <= LONGEST ? [] : [`${id}: ${lines} lines`];
    });
    expect(long).toEqual([]);
  });

  it.each(scriptDialects)('of the article stays as it is in $name', async ({ id, language }) => {
    const file = join(GOLDEN, `article-${id}.${language === 'python' ? 'py' : 'mjs'}.txt`);
    const text = textOf(id, experimentOf('article'));
    if (process.env['AUTOENCODER_STUDIO_WRITE_GOLDEN'] === '1') await writeFile(file, text);
    expect(text).toBe(await readFile(file, 'utf8'));
  });

  it.each(scriptDialectIds)('of the article says what the article printed, in %s', (dialect) => {
    const text = textOf(dialect, experimentOf('article'));
    expect(ARTICLE_COSTS).toHaveLength(20);
    for (const cost of ARTICLE_COSTS) expect(text).toContain(cost.toFixed(9));
    expect(textOf(dialect, experimentOf('modern'))).not.toContain('0.182728916');
  });

  it('says what its dialect does otherwise, in the file and beforehand', () => {
    const { files, notes } = trainingScript(experimentOf('article'), digits, 'pytorch');
    expect(notes.join(' ')).toContain('Epsilon: PyTorch adds it to the root');
    for (const note of notes) {
      for (const word of note.split(' ')) expect(files[0]!.text.slice(0, 1_500)).toContain(word);
    }
    for (const dialect of scriptDialectIds) {
      expect(textOf(dialect, experimentOf('map-neighbours'))).toContain('Damrich et al. 2023, eq. 8');
      const beside = experimentOf('map-neighbours', { inputNoise: { kind: 'masking', fraction: 0.2 } });
      expect(trainingScript(beside, digits, dialect).notes.join(' ')).toContain('Neighbours: the penalty');
    }
    const again = { ...experimentOf('modern'), startFrom: { runId: 'first-run', weights: 'best' as const } };
    for (const dialect of scriptDialectIds) {
      expect(trainingScript(again, digits, dialect).notes.join(' ')).toContain('those of the run first-run');
    }
  });

  it('says where the rate that suits a start at PCA is too small for weights that are drawn', () => {
    const told = (trainingCount: number): string => {
      const { experiment } = recipeFor({ id: 'mnist', shape: [28, 28, 1], trainingCount });
      return trainingScript(experiment, digits, 'pytorch').notes.join(' ');
    };
    expect(told(100)).toMatch(/must learn that too\. Its rate and steps are for that start: .* a rate of 0\.001 /);
    expect(told(5_000)).toMatch(/must learn that too\.(?! Its rate)/);
  });

  it.each([
    ['keras', 'keras'],
    ['pytorch', 'torch'],
    ['tfjs', '@tensorflow/tfjs-node'],
  ] as const)('in %s brings a list with %s', (dialect, wanted) => {
    const [script, needs] = trainingScript(experimentOf('article'), digits, dialect).files;
    expect(script?.name).toBe(dialect === 'tfjs' ? 'train.mjs' : 'train.py');
    expect(needs?.text).toContain(wanted);
    const pictures = trainingScript(experimentOf('article'), { ...digits, source: 'pictures' }, dialect).files[1]!;
    if (dialect !== 'tfjs') expect(pictures.text).toContain('pillow');
  });

  it('refuses an experiment whose parts do not go together', () => {
    const wrong = experimentOf('contractive', {}, { encoder: [{ kind: 'dense', units: 8, activation: 'relu' }] });
    expect(() => trainingScript(wrong, digits, 'keras')).toThrow('expected the code to be the encoder’s only layer');
    const all = experimentOf('modern', { validationCount: 60_000 });
    expect(() => trainingScript(all, digits, 'keras')).toThrow('must be less than the 60000 training images');
  });
});

describe('a script of an odd set', () => {
  it.each([['_hidden'], [''], [' ']])(
    'keeps a label in the legend that begins as matplotlib’s hidden ones do: %j',
    (name) => {
      for (const dialect of ['keras', 'pytorch'] as const) {
        expect(textOf(dialect, experimentOf('modern'), { ...digits, labelNames: ['a', name] })).toContain(
          'label=f" {name}"',
        );
        expect(textOf(dialect, experimentOf('modern'))).toContain('label=name');
      }
    },
  );

  it('writes no characters into its SVG that XML does not take', () => {
    const text = textOf('tfjs', experimentOf('modern'), { ...digits, labelNames: ['a\u0007<'] });
    const xml = /const xml = ([\s\S]*?);\n/.exec(text)![1]!;
    expect((new Function(`return (${xml})('a\\u0007<')`) as () => string)()).toBe('a &#60;');
  });

  it('looks for no principal components of a single image', () => {
    for (const dialect of ['keras', 'pytorch'] as const) {
      const text = textOf(dialect, experimentOf('modern'), { ...digits, testCount: 1 });
      expect(text).not.toContain('PCA(');
      expect(text).toContain('np.zeros((1, 2))');
    }
  });

  it('reads no colours from IDX files', () => {
    for (const dialect of scriptDialectIds) {
      expect(() => textOf(dialect, experimentOf('conv-rgb'))).toThrow(
        'IDX files: expected grey images, found 28 × 28 × 3.',
      );
      expect(textOf(dialect, experimentOf('conv-rgb'), { ...digits, source: 'stored' })).toContain('28, 28, 3');
    }
  });

  it('says that picture files are stretched', () => {
    const { notes } = trainingScript(experimentOf('modern'), { ...digits, source: 'pictures' }, 'keras');
    expect(notes.join(' ')).toContain('Picture files: others than of 28 × 28 pixels are stretched to that');
  });

  it('rises over one step at least', () => {
    const tiny = experimentOf('variational', { warmupEpochs: 0.001, betaWarmupEpochs: 0.001 });
    for (const dialect of scriptDialectIds) {
      const text = textOf(dialect, tiny);
      const steps = dialect === 'tfjs' ? 'Math.max(1, Math.round(0.001 * steps))' : 'max(1, round(0.001 * steps))';
      expect(text).toContain(`rise = ${steps}`);
      expect(text).toContain(`/ (${steps})`);
    }
  });
});

describe('what codes are drawn by, or kept near', () => {
  const none = { codeL1: 0, contractive: 0 };

  it.each([
    ['several codes an image', { importanceSamples: 7 }, ['7, *ops.shape(mean)', 'torch.randn(7, ', 'normal([7, ']],
    ['free bits', { freeBits: 0.125 }, ['maximum(nats, 0.125)', 'clamp(min=0.125)', 'maximum(0.125)']],
    [
      'a beta that rises in cycles',
      { beta: 3, betaCycles: { count: 4, rise: 0.25 }, betaWarmupEpochs: 0 },
      [
        '3 * min(1, (optimizer.iterations.numpy() % math.ceil(cycle)) / (0.25 * cycle))',
        '3 * min(1, (scheduler.last_epoch % math.ceil(cycle)) / (0.25 * cycle))',
        '3 * Math.min(1, (step % Math.ceil(cycle)) / (0.25 * cycle))',
      ],
    ],
    [
      'total correlation',
      { regularisers: { ...none, totalCorrelation: 17 } },
      ['17 * total_correlation(', '17 * total_correlation(', 'totalCorrelation(code, centre, spread).mul(17)'],
    ],
    [
      'mean discrepancy',
      { regularisers: { ...none, mmd: 17 } },
      ['17 * discrepancy(code, ', '17 * discrepancy(code, ', 'apart.mul(17)'],
    ],
    [
      'short codes',
      { regularisers: { ...none, codeL2: 0.34 } },
      ['regularizers.L2(0.17)', '0.17 * mean.square()', 'lengths.mul(0.17)'],
    ],
    [
      'small weights of the decoder',
      { regularisers: { ...none, decoderL2: 0.17 } },
      ['weight.regularizer = keras.regularizers.L2(0.17)', '0.17 * small', 'tf.addN(squares).mul(0.17)'],
    ],
  ] as const)('are in every dialect: %s', (_, changes, said) => {
    scriptDialectIds.forEach((dialect, at) => {
      expect(textOf(dialect, experimentOf('variational', changes)), dialect).toContain(said[at]);
    });
  });
});

describe('what no script says', () => {
  const refusal = (words: string): string =>
    `No script trains ${words} yet: train this experiment in the app, and export the model.`;

  it('is refused by name', () => {
    const valid = experimentOf('conv', {}, { encoder: [{ ...conv, padding: 'valid' }] });
    for (const dialect of scriptDialectIds) {
      expect(() => trainingScript(valid, digits, dialect)).toThrow(
        'a transposed convolution that grows images by more',
      );
    }
  });

  it('is refused by name: several codes an image beside a label, and squares missing, in every dialect', () => {
    for (const dialect of scriptDialectIds) {
      const missing = experimentOf('modern', { inputNoise: { kind: 'patches', count: 1, size: 5 } });
      expect(() => textOf(dialect, missing)).toThrow(refusal('on images with squares missing'));
      const asked = experimentOf('conditional', { importanceSamples: 5 });
      expect(() => textOf(dialect, asked)).toThrow(refusal('a code that knows the label with several codes an image'));
    }
  });

  const inOne: readonly (readonly [ScriptDialectId, string, Partial<ModelSpec>])[] = [
    ['tfjs', 'group normalisation in TensorFlow.js', { encoder: [conv, { kind: 'norm', method: 'group', groups: 2 }] }],
    ['tfjs', 'layer normalisation of images in TensorFlow.js', { encoder: [conv, { kind: 'norm', method: 'layer' }] }],
    ['tfjs', 'bilinear enlarging in TensorFlow.js', { decoder: [{ kind: 'upsample', size: 2, method: 'bilinear' }] }],
    ['tfjs', 'GELU by tanh in TensorFlow.js', { encoder: [{ ...conv, activation: 'gelu-tanh' }] }],
    ['tfjs', 'a hard SiLU in TensorFlow.js', { encoder: [{ ...conv, activation: 'hard-silu' }] }],
    [
      'pytorch',
      'average pooling of windows that overlap in PyTorch',
      { encoder: [{ kind: 'pool', method: 'average', size: 3, stride: 2 }] },
    ],
  ];
  it.each(inOne)('is refused by name in %s alone: %s', (dialect, words, model) => {
    const asked = experimentOf('conv', {}, model);
    for (const id of scriptDialectIds) {
      const written = (): string => textOf(id, asked);
      if (id === dialect) expect(written).toThrow(refusal(words));
      else expect(written).not.toThrow();
    }
  });
});
