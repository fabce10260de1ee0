import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TableLook } from '../../../../electron/contract/import-plan.ts';
import { TemporaryFolder } from '../../idx-bytes.ts';
import { greyPng, itemsOf } from '../fixtures.ts';

let folder: TemporaryFolder;
beforeEach(() => (folder = new TemporaryFolder()));
afterEach(() => folder[Symbol.dispose]());

/** Six images of 4 × 4, the pixels of image n being 40 n to 40 n + 15, out of order. */
const pixels = (image: number): number[] => Array.from({ length: 16 }, (_, at) => 40 * image + ((at * 7) % 16));
const labels = ['3', '1', '3', '0', '1', '0'];
const names = (name: (at: number) => string): string[] => Array.from({ length: 16 }, (_, at) => name(at));
const table = (rows: readonly (readonly (string | number)[])[], separator = ','): string =>
  rows.map((row) => `${row.join(separator)}\n`).join('');

async function read(text: string | Buffer, name = 'a.csv') {
  const { items, table: look, shape } = await itemsOf(folder.write(name, text));
  return { items, look, shape };
}

/** The pixels must be the images', whatever the columns are called and wherever the label stands. */
async function expectImages(text: string | Buffer, wanted: readonly (string | undefined)[], name?: string) {
  const { items, look } = await read(text, name);
  expect(items.map((item) => item.pixels)).toEqual(labels.map((_, image) => pixels(image)));
  expect(items.map(({ label }) => label)).toEqual(wanted);
  return { items, look: look! };
}

const none = labels.map(() => undefined);

describe('what the columns of a CSV are', () => {
  it('label first, then pixels by name', async () => {
    const header = ['label', ...names((at) => `pixel${at}`)];
    const { look } = await expectImages(table([header, ...labels.map((label, n) => [label, ...pixels(n)])]), labels);
    expect(look).toEqual({
      file: 'a.csv',
      files: 1,
      others: [],
      header: true,
      columns: [
        { from: 0, to: 0, role: 'label', name: 'label', examples: ['3', '1', '3'] },
        { from: 1, to: 16, role: 'pixels', name: 'pixel0 … pixel15', examples: ['0', '40', '80'] },
      ],
    });
  });

  it('label last, under another name', async () => {
    const header = [...names((at) => `pixel${at}`), 'digit'];
    await expectImages(table([header, ...labels.map((label, n) => [...pixels(n), label])]), labels);
  });

  it('label last, without a header', async () => {
    await expectImages(table(labels.map((label, n) => [...pixels(n), label])), labels);
  });

  it('an id first is a name, not a label', async () => {
    const header = ['id', ...names((at) => `pixel${at}`)];
    const { items } = await expectImages(table([header, ...labels.map((_, n) => [n, ...pixels(n)])]), none);
    expect(items[4]!.name).toBe('id 4');
  });

  it('an index without a name, and numbers as names', async () => {
    const header = ['', ...names(String)];
    await expectImages(table([header, ...labels.map((_, n) => [n, ...pixels(n)])]), none);
  });

  it('a header of numbers and nothing else', async () => {
    await expectImages(table([names(String), ...labels.map((_, n) => pixels(n))]), none);
  });

  it('an index and a label', async () => {
    const header = ['id', 'label', ...names((at) => `p${at}`)];
    await expectImages(table([header, ...labels.map((label, n) => [n, label, ...pixels(n)])]), labels);
  });

  it('all pixels in one field, and a split', async () => {
    const usage = ['Training', 'Training', 'Training', 'PublicTest', 'PrivateTest', 'PrivateTest'];
    const rows = labels.map((label, n) => [label, pixels(n).join(' '), usage[n]!]);
    const { items } = await expectImages(table([['emotion', 'pixels', 'Usage'], ...rows]), labels);
    expect(items.map(({ split }) => split)).toEqual(['training', 'training', 'training', 'validation', 'test', 'test']);
  });

  it('sides as the names count them', async () => {
    const header = ['label', ...names((at) => `${Math.floor(at / 2) + 1}x${(at % 2) + 1}`)];
    const { shape } = await read(table([header, ...labels.map((label, n) => [label, ...pixels(n)])]));
    // Two pixels are no side.
    expect(shape).toEqual({ width: 4, height: 4, channels: 1 });
    const wide = ['label', ...Array.from({ length: 32 }, (_, at) => `${Math.floor(at / 8) + 1}x${(at % 8) + 1}`)];
    const read32 = await read(table([wide, ...labels.map((label, n) => [label, ...pixels(n), ...pixels(n)])]), 'b.csv');
    expect(read32.shape).toEqual({ width: 8, height: 4, channels: 1 });
  });

  it('can be told otherwise', async () => {
    const path = folder.write('a.csv', table(labels.map((label, n) => [label, ...pixels(n)])));
    const columns = [
      { from: 0, to: 0, role: 'ignored' as const },
      { from: 1, to: 16, role: 'pixels' as const },
    ];
    const { items } = await itemsOf({ paths: [path], reading: { table: { header: false, columns } } });
    expect(items.map(({ label }) => label)).toEqual(none);
  });
});

describe('tables of different columns', () => {
  it('are told each, that with a label first', async () => {
    const header = names((at) => `pixel${at}`);
    const test = folder.write('set/test.csv', table([header, ...labels.map((_, n) => pixels(n))]));
    const train = table([['label', ...header], ...labels.map((label, n) => [label, ...pixels(n)])]);
    folder.write('set/train.csv', train);
    folder.write('set/train2.csv', train);
    const { table: look } = await itemsOf(`${folder.path}/set`);
    const rolesOf = ({ file, columns }: TableLook) => [file, ...columns.map(({ name, role }) => `${name}: ${role}`)];
    expect([look!.files, rolesOf(look!)]).toEqual([3, ['train.csv', 'label: label', 'pixel0 … pixel15: pixels']]);
    expect(look!.others.map(rolesOf)).toEqual([['test.csv', 'pixel0 … pixel15: pixels']]);
    expect((await itemsOf(test)).table!.others).toEqual([]);
  });
});

describe('columns of noughts and ones', () => {
  const flags = (rows: readonly (readonly (string | number)[])[]) =>
    table([['cat', 'dog', 'bird', ...names((at) => `p${at}`)], ...rows.map((row, n) => [...row, ...pixels(n)])]);
  const oneHot = [
    [0, 1, 0],
    [1, 0, 0],
    [0, 0, 1],
    [1, 0, 0],
    [0, 1, 0],
    [1, 0, 0],
  ];
  const kinds = ['dog', 'cat', 'bird', 'cat', 'dog', 'cat'];

  it('that are one-hot are one label, called as its column, which is said', async () => {
    const { look } = await expectImages(flags(oneHot), kinds);
    expect(look.columns.map(({ role }) => role)).toEqual(['label', 'label', 'label', 'pixels']);
    const { labelGuess } = await itemsOf(folder.write('b.csv', flags(oneHot)));
    expect(labelGuess).toBe('Labels are the names of columns, of which each row has a 1 in one: cat, dog, bird');
    await expectImages(flags(oneHot.map((row) => row.map((flag) => (flag === 1 ? 'True' : 'False')))), kinds, 'c.csv');
  });

  it.each([
    ['two ones', [1, 1, 0]],
    ['no one', [0, 0, 0]],
  ])('of which a row has %s, after the first rows too, are not: what was taken is said', async (_, wrong) => {
    const rows = Array.from({ length: 80 }, (_, at) => (at === 70 ? wrong : oneHot[at % 6]!));
    const { items, labelGuess, table: look } = await itemsOf(folder.write('a.csv', flags(rows)));
    expect(items.map(({ label }) => label)).toEqual(rows.map(([cat]) => String(cat)));
    expect(look!.columns.map(({ role }) => role)).toEqual(['label', 'ignored', 'ignored', 'pixels']);
    expect(labelGuess).toBe(
      'Labels are the values of the column cat alone, a guess: of the columns cat, dog, bird not every row has a 1 in exactly one of them',
    );
  });

  it('beside pictures, before a text of few values', async () => {
    for (const value of [1, 2]) folder.write(`set/${value}.png`, await greyPng(value));
    folder.write('set/y.csv', 'filename,seen,cat,dog\n1.png,here,1,0\n2.png,there,0,1\n');
    const { items, labelGuess } = await itemsOf(`${folder.path}/set`);
    expect(items.map(({ label }) => label)).toEqual(['cat', 'dog']);
    expect(labelGuess).toContain('cat, dog');
  });

  it('that a person takes for one label are it where they are one-hot, else the first of them is', async () => {
    const labelledBy = async (to: number) => {
      const columns = [
        { from: 0, to, role: 'label' as const },
        { from: to + 1, to: 2, role: 'ignored' as const },
        { from: 3, to: 18, role: 'pixels' as const },
      ].filter((run) => run.from <= run.to);
      const path = folder.write('a.csv', flags(oneHot));
      const { items, labelGuess } = await itemsOf({ paths: [path], reading: { table: { header: true, columns } } });
      return { labels: items.map(({ label }) => label), labelGuess };
    };
    expect((await labelledBy(2)).labels).toEqual(kinds);
    const { labels, labelGuess } = await labelledBy(1);
    expect(labels).toEqual(oneHot.map(([cat]) => String(cat)));
    expect(labelGuess).toContain('of the column cat alone, a guess: of the columns cat, dog not every row');
  });
});

describe('how a CSV is written', () => {
  const rows = [['label', ...names((at) => `pixel${at}`)], ...labels.map((label, n) => [label, ...pixels(n)])];

  it.each([
    ['semicolons', table(rows, ';')],
    ['tabs', table(rows, '\t')],
    ['quotes', table(rows.map((row) => row.map((field) => `"${field}"`)))],
    ['UTF-16 with its mark', Buffer.from(`\uFEFF${table(rows)}`, 'utf16le')],
    ['UTF-16 the other way round', Buffer.from(`\uFEFF${table(rows)}`, 'utf16le').swap16()],
  ])('%s', async (_, text) => void (await expectImages(text, labels)));

  it('packed', async () => void (await expectImages(gzipSync(table(rows)), labels, 'a.csv.gz')));

  it('fractions of 0 to 1, also with a comma', async () => {
    const text = (comma: string) =>
      table(
        [
          rows[0]!,
          ...labels.map((label, n) => [label, ...pixels(n).map((value) => String(value / 255).replace('.', comma))]),
        ],
        ';',
      );
    // 215 is the largest, and white is 1.
    await expectImages(text('.'), labels);
    await expectImages(text(','), labels, 'b.csv');
    const withComma = text(',').replaceAll(/^(\d);/gm, '$1,0;');
    expect(withComma).toContain('\n3,0;');
    const { look } = await expectImages(withComma, labels, 'c.csv');
    expect(look.decimalComma).toBe(true);
    expect((await read(text('.'), 'd.csv')).look).not.toHaveProperty('decimalComma');
    // Between quotes it may part thousands.
    const quoted = table([rows[0]!, ...labels.map((_, n) => ['"1,000"', ...pixels(n)])]);
    const thousands = await read(quoted, 'e.csv');
    expect(thousands.items[0]!.label).toBe('1,000');
    expect(thousands.look).not.toHaveProperty('decimalComma');
  });
});

describe('a list of files', () => {
  it('gives pictures beside it their labels, with and without endings', async () => {
    for (const value of [1, 2, 3]) folder.write(`set/img${value}.png`, await greyPng(value));
    folder.write('set/list.csv', 'filename,label\nimg1.png,a\nimg2,b\nimg3.png,a\n');
    const { items, others } = await itemsOf(`${folder.path}/set`);
    expect(items.map(({ name, label }) => [name, label])).toEqual([
      ['img1.png', 'a'],
      ['img2.png', 'b'],
      ['img3.png', 'a'],
    ]);
    expect(others!.count).toBe(0);
  });

  it('names pictures that are not here: each is told once', async () => {
    folder.write('set/img1.png', await greyPng(1));
    folder.write('set/list.csv', 'filename,label\nimg1.png,a\nimg2.png,b\nimg2.png,b\nsub/img3.png,a\n');
    const { skipped, items } = await itemsOf(`${folder.path}/set`);
    expect(items).toHaveLength(1);
    expect(skipped).toEqual(
      ['img2.png', 'sub/img3.png'].map((name) => ({
        name,
        reason: 'expected this picture, as list.csv names it, found none.',
      })),
    );
  });

  it('given alone, finds the pictures beside it', async () => {
    for (const value of [1, 2]) folder.write(`set/img${value}.png`, await greyPng(value));
    const { items } = await itemsOf(folder.write('set/list.csv', 'image,species\nimg1.png,owl\nimg2.png,cat\n'));
    expect(items.map(({ label }) => label)).toEqual(['owl', 'cat']);
  });

  it('without its pictures says what it misses', async () => {
    const path = folder.write('list.csv', 'filename,label\nimg0.png,a\n../img1.png,b\n');
    await expect(itemsOf(path)).rejects.toThrow(
      'list.csv: expected the pictures that it lists beside it (img0.png, ../img1.png), found none of the 2.',
    );
  });

  it('quotes hold separators, lines and quotes; one within a field is a character; one that is never closed is named', async () => {
    const row = (label: string, image: number) => `${label},${pixels(image).join(',')}\n`;
    const quoted = ['"a,b"', '"two\nlines"', '"say ""ah"""', '5" disk', '"d"', 'd'];
    const { items } = await read(quoted.map(row).join(''), 'quotes.csv');
    expect(items.map(({ label }) => label)).toEqual(['a,b', 'two\nlines', 'say "ah"', '5" disk', 'd', 'd']);
    const broken = [row('a', 0), row('"b', 1), row('c', 2), row('d', 3)].join('');
    await expect(read(broken, 'broken.csv')).rejects.toThrow(
      'broken.csv: line 2: expected quotes in pairs, found one that is never closed.',
    );
  });
});

describe('lists of pictures that were given', () => {
  async function pictures(list: string, text: string) {
    for (const name of ['3', '17', '204']) folder.write(`${name}.png`, await greyPng(Number(name)));
    folder.write(list, text);
    const { items, table: look, skipped } = await itemsOf(folder.path);
    const roles = look?.columns.map(({ name, role }) => `${name}: ${role}`);
    return { told: items.map(({ name, label }) => `${name} ${label}`).sort(), roles, skipped };
  }
  const wanted = ['17.png dog', '204.png cat', '3.png cat'];

  it('an id is the name of a file without its ending', async () => {
    const { told, roles, skipped } = await pictures('labels.csv', 'id,breed\n3,cat\n17,dog\n204,cat\n');
    expect([told, skipped]).toEqual([wanted, []]);
    // What they are is seen, and can be changed, as in tables of pixels.
    expect(roles).toEqual(['id: file', 'breed: label']);
  });

  it('a text of names and labels, a line each', async () => {
    const { told } = await pictures('annotations.txt', './3.png cat\n./17.png dog\n./204.png cat\n');
    expect(told).toEqual(wanted);
  });

  it('a number that names no picture is none', async () => {
    const { told, skipped } = await pictures('ages.csv', 'id,age\n1,7\n2,8\n5,9\n');
    expect(told).toEqual(['17.png undefined', '204.png undefined', '3.png undefined']);
    expect(skipped.map(({ name }) => name)).toEqual(['ages.csv']);
  });

  it('captions beside pictures list none', async () => {
    const { told, skipped } = await pictures('3.txt', 'a photograph of a cat');
    expect(told[2]).toBe('3.png undefined');
    expect(skipped).toEqual([]);
  });
});
