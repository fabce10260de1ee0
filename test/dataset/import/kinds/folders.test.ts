import { describe, expect, it } from 'vitest';
import { placesOf } from '../../../../electron/dataset/import/folders.ts';
import { splitOfFolder } from '../../../../electron/dataset/import/labels.ts';

/** Split and label of each path, "out" for what is no picture of the set. */
const told = (...paths: string[]): string[] =>
  placesOf(paths).places.map(({ split = '-', label = '-', out }) =>
    out === undefined ? `${split} ${label}` : `out ${out}`,
  );

describe('splits by their folders', () => {
  it.each([
    ['train', 'training'],
    ['training_set', 'training'],
    ['seg_train', 'training'],
    ['Train Images', 'training'],
    ['trainset', 'training'],
    ['trainimage', 'training'],
    ['train_set', 'training'],
    ['train_image', 'training'],
    ['train_img', 'training'],
    ['train_picture', 'training'],
    ['train_photo', 'training'],
    ['train_2017', 'training'],
    ['тест', 'test'],
    ['test', 'test'],
    ['test_set', 'test'],
    ['evaluation', 'test'],
    ['val', 'validation'],
    ['valid', 'validation'],
    ['validate', 'validation'],
    ['train2017', 'training'],
    ['val2017', 'validation'],
    ['Trainingsdaten', 'training'],
    ['Testdaten', 'test'],
    ['Pru\u0308fung', 'test'],
    ['entraînement', 'training'],
    ['Entrenamiento', 'training'],
    ['Prueba', 'test'],
    ['validación', 'validation'],
    ['训练集', 'training'],
    ['测试集', 'test'],
    ['検証データ', 'validation'],
    ['test_pattern', undefined],
    ['valley', undefined],
    ['training shoes', undefined],
    ['2017', undefined],
    ['trains', undefined],
    ['good', undefined],
  ])('%s', (name, split) => expect(splitOfFolder(name)).toBe(split));

  it('as competitions have them, an archive’s folder inside its own', () => {
    expect(
      told(
        'training_set/training_set/cats/1.jpg',
        'test_set/test_set/dogs/2.jpg',
        'training_set/training_set/dogs/3.jpg',
      ),
    ).toEqual(['training cats', 'test dogs', 'training dogs']);
  });

  it('in pieces, as large archives come', () => {
    expect(told('part1/cats/1.png', 'part1/dogs/2.png', 'part-2/dogs/3.png')).toEqual(['- cats', '- dogs', '- dogs']);
    expect(told('part1/1.png', 'part2/2.png')).toEqual(['- part1', '- part2']);
    expect(told('1/a/1.png', '2/a/2.png')).toEqual(['- 1', '- 2']);
  });

  it('below the classes', () => {
    expect(told('cats/train/1.png', 'cats/test/2.png', 'dogs/train/3.png')).toEqual([
      'training cats',
      'test cats',
      'training dogs',
    ]);
  });

  it('with a copy of all inside, and a stray file beside', () => {
    const inner = ['train/NORMAL/1.jpeg', 'val/NORMAL/2.jpeg', 'test/PNEUMONIA/3.jpeg'];
    const paths = [...inner, ...inner.map((path) => `chest_xray/${path}`), 'sample.png', 'chest_xray/sample.png'];
    const wanted = ['training NORMAL', 'validation NORMAL', 'test PNEUMONIA'];
    expect(told(...paths)).toEqual([...wanted, ...wanted, 'out stray', 'out stray']);
  });

  it('can be chosen otherwise, a folder at a time', () => {
    const paths = ['good/1.png', 'good/2.png', 'broken/3.png'];
    const { places, folders } = placesOf(paths, [{ folder: 'broken', split: 'test' }]);
    expect(places).toEqual([{ label: 'good' }, { label: 'good' }, { label: 'broken', split: 'test', chosen: true }]);
    expect(folders).toEqual([
      { folder: 'broken', count: 1, split: 'test' },
      { folder: 'good', count: 2 },
    ]);
    expect(placesOf(paths, [{ folder: 'good', split: 'out' }]).places.map(({ out }) => out)).toEqual([
      'chosen',
      'chosen',
      undefined,
    ]);
  });
});

describe('MVTec’s layout', () => {
  const paths = [
    'train/good/000.png',
    'train/good/001.png',
    'test/good/000.png',
    'test/crack/000.png',
    'ground_truth/crack/000_mask.png',
  ];

  it('good and what is wrong are labels; ground truth is masks', () => {
    expect(told(...paths)).toEqual(['training good', 'training good', 'test good', 'test crack', 'out mask']);
    expect(placesOf(paths).places[3]!.mask).toBe(4);
  });

  it('shows each folder and what becomes of it', () => {
    expect(placesOf(paths).folders).toEqual([
      { folder: 'test/crack', count: 1, split: 'test' },
      { folder: 'test/good', count: 1, split: 'test' },
      { folder: 'train/good', count: 2, split: 'training' },
    ]);
  });
});

describe('masks', () => {
  const masks = (...paths: string[]) => placesOf(paths).places.map(({ mask, out }) => mask ?? out ?? '-');

  it('in a folder beside the images', () => {
    expect(masks('images/1.png', 'images/2.png', 'masks/1.png', 'masks/2.png')).toEqual([2, 3, 'mask', 'mask']);
    expect(told('images/1.png', 'masks/1.png')).toEqual(['- -', 'out mask']);
  });

  it('in each split', () => {
    expect(masks('train/images/1.jpg', 'train/masks/1.png', 'test/images/1.jpg', 'test/masks/1.png')).toEqual([
      1,
      'mask',
      3,
      'mask',
    ]);
  });

  it('beside the picture, under its name', () => {
    expect(masks('benign/a (1).png', 'benign/a (1)_mask.png', 'normal/b.png')).toEqual([1, 'mask', '-']);
  });

  it('are not what people wear', () => {
    expect(told('with_mask/1.png', 'without_mask/1.png')).toEqual(['- with_mask', '- without_mask']);
    expect(told('mask/1.png', 'no_mask/1.png')).toEqual(['- mask', '- no_mask']);
  });

  it('without pictures of their names are classes like any other', () => {
    expect(told('images/1.png', 'labels/x.png', 'labels/y.png')).toEqual(['- images', '- labels', '- labels']);
  });
});

describe('labels', () => {
  it('are one, however Unicode writes them', () => {
    expect(told('Bär/1.png', 'Ba\u0308r/2.png', 'Löwe/3.png')).toEqual(['- Bär', '- Bär', '- Löwe']);
  });

  it('are not made of a few pictures beside the folders', () => {
    const cats = Array.from({ length: 10 }, (_, at) => `cats/${at}.png`);
    expect(told(...cats, 'dogs/1.png', 'plot.png').slice(-2)).toEqual(['- dogs', 'out stray']);
    expect(told('cats/1.png', 'dogs/1.png', 'plot.png').at(-1)).toBe('- unsorted');
  });
});
