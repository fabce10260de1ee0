import { beforeEach, describe, expect, it, vi } from 'vitest';
import { chosenRoot, HandedFiles } from '../../electron/preload/handed-files.ts';

const paths = new Map<File, string>();
vi.mock('electron', () => ({ webUtils: { getPathForFile: (file: File) => paths.get(file) ?? '' } }));

/** A file as a browser makes one of a person's choice; one without a path lies nowhere. */
function file(name: string, path?: string, relativePath = ''): File {
  const made = Object.assign(new File(['x'], name), { webkitRelativePath: relativePath });
  if (path !== undefined) paths.set(made, path);
  return made;
}

beforeEach(() => paths.clear());

describe('what a page hands over', () => {
  it('is named by its path; a chosen folder’s files by that folder, once', async () => {
    const handed = new HandedFiles();
    handed.hand(file('a.png', '/home/me/a.png'), 'a.png');
    handed.hand(file('pets', '/home/me/pets'), 'pets');
    handed.hand(file('1.png', '/data/digits/one/1.png', 'digits/one/1.png'), 'digits/one/1.png');
    handed.hand(file('2.png', '/data/digits/two/2.png', 'digits/two/2.png'), 'digits/two/2.png');
    const path = (name: string) => ({ kind: 'path', path: name });
    expect(await handed.take()).toEqual([path('/home/me/a.png'), path('/home/me/pets'), path('/data/digits')]);
    expect(await handed.take()).toEqual([]);
  });

  it('is its bytes where it lies nowhere', async () => {
    const handed = new HandedFiles();
    handed.hand(file('drawn.png'), 'drawn.png');
    expect(await handed.take()).toEqual([{ kind: 'bytes', path: 'drawn.png', bytes: Uint8Array.of(120) }]);
  });

  it('cannot be widened by the path the page gives', async () => {
    const handed = new HandedFiles();
    handed.hand(file('a.png', '/home/me/a.png'), 'me/a.png');
    expect(await handed.take()).toEqual([{ kind: 'path', path: '/home/me/a.png' }]);
  });

  it('is refused when it is large and lies nowhere', async () => {
    const handed = new HandedFiles();
    handed.hand(Object.defineProperty(file('pasted.tiff'), 'size', { value: 300 * 2 ** 20 }), 'pasted.tiff');
    await expect(handed.take()).rejects.toMatchObject({
      code: 'refused',
      message:
        'pasted.tiff: expected at most 256 MiB of a picture that is no file, found 300 MiB. Save it first, then drop the file.',
    });
  });
});

it.each([
  ['/home/me/pets/cats/1.png', 'pets/cats/1.png', '/home/me/pets'],
  ['C:\\me\\pets\\cats\\1.png', 'pets/cats/1.png', 'C:\\me\\pets'],
  ['/pets/1.png', 'pets/1.png', '/pets'],
  ['/home/me/1.png', '', '/home/me/1.png'],
  ['/home/me/1.png', 'pets/1.png', '/home/me/1.png'],
  ['/home/mypets/1.png', 'pets/1.png', '/home/mypets/1.png'],
])('the root of %s, chosen as %s, is %s', (path, relativePath, root) => {
  expect(chosenRoot(path, relativePath)).toBe(root);
});
