import { describe, expect, it } from 'vitest';
import type { ScriptDialectId } from '../../../electron/domain/training-script/dialects.ts';
import { doubleQuoted, inComment, singleQuoted } from '../../../electron/domain/training-script/script-text.ts';
import { javaScriptTree, python, pythonTrees } from './parse.ts';
import { digits, experimentOf, textOf } from './script-samples.ts';

const awkward = [
  '"""',
  "'''",
  '"; import os; os.system("x") #',
  "'; process.exit(1); //",
  '\\',
  'ends with \\',
  '\\"',
  'two\nlines',
  'two\r\nlines',
  'a\u2028b\u2029c',
  '`${process.exit(1)}`',
  '*/ process.exit(1) /*',
  '{x}',
  '%s',
  '$x$',
  'Ωμέγα, 漢字, עברית, العربية',
  '👩‍🔬',
  '\u202egnp.exe',
  '\ud800',
  '\0\x07\x1b[2J',
  '# comment',
  '</svg>',
];

/** Both languages' own reading of a literal that is in both the same. */
const readBack = (literal: string): unknown => (0, eval)(literal);

describe('a name in a script', () => {
  it.each(awkward.map((name) => [JSON.stringify(name), name]))('comes back from its literal: %s', (_, name) => {
    const kept = name.toWellFormed();
    expect(readBack(doubleQuoted(name))).toBe(kept);
    expect(readBack(singleQuoted(name))).toBe(kept);
    expect(doubleQuoted(name) + singleQuoted(name) + inComment(name)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  });

  const named = (dialect: ScriptDialectId, name: string): string =>
    textOf(
      dialect,
      { ...experimentOf('article'), name: name.trim() || 'x' },
      { ...digits, name, labelNames: [name, 'good', `${name}${name}`] },
    );

  it.runIf(python !== undefined).each(['keras', 'pytorch'] as const)(
    'changes nothing but texts in %s',
    async (dialect) => {
      // A $ is told to matplotlib, whatever else is in the name.
      const texts = awkward.flatMap((name) => [
        named(dialect, name.includes('$') ? '$' : 'plain'),
        named(dialect, name),
      ]);
      const trees = await pythonTrees(texts);
      awkward.forEach((name, at) => {
        expect(trees[2 * at], dialect).not.toContain('SyntaxError');
        expect(trees[2 * at + 1], JSON.stringify(name)).toBe(trees[2 * at]);
      });
    },
  );

  it('changes nothing but texts in tfjs', () => {
    for (const name of awkward) {
      // What is XML's own is escaped, whatever else is in the name.
      const plain = javaScriptTree(named('tfjs', /[<&\p{Cc}]/u.test(name) ? '<' : 'plain'));
      expect(plain).not.toContain('SyntaxError');
      expect(javaScriptTree(named('tfjs', name)) === plain, JSON.stringify(name)).toBe(true);
    }
  });
});
