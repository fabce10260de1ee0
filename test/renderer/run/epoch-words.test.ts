import { expect, it } from 'vitest';
import { afterEpochOf, epochsWords } from '../../../renderer/run/epoch-words.ts';
import { record } from '../samples.ts';

const stopping = (patience: number) => ({ earlyStopping: { patience, minimumImprovement: 0 } });

it.each([
  ['finished', 22, stopping(22), '22 of 87 epochs, ended early: none of the last 22 was better'],
  ['finished', 9, stopping(1), '9 of 87 epochs, ended early: the last was no better'],
  ['finished', 87, stopping(22), '87 of 87 epochs'],
  ['finished', 22, {}, '22 of 87 epochs'],
  ['stopped', 22, stopping(22), '22 of 87 epochs'],
  ['running', 3, stopping(22), '3 of 87 epochs'],
] as const)('%s after %i of 87 epochs, %j: %s', (status, epochsDone, training, words) => {
  expect(epochsWords({ status, epochs: 87, epochsDone }, training)).toBe(words);
});

it.each([
  [5, 'after epoch 5, the kept weights'],
  [118, 'after epoch 118'],
] as const)('pictures of epoch %i of a run that has kept epoch 5 of 118', (epoch, words) => {
  const { summary, ...rest } = record('a', 'finished');
  const test = { mse: 0.1, squaredError: 1, epoch: 5 };
  expect(afterEpochOf(epoch, { ...rest, summary: { ...summary, epochsDone: 118 }, test })).toBe(words);
  expect(afterEpochOf(epoch, { summary })).toBe(`after epoch ${epoch}`);
});
