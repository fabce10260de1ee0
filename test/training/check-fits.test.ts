import { describe, expect, it } from 'vitest';
import { layOut } from '../../electron/domain/model-layout.ts';
import { checkFits, checkTensors } from '../../electron/training/check-fits.ts';
import { dense } from '../engine/samples.ts';
import { experiment, tinySet } from './samples.ts';

describe('what TensorFlow asks for in one piece', () => {
  const wide = experiment({ batchSize: 50 }, { encoder: [dense(100)] });
  const values = 50 * 4 * 100;
  const weights = 4 * Math.max(...layOut(wide.model).layers.map(({ parameters }) => parameters));

  it('may be as much as there is', () => {
    expect(() => checkTensors(wide, Math.max(values, weights))).not.toThrow();
    expect(() => checkTensors(wide)).not.toThrow();
  });

  it('is refused beforehand where a batch of a layer’s values is more', () => {
    const tall = { ...wide, training: { ...wide.training, batchSize: 500 } };
    expect(() => checkTensors(tall, 10 * values - 1)).toThrow(
      'model.encoder.0: this layer makes, of a batch of 500 images, values of 0.0 GB in one piece, and the desktop app has at most 0.0 GB. Choose a smaller batch.',
    );
  });

  it('is refused beforehand where a layer’s weights are more', () => {
    const single = { ...wide, training: { ...wide.training, batchSize: 1 } };
    expect(() => checkTensors(single, weights - 1)).toThrow('has weights of 0.0 GB in one piece');
    expect(() => checkTensors(single, weights)).not.toThrow();
  });
});

describe('a code with classes', () => {
  const three = experiment({}, { code: { size: 5, activation: 'linear', variational: true, classes: 3 } });

  it('fits a set of as many', () => {
    expect(() => checkFits(three, tinySet(30))).not.toThrow();
  });

  it('is refused beforehand on a set without labels, and on one of other classes', () => {
    expect(() => checkFits(three, tinySet(30, 12, false))).toThrow(
      'model.code.classes: expected images of several classes, as each tells the decoder its own, found no labels in Tiny. Choose a labelled set, or a model without classes.',
    );
    const four = { ...three, model: { ...three.model, code: { ...three.model.code, classes: 4 } } };
    expect(() => checkFits(four, tinySet(30))).toThrow('expected 3, the classes of Tiny, found 4.');
  });
});
