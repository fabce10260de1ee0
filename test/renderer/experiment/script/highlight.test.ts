import { describe, expect, it } from 'vitest';
import { presetExperiment, presets } from '../../../../electron/domain/presets.ts';
import { scriptDialectIds } from '../../../../electron/domain/training-script/dialects.ts';
import { trainingScript } from '../../../../electron/domain/training-script/training-script.ts';
import { tokensOf, type Token } from '../../../../renderer/experiment/script/highlight.ts';

const kinds = (text: string, language: 'python' | 'javascript'): readonly string[] =>
  (tokensOf(text, language)[0] ?? [])
    .filter(({ kind }) => kind !== 'plain')
    .map(({ kind, text: own }) => `${kind} ${own}`);

describe('the colours of a script', () => {
  it.each(scriptDialectIds)('leave every character of it in its place, in %s', (dialect) => {
    const images = {
      source: 'idx',
      name: '"MNIST"',
      trainingCount: 60_000,
      testCount: 1,
      labelNames: ['a\\', 'b#'],
    } as const;
    for (const { text, language } of trainingScript(
      presetExperiment(presets[0]!, 'mnist', [28, 28, 1]),
      images,
      dialect,
    ).files) {
      const lines = tokensOf(text, language).map((line) => line.map(({ text: piece }: Token) => piece).join(''));
      expect(lines.join('\n')).toBe(text);
    }
  });

  it('tell Python’s words, strings, numbers and comments apart', () => {
    expect(kinds('def load(x): return f"{x} # no" + 1e-7  # yes', 'python')).toEqual([
      'keyword def',
      'name load',
      'keyword return',
      'string f"{x} # no"',
      'number 1e-7',
      'comment # yes',
    ]);
    expect(kinds('x = layer2.for_each', 'python')).toEqual([]);
  });

  it('tell JavaScript’s apart', () => {
    expect(kinds("const a = 'it\\'s // no' ?? `x ${1}`; // yes", 'javascript')).toEqual([
      'keyword const',
      "string 'it\\'s // no'",
      'string `x ${1}`',
      'comment // yes',
    ]);
  });

  it('go on over lines', () => {
    expect(tokensOf('"""one\ntwo"""\nx', 'python')).toEqual([
      [{ kind: 'string', text: '"""one' }],
      [{ kind: 'string', text: 'two"""' }],
      [{ kind: 'plain', text: 'x' }],
    ]);
  });
});
