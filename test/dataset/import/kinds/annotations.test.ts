import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importImages } from '../../../../electron/dataset/import/import-images.ts';
import { planImport } from '../../../../electron/dataset/import/plan-import.ts';
import { namesInYaml } from '../../../../electron/dataset/import/yolo.ts';
import { TemporaryFolder } from '../../idx-bytes.ts';
import { greyPng, plain } from '../fixtures.ts';

const PICTURE = /\.(?:png|jpg)$/;

/** Plans an import of these files: pictures are made, texts written as they are given. */
async function plan(files: Readonly<Record<string, unknown>>) {
  using folder = new TemporaryFolder();
  for (const [at, [name, content]] of Object.entries(files).entries()) {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    folder.write(name, PICTURE.test(name) ? await greyPng(at * 3) : text);
  }
  const { count, labels, annotations, others } = await planImport([folder.path], 'Tried');
  return { count, labels: labels.map(({ name, count: of }) => `${name} ${of}`), annotations, others: others.count };
}

const voc = (filename: string, ...names: readonly string[]): string =>
  `<annotation><folder>all</folder><filename>${filename}</filename><source><database>x</database></source>` +
  names.map((name) => `<object>\n <name>${name}</name><part><name>head</name></part></object>`).join('') +
  '</annotation>';

describe('classes of annotations become labels', () => {
  it('COCO: images, annotations and categories by their ids', async () => {
    const coco = {
      images: [
        { id: 7, file_name: 'a.jpg' },
        { id: 9, file_name: 'b.jpg' },
        { id: 11, file_name: 'elsewhere.jpg' },
      ],
      annotations: [
        { image_id: 9, category_id: 2 },
        { image_id: 7, category_id: 1 },
        { image_id: 7, category_id: 1 },
      ],
      categories: [
        { id: 1, name: 'bird' },
        { id: 2, name: 'boat' },
      ],
    };
    const found = await plan({ 'images/a.jpg': '', 'images/b.jpg': '', 'annotations/instances.json': coco });
    expect(found).toEqual({
      count: 2,
      labels: ['bird 1', 'boat 1'],
      annotations: { kind: 'COCO', files: 1, single: 2, several: 0, taken: true },
      others: 0,
    });
  });

  it('COCO in each split’s folder, where the same names stand in several', async () => {
    const of = (name: string) => ({
      images: [{ id: 0, file_name: '1.jpg' }],
      annotations: [{ image_id: 0, category_id: 1 }],
      categories: [{ id: 1, name }],
    });
    const { labels } = await plan({
      'train/1.jpg': '',
      'train/_annotations.coco.json': of('cat'),
      'test/1.jpg': '',
      'test/_annotations.coco.json': of('dog'),
    });
    expect(labels).toEqual(['cat 1', 'dog 1']);
  });

  it('Pascal VOC, whose parts have names too, and whose file is called otherwise', async () => {
    const found = await plan({
      'JPEGImages/1.jpg': '',
      'JPEGImages/2.jpg': '',
      'Annotations/1.xml': voc('1.jpg', 'R&amp;D', 'R&amp;D'),
      'Annotations/2.xml': voc('C:/renamed.png', 'dog'),
    });
    expect(found.labels).toEqual(['dog 1', 'R&D 1']);
    expect(found.annotations).toEqual({ kind: 'Pascal VOC', files: 2, single: 2, several: 0, taken: true });
  });

  it('YOLO, boxes and polygons, with the names of data.yaml; numbers without them', async () => {
    const files = {
      'images/train/1.jpg': '',
      'images/val/1.jpg': '',
      'labels/train/1.txt': '1 0.5 0.5 0.2 0.2\n1 0.1 0.1 5e-2 .1\n',
      'labels/val/1.txt': '0 0.1 0.1 0.2 0.1 0.2 0.2\n',
    };
    const { labels, others } = await plan({ ...files, 'data.yaml': "nc: 2\nnames: ['crack', dent]\n" });
    expect([labels, others]).toEqual([['crack 1', 'dent 1'], 0]);
    expect((await plan(files)).labels).toEqual(['0 1', '1 1']);
    expect((await plan({ ...files, 'labels/classes.txt': 'hole\nrust\n' })).labels).toEqual(['hole 1', 'rust 1']);
  });

  it('labelme, a file a picture', async () => {
    const of = (imagePath: string, label: string) => ({ imagePath, shapes: [{ label, points: [] }] });
    const { labels, annotations } = await plan({
      'a.png': '',
      'a.json': of('a.png', 'leaf'),
      'b.png': '',
      'b.json': of('..\\raw\\b.png', 'stem'),
    });
    expect([labels, annotations?.kind]).toEqual([['leaf 1', 'stem 1'], 'labelme']);
  });

  it('but not where pictures show several', async () => {
    const found = await plan({
      '1.jpg': '',
      '2.jpg': '',
      '1.xml': voc('1.jpg', 'cat', 'dog'),
      '2.xml': voc('2.jpg', 'cat'),
    });
    expect(found.labels).toEqual([]);
    expect(found.annotations).toEqual({ kind: 'Pascal VOC', files: 2, single: 1, several: 1, taken: false });
  });

  it('nor where folders say what pictures are', async () => {
    const found = await plan({ 'cats/1.jpg': '', 'cats/1.xml': voc('1.jpg', 'tail'), 'dogs/2.jpg': '' });
    expect([found.labels, found.annotations, found.others]).toEqual([['cats 1', 'dogs 1'], undefined, 1]);
  });

  it.each<[string, unknown]>([
    ['p1.json', '{"images": [1, null], "annotations": ['],
    ['p1.json', { images: 1, annotations: [], categories: [] }],
    ['p1.json', { images: [null, { id: 1, file_name: 4 }], annotations: [{}], categories: ['x'] }],
    ['p1.json', [1, 2]],
    ['p1.xml', '<doc><object><name>cat</name></object></doc>'],
    ['p1.txt', 'a photograph of a cat'],
    ['p1.txt', '2 of these\n'],
    ['p1.txt', ''],
    ['z.txt', '1 0.5 0.5 0.2 0.2'],
  ])('other files are left out as ever: %s %j', async (name, content) => {
    const found = await plan({ 'p1.png': '', 'p2.png': '', [name]: content });
    expect(found).toEqual({ count: 2, labels: [], annotations: undefined, others: 1 });
  });

  it('an import keeps what its plan promised; pictures without an object are unsorted', async () => {
    using folder = new TemporaryFolder();
    using sets = new TemporaryFolder();
    for (const name of ['1', '2', '3']) {
      folder.write(`${name}.png`, await greyPng(Number(name)));
      folder.write(`${name}.xml`, voc(`${name}.png`, ...(name === '3' ? [] : [`class ${name}`])));
    }
    const report = await importImages({
      paths: [folder.path],
      options: plain,
      folder: join(sets.path, 'set'),
      id: 'set',
    });
    expect(report.set.labelNames).toEqual(['class 1', 'class 2', 'unsorted']);
    expect(report.annotations).toMatchObject({ kind: 'Pascal VOC', files: 3, taken: true });
  });
});

it.each([
  ['names: [a, "b c",\n  d]', ['a', 'b c', 'd']],
  ['nc: 2\nnames:\n  0: cat\n  1: dog\ntrain: x', ['cat', 'dog']],
  ["names:\n- 'cat'\n- dog\npath: 1", ['cat', 'dog']],
  ['names:\n  1: dog', ['0', 'dog']],
  ['nc: 2', []],
])('names in YAML: %j', (text, names) => expect(namesInYaml(text)).toEqual(names));
