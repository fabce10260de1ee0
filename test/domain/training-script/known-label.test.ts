import { describe, expect, it } from 'vitest';
import { scriptDialectIds } from '../../../electron/domain/training-script/dialects.ts';
import { digits, experimentOf, textOf } from './script-samples.ts';

describe('a code that knows the label', () => {
  it('is made of a style and of so many classes, in every dialect', () => {
    const asked = experimentOf('conditional', { classWeight: 7 });
    const said = {
      keras: ['Dense(10, activation="softmax")', 'Dense(8)', 'one_hot(label, 10)', '7 * ops.mean(missed)'],
      pytorch: ['nn.Linear(500, 10)', 'nn.Linear(510, 8)', 'one_hot(label, 10)', '7 * F.cross_entropy('],
      tfjs: ["units: 10, activation: 'softmax'", 'units: 8,', ', 10).toFloat()', 'missed.mul(7)'],
    } as const;
    for (const dialect of scriptDialectIds) {
      for (const words of said[dialect]) expect(textOf(dialect, asked)).toContain(words);
    }
  });

  it.each([
    ['idx', ['train-labels-idx1-ubyte', 'train-labels-idx1-ubyte']],
    ['stored', ['classes, labels = labels[:60_000], labels[60_000:]', 'const classes = await readFile(']],
    ['pictures', ['images, classes = read_pictures(folder / "train")', 'const { images, labels: classes }']],
  ] as const)('reads the training images’ labels: %s', (source, [python, javaScript]) => {
    for (const dialect of scriptDialectIds) {
      const text = textOf(dialect, experimentOf('conditional'), { ...digits, source });
      expect(text).toContain(dialect === 'tfjs' ? javaScript : python);
      expect(textOf(dialect, experimentOf('variational'), { ...digits, source })).not.toContain('classes');
    }
  });

  it('is refused on images that have other labels', () => {
    for (const dialect of scriptDialectIds) {
      const written = (labelNames: readonly string[]) => () =>
        textOf(dialect, experimentOf('conditional'), { ...digits, labelNames });
      expect(written(['a', 'b'])).toThrow('model.code.classes: expected 2, the classes of MNIST, found 10.');
      expect(written([])).toThrow('found no labels in MNIST.');
    }
  });
});
