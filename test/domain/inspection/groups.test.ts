import { describe, expect, it } from 'vitest';
import { groupOf, truthOfGroup, truthsOf } from '../../../electron/domain/inspection/groups.ts';
import { normalFolders } from '../../../electron/domain/inspection/normal-folders.ts';

describe('groups', () => {
  it('are the folders that pictures came from', () => {
    expect(groupOf('test/crack/007.png')).toBe('test/crack');
    expect(groupOf('007.png')).toBe('');
  });

  it.each([
    ['test/good', 'normal'],
    ['good', 'normal'],
    ['OK', 'normal'],
    ['class-normal', 'normal'],
    ['not-ok', 'odd'],
    ['non_normal', 'odd'],
    ['not.good', 'odd'],
    ['test/crack', 'odd'],
    ['train', 'unknown'],
    ['', 'unknown'],
  ] as const)('%s is %s', (group, truth) => expect(truthOfGroup(group)).toBe(truth));

  it('are unknown where none is called normal', () => {
    expect([...truthsOf(['Monday', 'Tuesday']).values()]).toEqual(['unknown', 'unknown']);
    expect([...truthsOf(['good', 'crack']).values()]).toEqual(['normal', 'odd']);
  });

  it('are what the folder is that they lie in', () => {
    expect([...truthsOf(['good', 'good/Monday', 'crack/Monday']).values()]).toEqual(['normal', 'normal', 'odd']);
    expect([...truthsOf(['set/good/Monday', 'set/bad/Monday']).values()]).toEqual(['normal', 'odd']);
    // A word in the name of what holds all of them says nothing of one, nor where their own names say it.
    expect([...truthsOf(['normal maps/a', 'normal maps/b']).values()]).toEqual(['unknown', 'unknown']);
    expect([...truthsOf(['good light/good', 'good light/crack']).values()]).toEqual(['normal', 'odd']);
  });
});

describe('what is trained on', () => {
  it('is what lies in MVTec’s train folder', () => {
    const folders = [
      { folder: 'train/good', split: 'training' },
      { folder: 'test/good', split: 'test' },
      { folder: 'test/crack', split: 'test' },
    ] as const;
    expect(normalFolders(folders)).toEqual({ normal: ['train/good'], checked: ['test/good', 'test/crack'] });
  });

  it('is what is called normal, where folders are classes', () => {
    expect(normalFolders([{ folder: 'good' }, { folder: 'crack' }, { folder: 'dent' }])).toEqual({
      normal: ['good'],
      checked: ['crack', 'dent'],
    });
  });

  it('is all of it where nothing is called normal', () => {
    expect(normalFolders([{ folder: 'a' }, { folder: 'b', split: 'out' }])).toEqual({ normal: ['a'], checked: [] });
    expect(normalFolders([])).toEqual({ normal: [], checked: [] });
  });
});
