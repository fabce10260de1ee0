import { describe, expect, it } from 'vitest';
import { heldFiles, heldWords } from '../../../../renderer/window/drops.ts';
import {
  importFormOf,
  readForm,
  setBytes,
  withChosen,
  withoutRange,
  withSquare,
  withTyped,
} from '../../../../renderer/places/data/import-form.ts';
import { optionWords, ordinal, sourceWords } from '../../../../renderer/places/data/set-words.ts';
import { importOptions } from './import-samples.ts';

describe('the form of an import', () => {
  it('is what was proposed until something is changed', () => {
    expect(readForm(importFormOf(importOptions))).toEqual({ kind: 'ready', options: importOptions });
  });

  it('keeps height and width equal while it is square', () => {
    const square = withTyped(importFormOf(importOptions), 'width', '48');
    expect(readForm(square)).toMatchObject({ options: { width: 48, height: 48 } });
    const free = withTyped(withSquare(square, false), 'height', '24');
    expect(readForm(free)).toMatchObject({ options: { width: 48, height: 24 } });
    expect(readForm(withTyped(free, 'width', '64'))).toMatchObject({ options: { width: 64, height: 24 } });
    expect(readForm(withSquare(free, true))).toMatchObject({ options: { width: 48, height: 48 } });
  });

  it('is not square where the proposal is not', () => {
    expect(importFormOf({ ...importOptions, height: 24 }).square).toBe(false);
  });

  it('complains at the field', () => {
    const faulty = withTyped(
      withTyped(withTyped(importFormOf(importOptions), 'name', ' '), 'width', '7'),
      'every',
      'x',
    );
    expect(readForm(faulty)).toEqual({
      kind: 'faulty',
      problems: {
        name: 'must not be empty',
        width: 'must be at least 8',
        height: 'must be at least 8',
        every: 'must be a number',
      },
    });
  });

  it('reads no number of test images where folders say which they are', () => {
    const form = withTyped(withChosen(importFormOf(importOptions), { test: { kind: 'folders' } }), 'every', '');
    expect(readForm(form)).toMatchObject({ kind: 'ready', options: { test: { kind: 'folders' } } });
  });

  it('goes back from one scale for all to each kind by itself', () => {
    const one = withChosen(importFormOf(importOptions), { range: { black: 0, white: 4_095 } });
    expect(readForm(one)).toMatchObject({ options: { range: { black: 0, white: 4_095 } } });
    expect(readForm(withoutRange(one))).toEqual({ kind: 'ready', options: importOptions });
  });

  it('counts a byte a pixel and channel', () => {
    expect(setBytes(1_000, { width: 28, height: 20, channels: 3 })).toBe(1_680_000);
  });
});

describe('words', () => {
  it('say what is held over the window', () => {
    const picture = { kind: 'file', type: 'image/png' };
    expect(heldWords(heldFiles([picture, picture]))).toBe('2 pictures');
    expect(heldWords(heldFiles([picture]))).toBe('1 picture');
    expect(heldWords(heldFiles([picture, { kind: 'file', type: '' }, { kind: 'string', type: 'text/plain' }]))).toBe(
      '2 files or folders',
    );
    expect(heldWords(heldFiles([{ kind: 'file', type: '' }]))).toBe('what you hold');
  });

  it('say how a set was made', () => {
    expect(optionWords(importOptions, true)).toContainEqual(['Inverted', 'yes (found by itself)']);
    expect(optionWords(importOptions, true)).toContainEqual(['Test', 'every 10th image']);
    expect([1, 2, 3, 11, 22, 1_000].map(ordinal)).toEqual(['1st', '2nd', '3rd', '11th', '22nd', '1,000th']);
  });

  it('name what was uploaded by its name alone', () => {
    expect(sourceWords('/home/me/pets', '/data')).toBe('/home/me/pets');
    expect(sourceWords('/data/staged/1-a/staged-b/pets', '/data')).toBe('pets');
  });
});
