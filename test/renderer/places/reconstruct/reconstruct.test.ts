import { describe, expect, it, vi } from 'vitest';
import type { ImageSource } from '../../../../electron/contract/models.ts';
import { details, answerTo, entered, file, finished, hostOf, placeOf } from './reconstruct-host.ts';
import { grey } from './reconstruct-samples.ts';

describe('the model', () => {
  it('is the run last looked at where it left one, else the newest that did', async () => {
    const host = hostOf();
    const runs = [
      { ...finished('d'), status: 'running' as const },
      { ...finished('c'), status: 'stopped' as const, epochsDone: 0 },
      finished('b'),
      { ...finished('a'), status: 'stopped' as const },
    ];
    const newest = placeOf(host, runs, 'd');
    await newest.enter();
    expect(newest.models.map(({ id }) => id)).toEqual(['b', 'a']);
    expect(newest.model?.id).toBe('b');
    const last = placeOf(host, runs, 'a');
    await last.enter();
    expect(last.model?.id).toBe('a');
  });

  it('stays when the place is entered again, whatever was looked at meanwhile', async () => {
    const place = await entered(hostOf());
    await place.choose('a');
    await place.enter();
    expect(place.model?.id).toBe('a');
  });

  it('gives the threshold for the quantile typed', async () => {
    const place = await entered(hostOf());
    expect(place.threshold).toBe(98);
    place.quantile = '50';
    expect(place.threshold).toBe(49);
    place.quantile = 'half';
    expect(place.threshold).toBeUndefined();
  });

  it('is opened again when image sets came or went: its own may be among them', async () => {
    const host = hostOf(2);
    const place = await entered(host);
    await place.add([file('folder')]);
    expect(place.entries[0]).toHaveProperty('percentile');
    host.answers['model:open'] = () => ({ ...details, hasImageSet: false, errors: new Float32Array(0) });
    host.answers['model:reconstruct'] = ({ source }) => ({
      ...answerTo(source, 2),
      percentiles: new Float32Array(2).fill(Number.NaN),
    });
    host.tell('image-sets:changed', {});
    await vi.waitFor(() => expect(place.wall.entries).toHaveLength(2));
    expect(place.opened?.hasImageSet).toBe(false);
    expect(place.threshold).toBeUndefined();
    expect(place.entries[0]).not.toHaveProperty('percentile');
  });

  it('asks for no map where its image set is gone', async () => {
    const host = hostOf();
    host.answers['model:open'] = () => ({ ...details, hasImageSet: false, errors: new Float32Array(0) });
    const place = await entered(host);
    expect(host.asked).not.toContain('model:points');
    expect(place.threshold).toBeUndefined();
  });
});

describe('pictures handed over', () => {
  it('cross as bytes when they are few', async () => {
    const host = hostOf();
    const asked: ImageSource[] = [];
    host.answers['model:reconstruct'] = ({ source }) => {
      asked.push(source);
      return answerTo(source, 0);
    };
    const place = await entered(host);
    await place.add([file('3.png'), file('9.JPG')]);
    expect(host.staged).toEqual([]);
    expect(asked).toEqual([
      {
        kind: 'pictures',
        pictures: [
          { name: '3.png', bytes: Uint8Array.of(1, 2, 3) },
          { name: '9.JPG', bytes: Uint8Array.of(1, 2, 3) },
        ],
      },
    ]);
    expect(place.entries.map(({ name }) => name)).toEqual(['9.JPG', '3.png']);
    expect(place.focused?.name).toBe('9.JPG');
  });

  it.each([
    ['many', Array.from({ length: 65 }, (_, index) => file(`${index}.png`))],
    ['large', [file('1.png', new Uint8Array(2 ** 25 + 1))]],
    ['no pictures by their names', [file('cats')]],
    [
      'not to be read here',
      [{ path: 'a.png', file: { name: 'a.png', size: 0, arrayBuffer: () => Promise.reject(new Error('a folder')) } }],
    ],
  ])('are staged when they are %s', async (_, files) => {
    const host = hostOf(65);
    const place = await entered(host);
    await place.add(files);
    expect(host.staged).toEqual([files]);
    expect(place.wall.entries).toHaveLength(65);
    expect(place.wall.busy).toBe(false);
  });

  it('come in pages, a short one first, and are all there in their order', async () => {
    const host = hostOf(1_000);
    const firsts: number[] = [];
    host.answers['model:reconstruct'] = async ({ source }) => {
      if (source.kind === 'staged') firsts.push(source.first);
      // The later page is answered first.
      if (source.kind === 'staged' && source.first === 16) await new Promise((resolve) => setTimeout(resolve));
      return answerTo(source, 1_000);
    };
    const place = await entered(host);
    place.order = 'given';
    await place.add([file('folder')]);
    expect(firsts.slice(0, 4)).toEqual([0, 16, 80, 144]);
    expect(firsts).toHaveLength(17);
    expect(place.entries.map(({ name }) => name)).toEqual(Array.from({ length: 1_000 }, (_, index) => `${index}.png`));
    expect(place.wall.done).toBe(1_000);
    place.quantile = '90';
    expect(place.above).toBe(1_000 - 90);
    place.onlyAbove = true;
    expect(place.shown).toHaveLength(910);
  });

  it('are let go of together with what was staged for them', async () => {
    const host = hostOf(3);
    const released: string[] = [];
    host.answers['files:release'] = ({ staged }) => {
      released.push(staged);
      return {};
    };
    const place = await entered(host);
    await place.add([file('folder')]);
    place.clear();
    expect(place.wall.isEmpty).toBe(true);
    expect(released).toEqual(['staged-1']);
  });

  it('that could not be staged say why', async () => {
    const host = hostOf();
    const problem = { code: 'refused', message: 'folder: expected at most 4 GB, found 5 GB.' } as const;
    Object.assign(host.api, { stage: async () => ({ ok: false, error: problem }) });
    const place = await entered(host);
    await place.add([file('folder')]);
    expect(place.handProblem).toEqual(problem);
    expect(place.wall.isEmpty).toBe(true);
  });
});

describe('files held over the window', () => {
  it('are welcome once there is a model, and told why not before', async () => {
    const held = { count: 3, pictures: 3 };
    expect((await entered(hostOf())).drops.offer(held)).toEqual({
      title: 'Reconstruct 3 pictures',
      hint: '“Article” shows what it makes of them.',
    });
    expect(placeOf(hostOf(), []).drops.offer(held)).toMatchObject({ refused: true });
  });

  it('that cannot be listed say why', async () => {
    const place = await entered(hostOf());
    place.drops.take(Promise.reject(new Error('cats: expected a readable folder, but it is gone.')));
    await vi.waitFor(() => expect(place.handProblem?.message).toContain('cats: expected a readable folder'));
  });
});

describe('the nearest training images', () => {
  it('are found for the picture looked at, by its code', async () => {
    const host = hostOf();
    const found = {
      split: 'training',
      k: 2,
      indices: Uint32Array.of(7, 3),
      distances: Float32Array.of(0.5, 1),
      labels: Uint8Array.of(1, 4),
    } as const;
    let codes: Float32Array | undefined;
    host.answers['model:neighbours'] = (request) => {
      codes = request.codes;
      return found;
    };
    host.answers['image-set:pick'] = ({ imageSet, split, indices }) => ({
      images: grey(1, 1, ...indices),
      names: [...indices].map((index) => `${imageSet} ${split} ${index}`),
    });
    const place = await entered(host);
    await place.add([file('5.png')]);
    const [entry] = place.entries;
    if (entry?.kind !== 'picture') throw new Error('expected a picture');
    place.findNear(entry);
    await vi.waitFor(() => expect(place.near?.entry).toBe(entry));
    expect(codes).toEqual(entry.code);
    expect(place.near?.neighbours).toEqual(found);
    expect([...place.near!.images.pixels]).toEqual([7, 3]);
  });
});
