import { describe, expect, it } from 'vitest';
import { firstChange, lineChanges } from '../../../../renderer/experiment/script/line-changes.ts';

const changed = (before: string, after: string) => {
  const { added, goneBefore } = lineChanges(before, after);
  return { added: [...added], gone: [...goneBefore] };
};

describe('the changes of a text', () => {
  it('begin at the first line that differs', () => {
    expect(firstChange('a\nb\nc', 'a\nB\nc')).toBe(1);
    expect(firstChange('a', 'a\nb')).toBe(1);
    expect(firstChange('a', 'a')).toBeUndefined();
  });

  it('are none in the same text', () => {
    expect(changed('a\nb\nc', 'a\nb\nc')).toEqual({ added: [], gone: [] });
  });

  it('are the lines that stand in for others, and those that are new', () => {
    expect(changed('a\nb\nc', 'a\nB\nc')).toEqual({ added: [1], gone: [] });
    expect(changed('a\nc', 'a\nb\nb2\nc')).toEqual({ added: [1, 2], gone: [] });
  });

  it('are places where lines are gone', () => {
    expect(changed('a\nb\nc', 'a\nc')).toEqual({ added: [], gone: [1] });
    expect(changed('a\nb', 'a')).toEqual({ added: [], gone: [1] });
  });

  it('follow a block that is moved in', () => {
    expect(changed('x\ny\nz', 'new\nx\ny\nother\nz')).toEqual({ added: [0, 3], gone: [] });
  });
});
