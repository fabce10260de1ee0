import { unzlibSync } from 'fflate';
import { parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { npyFile } from '../../../../renderer/files/npy.ts';
import { figureSvg } from '../../../../renderer/charts/figure/figure-svg.ts';
import { textWidth } from '../../../../renderer/charts/figure/figure.ts';
import { classWords, marker, paperFigure, FIGURE_WIDTH } from '../../../../renderer/run/paper-figure.ts';
import { imagePng } from '../../../../renderer/files/png.ts';
import {
  codesOfSelection,
  selectionCsv,
  selectionParquet,
} from '../../../../renderer/places/latent/map/selection-export.ts';
import { filmPositions } from '../../../../renderer/places/latent/replay/replay-film.svelte.ts';
import { umapSample } from '../../../../renderer/maths/umap-sample.ts';

describe('npy files', () => {
  it('have NumPy’s header, and their data on a multiple of 64 bytes', () => {
    const file = npyFile(Float32Array.of(1, 2, 3, 4, 5, 6), [3, 2]);
    expect([...file.subarray(0, 8)]).toEqual([0x93, 78, 85, 77, 80, 89, 1, 0]);
    const length = file[8]! + 256 * file[9]!;
    const header = new TextDecoder().decode(file.subarray(10, 10 + length));
    expect(header.trimEnd()).toBe("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }");
    expect(header.endsWith('\n')).toBe(true);
    expect((10 + length) % 64).toBe(0);
    expect([...new Float32Array(file.buffer, 10 + length)]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('write a single side as a tuple of one', () => {
    const text = new TextDecoder('latin1').decode(npyFile(Uint8Array.of(7), [1]));
    expect(text).toContain("'descr': '|u1'");
    expect(text).toContain("'shape': (1,), }");
  });
});

describe('png files', () => {
  it.each([
    [1, 0],
    [3, 2],
  ])('keep every pixel of %i channels', (channels, kind) => {
    const pixels = Uint8Array.from({ length: 6 * channels }, (_, at) => 40 * at);
    const file = imagePng({ count: 1, width: 3, height: 2, channels, pixels });
    const view = new DataView(file.buffer);
    expect([view.getUint32(16), view.getUint32(20), file[24], file[25]]).toEqual([3, 2, 8, kind]);
    const data = unzlibSync(file.subarray(41, 41 + view.getUint32(33)));
    const stride = 3 * channels;
    expect([...data.subarray(1, 1 + stride), ...data.subarray(2 + stride)]).toEqual([...pixels]);
    // The end's checksum is the same in every PNG file.
    expect([...file.subarray(-4)]).toEqual([0xae, 0x42, 0x60, 0x82]);
  });
});

describe('selection files', () => {
  const table = {
    indices: Uint32Array.of(2, 0),
    labels: Uint8Array.of(1, 0, 1),
    labelNames: ['zero', 'one'],
    squaredErrors: Float32Array.of(0.5, 1.5, 2.5),
    codes: Float32Array.of(1, 2, 3, 4, 5, 6),
    size: 2,
  };

  it('have the selected codes in the selection’s order', () => {
    expect([...codesOfSelection(table)]).toEqual([5, 6, 1, 2]);
  });

  it('hold the same as Parquet, each column of its own type; without labels those are null', async () => {
    const read = async (of: typeof table) =>
      parquetReadObjects({ file: (await selectionParquet(of, ['c.png', 'a.png'])).buffer });
    expect(await read(table)).toEqual([
      { index: 2, name: 'c.png', label: 'one', squared_error: 2.5, code_1: 5, code_2: 6 },
      { index: 0, name: 'a.png', label: 'one', squared_error: 0.5, code_1: 1, code_2: 2 },
    ]);
    const [first] = await read({ ...table, labels: new Uint8Array(0) });
    expect(first).toMatchObject({ index: 2, label: null });
  });

  it('have a row an image: place, name, label, error, code', () => {
    expect(selectionCsv(table, ['c.png', 'a,b.png'])).toBe(
      'index,name,label,squared_error,code_1,code_2\r\n2,c.png,one,2.5,5,6\r\n0,"a,b.png",one,0.5,1,2\r\n',
    );
  });

  it('leave the label empty where there is none', () => {
    expect(selectionCsv({ ...table, labels: new Uint8Array(0) }, ['c', 'a'])).toContain('2,c,,2.5,5,6');
  });
});

describe('the sample that UMAP lays out', () => {
  const labels = Uint8Array.from({ length: 100 }, (_, index) => (index < 80 ? 0 : 1));
  const codes = new Float32Array(200).fill(1);

  it('is everything where it fits', () => {
    expect(umapSample(codes, 2, labels, 100)).toMatchObject({ drawn: 'all 100 images' });
  });

  it('has of each class its share', () => {
    const { indices, drawn } = umapSample(codes, 2, labels, 10);
    expect([...indices]).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
    expect(drawn).toBe('10 of 100 images, of each class its share, evenly through the split');
  });

  it('is even without labels, and leaves out codes that are not finite', () => {
    const broken = codes.with(1, Number.NaN);
    const { indices, drawn } = umapSample(broken, 2, new Uint8Array(0), 50);
    expect(indices).toHaveLength(50);
    expect(indices).not.toContain(0);
    expect(drawn).toContain('evenly through the split; 1 codes are not finite and left out');
    expect(umapSample(new Float32Array(0), 2, new Uint8Array(0), 50).indices).toHaveLength(0);
  });
});

describe('the paper’s figure', () => {
  const figure = {
    title: 'A <run> & its "error"',
    panels: [
      { caption: 'PCA', points: { x: Float32Array.of(0, 1, Number.NaN), y: Float32Array.of(0, 1, 0) } },
      { caption: 'Codes', points: { x: Float32Array.of(0, 2, 1), y: Float32Array.of(0, 0, 0) } },
    ],
    labels: Uint8Array.of(0, 1, 1),
    labelNames: ['cat', 'dog'],
    palette: ['#111111', '#222222'],
  } as const;

  it('is well-formed SVG with a marker a finite point and one a class in the legend', () => {
    const svg = figureSvg(paperFigure(figure));
    expect(svg).toContain('A &lt;run&gt; &amp; its &quot;error&quot;');
    expect(svg).toContain(`width="${FIGURE_WIDTH}"`);
    expect(svg).not.toContain('NaN');
    expect(svg.match(/fill="#111111"/g)).toHaveLength(3);
    // Crosses are drawn with a line: one move for each of a cross' strokes, points and legend together.
    const crosses = [...svg.matchAll(/<path d="([^"]*)" fill="none" stroke="#222222"/g)].map(
      ([, d]) => d!.split('M').length - 1,
    );
    expect(crosses.reduce((sum, strokes) => sum + strokes, 0)).toBe(2 * (1 + 2 + 1));
  });

  it('is drawn without labels too', () => {
    const svg = figureSvg(paperFigure({ ...figure, labels: new Uint8Array(0), labelNames: [] }));
    expect(svg).toContain('fill="#3f90da"');
    expect(svg).not.toContain('cat');
  });

  it('has as many rows of classes as their names need, and grows with them', () => {
    const labelNames = Array.from({ length: 40 }, (_, at) => `class number ${at}`);
    const wide = paperFigure({ ...figure, labels: Uint8Array.from(labelNames.keys()), labelNames });
    const names = wide.strokes.flatMap((stroke) => (stroke.kind === 'text' && stroke.size === 22 ? [stroke] : []));
    expect(names).toHaveLength(40);
    const rows = Map.groupBy(names, ({ y }) => y);
    for (const row of rows.values()) {
      row.forEach(({ x, text }, at) => expect(x + textWidth(text, 22)).toBeLessThan(row[at + 1]?.x ?? wide.width));
    }
    expect(Math.max(...rows.keys())).toBeLessThan(wide.height);
  });

  it('says how many images a class has where all have as many, else at most', () => {
    expect(classWords(Uint8Array.of(0, 1, 1, 0), 2)).toBe(', 2 a class');
    expect(classWords(Uint8Array.of(0, 2), 3)).toBe(', at most 1 a class');
    expect(classWords(Uint8Array.of(1, 1, 0), 2)).toBe(', at most 2 a class');
    expect(classWords(new Uint8Array(0), 0)).toBe('');
  });

  it('tells ten classes apart by shape alone', () => {
    const open = (label: number) => [1, 2, 5, 8].includes(label);
    const shapes = Array.from({ length: 10 }, (_, label) => `${marker(label, 0, 0, 5)}${open(label)}`);
    expect(new Set(shapes).size).toBe(10);
  });
});

it('a film goes evenly from the first epoch to the last and stands there, however many there are', () => {
  const short = filmPositions(2);
  expect(short[0]).toBe(0);
  expect(short.slice(0, 13)).toHaveLength(13);
  expect(short[6]).toBe(1);
  expect(short.slice(12).every((position) => position === 2)).toBe(true);
  expect(filmPositions(1_000).length).toBeLessThan(260);
});
