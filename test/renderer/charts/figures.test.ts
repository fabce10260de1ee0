import { describe, expect, it } from 'vitest';
import { layOut } from '../../../electron/domain/model-layout.ts';

import { sheetFigure } from '../../../renderer/charts/contact-sheet.ts';
import type { Figure, PathStroke, TextStroke } from '../../../renderer/charts/figure/figure.ts';
import { figureSvg } from '../../../renderer/charts/figure/figure-svg.ts';
import { histogramFigure } from '../../../renderer/charts/figure/histogram-figure.ts';
import { lossFigure } from '../../../renderer/charts/figure/loss-figure.ts';
import { picturesFigure } from '../../../renderer/charts/figure/pictures-figure.ts';
import { planeFigure } from '../../../renderer/charts/figure/plane-figure.ts';
import { xyFigure } from '../../../renderer/charts/figure/xy-figure.ts';
import { packed } from '../../../renderer/charts/map/point-cloud.ts';
import { toRgba } from '../../../renderer/maths/rgba.ts';
import { hourglassFigure } from '../../../renderer/places/model/hourglass-figure.ts';
import { grey } from '../places/reconstruct/reconstruct-samples.ts';
import { articleExperiment } from '../samples.ts';

const texts = ({ strokes }: Figure) => strokes.filter((stroke): stroke is TextStroke => stroke.kind === 'text');
const paths = ({ strokes }: Figure) => strokes.filter((stroke): stroke is PathStroke => stroke.kind === 'path');
const words = (figure: Figure) => texts(figure).map(({ text }) => text);

/** The corners of a path that only moves and draws lines. */
const corners = ({ d }: PathStroke) =>
  d
    .slice(1)
    .split('L')
    .map((corner) => corner.split(' ').map(Number) as [number, number]);

const axis = (title: string, logarithmic = false) => ({ title, logarithmic, format: String });

describe('a figure of lines', () => {
  const points = [
    { x: 1, y: 8 },
    { x: 2, y: 4 },
    { x: 4, y: 2 },
  ];
  const one = { name: 'validation', colour: '#123456', dash: [8, 4], marker: 'none', points } as const;

  it('has a corner a point, at places in proportion to the values', () => {
    const figure = xyFigure({ title: 'Loss', lines: [one], x: axis('epoch'), y: axis('MSE') });
    const drawn = paths(figure).filter(({ stroke }) => stroke === '#123456');
    const [, line] = drawn.map(corners);
    expect(line).toHaveLength(3);
    const [[x1, y1], [x2, y2], [x3, y3]] = line as [[number, number], [number, number], [number, number]];
    expect((x3 - x2) / (x2 - x1)).toBeCloseTo(2, 1);
    expect((y2 - y1) / (y3 - y2)).toBeCloseTo(2, 1);
    expect(y1).toBeLessThan(y2);
    expect(drawn.every(({ dash }) => String(dash) === '8,4')).toBe(true);
  });

  it('has equal ratios at equal distances on a logarithmic axis, and no place for zero', () => {
    const lines = [{ ...one, points: [...points, { x: 5, y: 0 }] }];
    const figure = xyFigure({ title: 'Loss', lines, x: axis('epoch'), y: axis('MSE', true) });
    const line = corners(paths(figure).filter(({ stroke }) => stroke === '#123456')[1]!);
    expect(line).toHaveLength(3);
    expect(line[1]![1] - line[0]![1]).toBeCloseTo(line[2]![1] - line[1]![1], 0);
    expect(words(figure)).toEqual(expect.arrayContaining(['2', '5', '10']));
  });

  it('of a loss marks the best epoch, where its line passes', () => {
    const figure = lossFigure({
      ...{ title: 'Loss', x: 'epoch', end: 4, formatX: String, logarithmic: true, unit: 'MSE per pixel' },
      series: [{ role: 'validation', name: 'validation', points, best: 1 }],
    });
    expect(words(figure)).toContain('best epoch');
    const [, place] = corners(
      paths(figure).filter(({ stroke, d }) => stroke !== undefined && d.split('L').length === 3)[0]!,
    );
    const [x, y] = place!;
    const diamonds = paths(figure).filter(({ fill, d }) => fill !== undefined && d.split('L').length === 4);
    expect(diamonds.at(-1)!.d).toMatch(new RegExp(`^M${x} ${Number((y - 5.6).toFixed(2))}L`));
  });

  it('names its title, its axes and every line but a faint one', () => {
    const faint = { ...one, name: 'as measured', faint: true, colour: 'rgb(1 2 3 / 35%)' };
    const right = { ...one, name: 'other unit', axis: 'right' } as const;
    const figure = xyFigure({
      title: 'Loss & more',
      lines: [one, faint, right],
      x: axis('epoch'),
      y: axis('MSE'),
      right: axis('nats'),
    });
    expect(words(figure)).toEqual(
      expect.arrayContaining(['Loss & more', 'epoch', 'MSE', 'nats', 'validation', 'other unit']),
    );
    expect(words(figure)).not.toContain('as measured');
    expect(paths(figure).find(({ stroke }) => stroke === '#010203')?.opacity).toBe(0.35);
    expect(figureSvg(figure)).toContain('Loss &amp; more');
  });

  it('is drawn without points too', () => {
    const figure = xyFigure({ title: 'Loss', lines: [{ ...one, points: [] }], x: axis('epoch'), y: axis('MSE', true) });
    expect(figureSvg(figure)).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('ends where it is told to', () => {
    const figure = xyFigure({ title: 'Loss', lines: [one], x: axis('epoch'), y: axis('MSE'), end: 40 });
    expect(words(figure)).toContain('40');
  });
});

describe('a figure of a plane', () => {
  const limits = { left: 0, right: 10, bottom: 0, top: 10 };
  const places = { x: Float32Array.of(0, 5, 10, 11, Number.NaN), y: Float32Array.of(0, 5, 10, 5, 5) };
  const red = packed(255, 0, 0);
  const base = { title: 'Map', note: 'all images', limits, axes: ['unit 1', 'unit 2'] } as const;

  it('has a dot a shown point on view, y upwards', () => {
    const colours = Uint32Array.of(red, red, red, red, red);
    const figure = planeFigure({ ...base, points: { places, colours, letters: [{ x: 5, y: 5, text: '7' }] } });
    const dots = paths(figure)
      .filter(({ stroke }) => stroke === '#ff0000')
      .flatMap(({ d }) => [...d.matchAll(/M([\d.]+) ([\d.]+)h/g)].map(([, x, y]) => [Number(x), Number(y)] as const))
      .sort(([a], [b]) => a - b);
    expect(dots).toHaveLength(3);
    expect(dots[2]![0] - dots[0]![0]).toBeCloseTo(760);
    expect(dots[2]![1]).toBeLessThan(dots[0]![1]);
    expect(words(figure)).toEqual(expect.arrayContaining(['Map', 'all images', 'unit 1', 'unit 2', '7', '10']));
  });

  it('leaves hidden points out and names the classes', () => {
    const colours = Uint32Array.of(0, red, 0, red, red);
    const classes = [{ name: 'cats', colour: '#ff0000' }];
    const figure = planeFigure({ ...base, points: { places, colours, letters: [] }, classes });
    const dots = paths(figure).filter(({ stroke, width }) => stroke === '#ff0000' && width !== 11);
    expect(dots.flatMap(({ d }) => d.match(/M/g))).toHaveLength(1);
    expect(words(figure)).toContain('cats');
  });

  it('says what a scale’s colours mean', () => {
    const scale = { colours: ['#000000', '#ffffff'], least: '0', most: '≥ 9', unit: 'error' };
    const figure = planeFigure({ ...base, points: { places, colours: new Uint32Array(5), letters: [] }, scale });
    expect(words(figure)).toContain('error, from 0 to ≥ 9');
  });
});

describe('figures of pictures', () => {
  const two = { ...grey(2, 2, 0, 10, 20, 30), count: 2, pixels: Uint8Array.of(0, 10, 20, 30, 40, 50, 60, 70) };

  it('embed each image in whole multiples of its pixels, with its caption', () => {
    const figure = picturesFigure('Digits', [
      { name: 'Originals', images: two },
      { name: 'Reconstructions', note: 'epoch 3', images: two, captions: ['0.1', '0.2'] },
    ]);
    const images = figure.strokes.filter((stroke) => stroke.kind === 'image');
    expect(images).toHaveLength(4);
    expect(images.every(({ width, height }) => width % 2 === 0 && width === height)).toBe(true);
    expect(words(figure)).toEqual(['Digits', 'Originals', 'Reconstructions', 'epoch 3', '0.1', '0.2']);
    expect(figureSvg(figure).match(/href="data:image\/png;base64,iVBOR/g)).toHaveLength(4);
  });

  it('lay a contact sheet out with every picture and its figure', () => {
    const image = toRgba(grey(2, 2, 0, 1, 2, 3));
    const entries = Array.from({ length: 5 }, (_, index) => ({
      images: [image, image],
      name: `${index}.png`,
      figure: '1.5',
    }));
    const figure = sheetFigure({ title: 'Wall', entries, image: { width: 2, height: 2 } });
    expect(figure.strokes.filter(({ kind }) => kind === 'image')).toHaveLength(10);
    expect(words(figure)).toEqual(expect.arrayContaining(['Wall', '0.png', '4.png', '1.5']));
  });
});

describe('other figures', () => {
  it('a histogram has a bar a bin, in proportion to its count', () => {
    const bins = [4, 2, 0].map((count, at) => ({ from: at, to: at + 1, count }));
    const figure = histogramFigure({ title: 'Errors', bins, median: 0.5, x: 'error', y: 'images' });
    const heights = paths(figure)
      .filter(({ fill }) => fill === '#0a6e69')
      .map(({ d }) => Number(/v([\d.]+)/.exec(d)![1]));
    expect(heights).toHaveLength(3);
    expect(heights[0]! / heights[1]!).toBeCloseTo(2);
    expect(heights[2]).toBe(0);
    expect(words(figure)).toEqual(expect.arrayContaining(['Errors', 'error', 'images', 'median']));
  });

  it('a network has a column a layer and a flow between each two', () => {
    const { model } = articleExperiment;
    const figure = hourglassFigure('Article', layOut(model), model.inputShape);
    expect(paths(figure).filter(({ fill }) => fill === '#e9ebed')).toHaveLength(4);
    expect(words(figure)).toEqual(expect.arrayContaining(['Article', 'code', '128', '256', 'output']));
  });
});
