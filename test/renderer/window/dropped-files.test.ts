import { describe, expect, it } from 'vitest';
import { filesOfDrop, filesOfInput } from '../../../renderer/window/dropped-files.ts';

type Tree = { readonly [name: string]: Tree | string };

/** As a browser has it: its reader gives two entries at a time. */
function entryOf(name: string, content: Tree | string, above = ''): FileSystemEntry {
  const fullPath = `${above}/${name}`;
  const isFile = typeof content === 'string';
  const about = { name, fullPath, isFile, isDirectory: !isFile };
  if (isFile) {
    const give = (resolve: (file: File) => void, reject: (error: DOMException) => void) =>
      content === 'gone' ? reject(new DOMException('', 'NotFoundError')) : resolve(new File([content], name));
    return { ...about, file: give } as unknown as FileSystemEntry;
  }
  const createReader = () => {
    const left = Object.entries(content).map(([inner, below]) => entryOf(inner, below, fullPath));
    return { readEntries: (resolve: (some: FileSystemEntry[]) => void) => resolve(left.splice(0, 2)) };
  };
  return { ...about, createReader } as unknown as FileSystemEntry;
}

function drop(tree: Tree) {
  const items = Object.entries(tree).map(([name, content]) => ({
    kind: 'file',
    getAsFile: () => new File([], name),
    webkitGetAsEntry: () => entryOf(name, content),
  }));
  const text = { kind: 'string', getAsFile: () => null, webkitGetAsEntry: () => null };
  return { items: [text, ...items] };
}

const paths = (files: readonly { readonly path: string }[]) => files.map(({ path }) => path);

describe('a drop', () => {
  const tree = { 'one.png': '1', pets: { cats: { '1.png': '1', '2.png': '2', '3.png': '3' }, 'a.png': 'a', dogs: {} } };

  it('in the browser is the files in its folders', async () => {
    const files = await filesOfDrop(drop(tree), false);
    expect(paths(files)).toEqual(['one.png', 'pets/a.png', 'pets/cats/1.png', 'pets/cats/2.png', 'pets/cats/3.png']);
    expect(await (files[4]!.file as File).text()).toBe('3');
  });

  it('where folders are taken as they are is what was dropped', async () => {
    expect(paths(await filesOfDrop(drop(tree), true))).toEqual(['one.png', 'pets']);
  });

  it('that no file system stands behind is its files', async () => {
    const item = { kind: 'file', getAsFile: () => new File(['x'], 'drawn.png'), webkitGetAsEntry: () => null };
    expect(paths(await filesOfDrop({ items: [item] }, false))).toEqual(['drawn.png']);
  });

  it('of a file that has gone names it', async () => {
    await expect(filesOfDrop(drop({ pets: { cats: { '1.png': 'gone' } } }), false)).rejects.toMatchObject({
      code: 'not-found',
      message: 'pets/cats/1.png: expected a readable file, but it is gone or may not be read (NotFoundError).',
    });
  });
});

it('files chosen in an input have their path below the chosen folder', () => {
  const inFolder = Object.assign(new File([], '1.png'), { webkitRelativePath: 'pets/cats/1.png' });
  const alone = Object.assign(new File([], '2.png'), { webkitRelativePath: '' });
  expect(paths(filesOfInput({ files: [inFolder, alone] as unknown as FileList }))).toEqual([
    'pets/cats/1.png',
    '2.png',
  ]);
  expect(filesOfInput({ files: null })).toEqual([]);
});
