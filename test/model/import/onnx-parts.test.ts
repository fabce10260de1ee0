import { describe, expect, test } from 'vitest';
import { MessageWriter } from '../../../electron/engine/graph/protobuf.ts';
import { permuted, wanted } from '../../../electron/model/import/onnx/constants.ts';
import { Layout } from '../../../electron/model/import/onnx/layout.ts';
import { FieldBudget, Message } from '../../../electron/model/import/onnx/message.ts';
import {
  activationOf,
  applied,
  clipOf,
  identity,
  lineOf,
  scaledActivationOf,
  unrounded,
} from '../../../electron/model/import/onnx/scalar-functions.ts';

describe('how a value lies over an image', () => {
  const plain = Layout.plain([2, 3, 2]);

  test('turning channels to the front and back moves no number', () => {
    const first = plain.transposed([2, 0, 1])!;
    expect(first.dims).toEqual([2, 2, 3]);
    expect([...first.places()]).toEqual([0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11]);
    expect(first.follows(Layout.channelsFirst([2, 3, 2]))).toBe(true);
    expect(first.transposed([1, 2, 0])!.follows(plain)).toBe(true);
  });

  test('a row made of an image is split again as it was', () => {
    const row = Layout.channelsFirst([2, 3, 2]).reshaped([12])!;
    expect(row.follows(plain)).toBe(false);
    const again = row.reshaped([2, 2, 3])!.transposed([1, 2, 0])!;
    expect(again.dims).toEqual([2, 3, 2]);
    expect(again.follows(plain)).toBe(true);
    expect(row.reshaped([5, 2])).toBe(undefined);
    // Three do not go into two whole times.
    expect(row.reshaped([3, 4])!.transposed([1, 0])?.places()).toBe(undefined);
  });

  test('repeated rows and columns are an enlarged image', () => {
    const rows = plain.reshaped([2, 1, 3, 1, 2])!.tiled(1, 2)!.tiled(3, 2)!;
    const enlarged = rows.reshaped([4, 6, 2])!.enlargement([2, 3, 2])!;
    expect(enlarged.times).toBe(2);
    expect(enlarged.layout.follows(Layout.plain([4, 6, 2]))).toBe(true);
    expect(plain.enlargement([2, 3, 2])).toBe(undefined);
    expect(plain.tiled(0, 4)!.enlargement([2, 3, 2])).toBe(undefined);
  });
});

describe('constants', () => {
  test('are turned around, and shapes made whole', () => {
    const data = Float32Array.of(1, 2, 3, 4, 5, 6);
    expect(permuted({ dims: [2, 3], data }, [1, 0])).toEqual({ dims: [3, 2], data: Float32Array.of(1, 4, 2, 5, 3, 6) });
    expect(permuted({ dims: [2, 3], data }, [1, 1])).toBe(undefined);
    expect(wanted([0, -1], [2, 3, 4], false)).toEqual([2, 12]);
    expect(wanted([5, -1], [2, 3, 4], false)).toBe(undefined);
    expect(wanted([-1, -1], [2, 3, 4], false)).toBe(undefined);
  });
});

describe('numbers of half precision', () => {
  test('are those of GELU that they were rounded from; others stay as they are', () => {
    // √2, √(2/π) and 0.044715 as float16; √2 as bfloat16.
    expect([1.4140625, 0.7978515625, 0.044708251953125].map(unrounded)).toEqual([
      Math.SQRT2,
      Math.sqrt(2 / Math.PI),
      0.044715,
    ]);
    expect(unrounded(1.4140625)).toBe(Math.SQRT2);
    expect([1.414, 0.5, 0, -1.4140625, Math.fround(Math.SQRT2)].map(unrounded)).toEqual([
      1.414,
      0.5,
      0,
      -1.4140625,
      Math.fround(Math.SQRT2),
    ]);
  });
});

describe('functions of one number', () => {
  const settings = { number: (_: string, otherwise: number) => otherwise, text: () => '' };
  const after = (operator: string, ...operands: Parameters<typeof applied>[1]) =>
    applied(operator, operands, settings)!;

  test('are told by what they compute', () => {
    expect(activationOf(after('Sigmoid', identity))).toEqual({ activation: 'sigmoid' });
    const bent = after('Max', identity, after('Mul', identity, 0.2));
    expect(activationOf(bent)).toMatchObject({ activation: 'leaky-relu' });
    expect(activationOf(bent)!.slope).toBeCloseTo(0.2, 12);
    const soft = after('Log', after('Add', after('Exp', identity), 1));
    expect(activationOf(soft)).toEqual({ activation: 'softplus' });
    // GELU by its approximation with tanh is another function than with the error function.
    const gentle = applied('Gelu', [identity], { ...settings, text: () => 'tanh' })!;
    expect(activationOf(gentle)).toEqual({ activation: 'gelu-tanh' });
    expect(activationOf(after('HardSwish', identity))).toEqual({ activation: 'hard-silu' });
    expect(activationOf(after('Mul', identity, after('Tanh', after('Softplus', identity))))).toEqual({
      activation: 'mish',
    });
    expect(activationOf(after('Div', identity, after('Add', after('Abs', identity), 1)))).toEqual({
      activation: 'softsign',
    });
    // Of a clip at 255 nothing is seen between -30 and 30.
    expect(activationOf(after('Min', after('Max', identity, 0), 255))).toBe(undefined);
    expect(clipOf(after('Min', after('Max', identity, 0), 255))).toMatchObject({ least: 0, most: 255 });
    expect(activationOf(after('Gelu', identity))).toEqual({ activation: 'gelu' });
    expect(activationOf(after('Mul', identity, after('Sigmoid', identity)))).toEqual({ activation: 'silu' });
    expect(activationOf(after('Exp', identity))).toBe(undefined);
    const moved = scaledActivationOf(after('Add', after('Mul', after('Tanh', identity), 0.5), 0.5))!;
    expect(moved.activation).toEqual({ activation: 'tanh' });
    expect([moved.factor, moved.summand]).toEqual([expect.closeTo(0.5, 6), expect.closeTo(0.5, 6)]);
    expect(lineOf(after('Sub', after('Div', identity, 4), 1))).toEqual({ factor: 0.25, summand: -1 });
    expect(applied('Softmax', [identity], settings)).toBe(undefined);
  });
});

describe('protocol-buffer messages', () => {
  const read = (bytes: Uint8Array, most = 100) => new Message(bytes, new FieldBudget(most), 'tried');

  test('give back what was written, packed or not', () => {
    const bytes = new MessageWriter()
      .integer(1, -5)
      .text(2, 'näme')
      .integer(3, 1)
      .integer(3, 300)
      .bytes(3, Uint8Array.of(0x96, 0x01, 0x02))
      .float(4, 0.5)
      .message(5, (inner) => inner.text(1, 'within'))
      .finish();
    const message = read(bytes);
    expect(message.number(1)).toBe(-5);
    expect(message.text(2)).toBe('näme');
    expect(message.integers(3)).toEqual([1, 300, 150, 2]);
    expect(message.floats(4)).toEqual(Float32Array.of(0.5));
    expect(message.messages(5).map((inner) => inner.text(1))).toEqual(['within']);
    expect([message.has(6), message.number(6, 7), message.text(6)]).toEqual([false, 7, '']);
  });

  test('are refused where they are torn, or have fields without end', () => {
    expect(() => read(Uint8Array.of(0x0a, 0x7f, 1))).toThrow(
      'tried: expected whole protocol-buffer messages, found one cut off: copy the file again, or save the model anew.',
    );
    expect(() => read(new Uint8Array(12).fill(0xff))).toThrow(
      'found a damaged one: copy the file again, or save the model anew.',
    );
    expect(() => read(Uint8Array.of(0x0b))).toThrow(
      'found a damaged one: copy the file again, or save the model anew.',
    );
    expect(() => read(Uint8Array.from({ length: 300 }, (_, at) => (at % 2 === 0 ? 8 : 0)))).toThrow(
      'tried: expected a file of fewer fields, found more than any model has: copy the file again, or save the model anew.',
    );
  });
});
