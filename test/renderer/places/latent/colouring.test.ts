import { flushSync } from 'svelte';
import { describe, expect, it } from 'vitest';
import { packedOf } from '../../../../renderer/charts/map/packed-colours.ts';
import type { FindClusters } from '../../../../renderer/maths/find-clusters.ts';
import { Explorer } from '../../../../renderer/places/latent/explorer.svelte.ts';
import { Colouring } from '../../../../renderer/places/latent/map/colouring.svelte.ts';
import { NO_VALUE } from '../../../../renderer/places/latent/map/colour-columns.ts';
import { allArrived } from '../../held-answers.ts';
import { codeMap, details, imageSet, latentOn, model } from './latent-host.ts';

/** Two groups: the first four images, and the fifth; the sixth is in none. */
const groups: FindClusters = async (codes, size) => {
  expect([codes.length, size]).toEqual([12, 2]);
  return { of: Uint16Array.of(0, 0, 0, 0, 1, 2), count: 2 };
};

const unopened = () => {
  const parts = latentOn();
  const { explorer } = parts.latent;
  const again = () => new Colouring(explorer, parts.context.remembered, groups);
  return { ...parts, explorer, again, colouring: again() };
};

/** The colours of a model that is open. */
async function coloured() {
  const parts = unopened();
  await parts.explorer.choose(model);
  return parts;
}

const csv = (text: string) => ({
  name: 'own.csv',
  arrayBuffer: () => Promise.resolve(new TextEncoder().encode(text).buffer),
});

const counts = ({ legend }: Colouring) => legend.map(({ name, count }) => [name, count]);

describe('what is coloured by', () => {
  it('is the labels at first; images without any are in a grey class of their own', async () => {
    const { host, explorer, colouring } = unopened();
    expect(colouring.legend).toEqual([]);
    host.answers['model:points'] = () => ({ ...codeMap, labels: new Uint8Array(0) });
    await explorer.choose(model);
    expect(counts(colouring)).toEqual([
      ['zero', 0],
      ['one', 0],
      ['two', 0],
      ['none', 6],
    ]);
    expect(colouring.legend[3]).toMatchObject({ colour: NO_VALUE, shape: 'disc', index: 3 });
    expect([...colouring.colours]).toEqual(Array(6).fill(packedOf(NO_VALUE)));
  });

  it('says that images have no labels where the set has no names of them', async () => {
    const { context, host } = latentOn();
    const bare = { ...context, imageSets: [{ ...imageSet, labelNames: [] }] };
    const explorer = new Explorer(host.api, bare);
    host.answers['model:points'] = () => ({ ...codeMap, labels: new Uint8Array(0) });
    await explorer.choose(model);
    expect(counts(new Colouring(explorer, context.remembered, groups))).toEqual([['images without labels', 6]]);
  });

  it('is groups of codes, named by the labels that most of their images have', async () => {
    const { colouring } = await coloured();
    await colouring.choose('clusters');
    expect(counts(colouring)).toEqual([
      ['zero · 50 %', 4],
      ['one · 100 %', 1],
      ['none', 1],
    ]);
    expect([colouring.by, colouring.problem, colouring.scale]).toEqual(['clusters', undefined, undefined]);
  });

  it('is groups named by labels that are known before errors are', async () => {
    const { host, explorer, colouring } = unopened();
    const asked = host.hold('model:measures');
    const choosing = explorer.choose(model);
    await allArrived();
    await colouring.choose('clusters');
    expect(counts(colouring)[0]).toEqual(['zero · 50 %', 4]);
    asked[0]!.give(codeMap);
    await choosing;
  });

  it('is groups by their numbers where no model’s images are on view', async () => {
    const { context, host } = latentOn();
    const colouring = new Colouring(new Explorer(host.api, context), context.remembered, groups);
    await colouring.choose('clusters');
    expect(colouring.problem?.message).toBe('Expected a chosen model, found none.');
    const unknown = new Explorer(host.api, { ...context, imageSets: [] });
    await unknown.choose(model);
    const numbered = new Colouring(unknown, context.remembered, groups);
    expect(counts(numbered)).toEqual([['images without labels', 6]]);
    await numbered.choose('clusters');
    expect(counts(numbered).map(([name]) => name)).toEqual(['0 · 50 %', '1 · 100 %', 'none']);
  });

  it('is numbers with a scale, which have no classes and no shapes', async () => {
    const { colouring } = await coloured();
    await colouring.choose('unit:1');
    expect([colouring.legend, colouring.signs, colouring.scale]).toEqual([
      [],
      undefined,
      { least: 0, most: 5, clipped: false },
    ]);
    expect([colouring.colours[0], colouring.colours[5]]).toEqual([packedOf('#440154'), packedOf('#fde725')]);
    colouring.setGradient('cividis');
    expect([colouring.colours[0], colouring.colours[5]]).toEqual([packedOf('#002051'), packedOf('#fdea45')]);
  });

  it('stays while the next is fetched, and where that cannot be had, which is said until something else is', async () => {
    const { host, colouring } = await coloured();
    colouring.toggle(0);
    const asked = host.hold('model:codes');
    const choosing = colouring.choose('unit:0');
    await allArrived();
    expect([colouring.by, colouring.busy, [...colouring.hidden]]).toEqual(['label', true, [0]]);
    asked[0]!.refuse(new TypeError('no codes'));
    await choosing;
    expect([colouring.by, colouring.busy, colouring.problem?.message]).toEqual(['label', false, 'no codes']);
    await colouring.choose('error');
    expect([colouring.by, colouring.problem, colouring.hidden]).toEqual(['error', undefined, []]);
  });

  it('says nothing of a failure that another choice has overtaken', async () => {
    const { host, colouring } = await coloured();
    const asked = host.hold('model:codes');
    const choosing = colouring.choose('unit:0');
    await allArrived();
    await colouring.choose('error');
    asked[0]!.refuse(new TypeError('no codes'));
    await choosing;
    await allArrived();
    expect([colouring.by, colouring.problem]).toEqual(['error', undefined]);
  });

  it('is labels of the places alone until errors are known', async () => {
    const { host, explorer, colouring } = unopened();
    const asked = host.hold('model:measures');
    const choosing = explorer.choose(model);
    await allArrived();
    await colouring.choose('error');
    expect(colouring.column.kind).toBe('classes');
    asked[0]!.give(codeMap);
    await choosing;
    expect(colouring.column).toMatchObject({ kind: 'numbers', unit: 'squared error per image' });
  });

  it('is made anew of changed weights where it is made of codes', async () => {
    const { host, explorer, colouring } = await coloured();
    const columnAfter = async (by: 'unit:0' | 'clusters' | 'label'): Promise<number> => {
      await colouring.choose(by);
      await explorer.reopen();
      const before = host.asked.filter((channel) => channel === 'model:codes').length;
      await colouring.renew();
      return host.asked.filter((channel) => channel === 'model:codes').length - before;
    };
    expect(await columnAfter('unit:0')).toBe(1);
    expect(await columnAfter('clusters')).toBe(1);
    expect(await columnAfter('label')).toBe(0);
    colouring.toggle(1);
    await colouring.renew();
    // What is hidden of what is not made anew stays so.
    expect(colouring.hidden).toEqual([1]);
    host.answers['model:codes'] = () => ({ codes: Float32Array.of(7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7), size: 2 });
    await colouring.choose('unit:0');
    await explorer.reopen();
    await colouring.renew();
    expect(colouring.column).toMatchObject({ values: new Float32Array(6).fill(7) });
  });

  it('is the labels again, and nothing is left of a table, once it is reset', async () => {
    const { host, colouring } = await coloured();
    await colouring.addTable(csv('index,kind\n0,cat\n9,dog'));
    expect([colouring.by, colouring.matched]).toEqual(['column:0', { matched: 1, unmatched: 1 }]);
    colouring.toggle(0);
    delete host.answers['model:codes'];
    await colouring.choose('unit:0');
    expect([colouring.by, colouring.hidden, colouring.problem?.message]).toEqual([
      'column:0',
      [0],
      'No answer for model:codes.',
    ]);
    colouring.reset();
    expect([colouring.by, colouring.table, colouring.matched, colouring.problem, colouring.hidden]).toEqual([
      'label',
      undefined,
      undefined,
      undefined,
      [],
    ]);
    await colouring.choose('column:0');
    expect(colouring.problem?.message).toBe('Expected a CSV file to colour by, found none.');
  });
});

describe('a table of a person’s own', () => {
  it('is taken by its first column, and by others when they are chosen', async () => {
    const { host, colouring } = await coloured();
    await colouring.addTable(csv('index,age,kind\n0,10,cat\n1,20,dog\n2,30,cat'));
    expect(colouring.column).toMatchObject({ kind: 'numbers', unit: 'age' });
    await colouring.choose('column:1');
    expect(counts(colouring)).toEqual([
      ['cat', 2],
      ['dog', 1],
      ['none', 3],
    ]);
    // The places are in the table: no names are asked for.
    expect(host.asked).not.toContain('image-set:pick');
  });

  it('goes by the names of the images of the split', async () => {
    const { host, colouring } = await coloured();
    const asked: unknown[] = [];
    const pick = host.answers['image-set:pick']!;
    host.answers['image-set:pick'] = (request) => (asked.push(request), pick(request));
    await colouring.addTable(csv('name,kind\nimage 5.png,odd'));
    expect(asked).toEqual([{ imageSet: 'mnist', split: 'test', indices: Uint32Array.of(0, 1, 2, 3, 4, 5) }]);
    expect(colouring.matched).toEqual({ matched: 1, unmatched: 0 });
    expect(colouring.column).toMatchObject({ names: ['odd'], classes: Uint16Array.of(1, 1, 1, 1, 1, 0) });
  });

  it('has no map to colour where there is none', async () => {
    const { host, explorer, colouring } = unopened();
    host.answers['model:open'] = () => ({ ...details, hasImageSet: false });
    await explorer.choose(model);
    await colouring.addTable(csv('index,age\n0,1'));
    expect(colouring.problem).toMatchObject({
      code: 'refused',
      message: 'own.csv: expected a map to colour, found none.',
    });
  });

  it('that is read after another choice was made is not taken', async () => {
    const { colouring } = await coloured();
    let give: (bytes: ArrayBuffer) => void = () => undefined;
    const reading = colouring.addTable({
      name: 'own.csv',
      arrayBuffer: () => new Promise<ArrayBuffer>((resolve) => (give = resolve)),
    });
    await colouring.choose('error');
    give(new TextEncoder().encode('index,age\n0,1').buffer);
    await reading;
    await allArrived();
    expect([colouring.by, colouring.table]).toEqual(['error', undefined]);
  });
});

describe('classes', () => {
  it('are shown or hidden each by itself, alone, or all', async () => {
    const { colouring } = await coloured();
    colouring.toggle(2);
    colouring.toggle(0);
    expect(colouring.legend.map(({ hidden }) => hidden)).toEqual([true, false, true]);
    colouring.toggle(2);
    expect([...colouring.visible]).toEqual([0, 1, 1, 0, 1, 1]);
    colouring.isolate(0);
    expect(colouring.hidden).toEqual([1, 2]);
    colouring.toggle(1);
    // Two are on view: the one asked for is left alone again.
    colouring.isolate(0);
    expect(colouring.hidden).toEqual([1, 2]);
    colouring.isolate(0);
    expect(colouring.hidden).toEqual([]);
    colouring.toggle(0);
    colouring.showAll();
    expect(colouring.hidden).toEqual([]);
  });

  it('beyond the palette have its colours again in another shape', async () => {
    const { colouring } = await coloured();
    colouring.palette = ['#100000', '#200000'];
    expect(colouring.legend.map(({ colour, shape }) => [colour, shape])).toEqual([
      ['#100000', 'disc'],
      ['#200000', 'disc'],
      ['#100000', 'square'],
    ]);
    expect([...colouring.signs!]).toEqual([0, 0, 1, 0, 0, 1]);
    colouring.setColour(2, '#300000');
    expect(colouring.palette).toEqual(['#300000', '#200000']);
    colouring.palette = ['#100000', '#200000', '#300000'];
    expect(colouring.signs).toBeUndefined();
    colouring.palette = ['#100000'];
    await colouring.addTable(csv('index,kind\n0,a\n1,b\n2,c\n3,d\n4,e'));
    expect(colouring.legend.map(({ shape }) => shape)).toEqual(['disc', 'square', 'triangle', 'cross', 'disc', 'disc']);
    // The sixth image is in no class.
    expect([...colouring.signs!]).toEqual([0, 1, 2, 3, 0, 0]);
  });
});

it('nothing is busy before anything was chosen', () => {
  const { colouring } = unopened();
  flushSync();
  expect(colouring.busy).toBe(false);
});
