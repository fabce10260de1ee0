import { describe, expect, it, vi } from 'vitest';
import type { HandedFile } from '../../../../electron/contract/files.ts';
import type { ImageSource, ModelDetails, Reconstructions } from '../../../../electron/contract/models.ts';
import type { Request } from '../../../../electron/contract/contract.ts';
import type { RunSummary } from '../../../../electron/domain/words.ts';
import { Reconstruct } from '../../../../renderer/places/reconstruct/reconstruct.svelte.ts';
import { FakeHost } from '../../fake-host.ts';
import { answerOf, grey } from './reconstruct-samples.ts';
import { articleExperiment, mnist, record } from '../../samples.ts';

const finished = (id: string): RunSummary => ({ ...record(id, 'finished').summary, epochsDone: 20 });

const details: ModelDetails = {
  spec: articleExperiment.model,
  imageSet: 'mnist',
  hasImageSet: true,
  hasPrior: false,
  preparation: { width: 2, height: 1, channels: 1, fit: 'contain', background: '#000000', invert: false, centre: true },
  errors: Float32Array.from({ length: 100 }, (_, index) => index),
};

function file(path: string, bytes = Uint8Array.of(1, 2, 3)): HandedFile {
  const name = path.split('/').at(-1)!;
  return { path, file: { name, size: bytes.length, arrayBuffer: async () => bytes.buffer } };
}

/** The names of the pictures a source asks for, of `total` there are. */
function namesIn(source: ImageSource, total: number): string[] {
  if (source.kind === 'pictures') return source.pictures.map(({ name }) => name);
  if (source.kind === 'set') return [];
  const count = Math.max(0, Math.min(source.count, total - source.first));
  return Array.from({ length: count }, (_, index) => `${source.first + index}.png`);
}

/** A host with two models, whose pictures err by the number in their name. */
function hostOf(total = 0): FakeHost {
  const host = new FakeHost();
  host.answers['model:open'] = () => details;
  host.answers['run:open'] = ({ runId }) => record(runId, 'finished');
  host.answers['model:points'] = () => {
    const column = new Float32Array(0);
    const points = { x: column, y: column };
    const axes = [column, column] as const;
    return { points, mapIs: 'code', origin: column, axes, labels: new Uint8Array(0), loading: 'first' };
  };
  host.answers['model:reconstruct'] = ({ source }) => answerTo(source, total);
  host.answers['files:release'] = () => ({});
  return host;
}

function answerTo(source: ImageSource, total: number): Reconstructions {
  const names = namesIn(source, total);
  const pictures = names.map((name) => ({ name, squaredError: Number.parseInt(name) }));
  return answerOf(pictures, { total: source.kind === 'staged' ? total : names.length });
}

function placeOf(host: FakeHost, runs = [finished('b'), finished('a')], chosenId?: string): Reconstruct {
  return new Reconstruct({ api: host.api, runs, chosenId, imageSets: [mnist] });
}

async function entered(host: FakeHost): Promise<Reconstruct> {
  const place = placeOf(host);
  await place.enter();
  return place;
}

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

describe('answers', () => {
  /** A host that answers only when told, with the request it was asked. */
  function slowHost() {
    const host = hostOf();
    const waiting: { readonly request: Request<'model:reconstruct'>; readonly answer: () => void }[] = [];
    host.answers['model:reconstruct'] = (request) =>
      new Promise((resolve) =>
        waiting.push({
          request,
          answer: () => resolve(answerOf([{ name: request.options.invert, squaredError: 1 }])),
        }),
      );
    return { host, waiting };
  }

  it('of options that were changed meanwhile are dropped', async () => {
    const { host, waiting } = slowHost();
    const place = await entered(host);
    void place.add([file('1.png')]);
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    void place.setOptions({ invert: 'off' });
    await vi.waitFor(() => expect(waiting).toHaveLength(2));
    waiting[1]!.answer();
    await vi.waitFor(() => expect(place.wall.busy).toBe(false));
    waiting[0]!.answer();
    await new Promise((resolve) => setTimeout(resolve));
    expect(place.entries.map(({ name }) => name)).toEqual(['off']);
  });

  it('of pictures that were removed are dropped', async () => {
    const { host, waiting } = slowHost();
    const place = await entered(host);
    void place.add([file('1.png')]);
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    place.clear();
    waiting[0]!.answer();
    await new Promise((resolve) => setTimeout(resolve));
    expect(place.wall.entries).toEqual([]);
    expect(place.wall.isEmpty).toBe(true);
  });

  it('of another model are asked for anew, and the old ones go at once', async () => {
    const host = hostOf(2);
    const place = await entered(host);
    await place.add([file('folder')]);
    const models: string[] = [];
    host.answers['model:reconstruct'] = ({ model, source }) => {
      models.push(model.runId);
      return answerTo(source, 2);
    };
    const chosen = place.choose('a');
    expect(place.wall.entries).toEqual([]);
    await chosen;
    expect(models).toEqual(['a']);
    expect(place.wall.entries).toHaveLength(2);
  });

  it('that failed are asked for again, those that came are not', async () => {
    const host = hostOf(200);
    let broken = true;
    const firsts: number[] = [];
    const answer = host.answers['model:reconstruct']!;
    host.answers['model:reconstruct'] = (request) => {
      if (request.source.kind === 'staged') firsts.push(request.source.first);
      if (broken && request.source.kind === 'staged' && request.source.first > 0) throw new Error('lost');
      return answer(request);
    };
    const call = host.api.call.bind(host.api);
    Object.assign(host.api, {
      call: (...args: Parameters<typeof call>) =>
        call(...args).catch(() => ({ ok: false, error: { code: 'engine-lost', message: 'The engine stopped.' } })),
    });
    const place = await entered(host);
    await place.add([file('folder')]);
    expect(place.wall.problem?.message).toBe('The engine stopped.');
    expect(place.wall.entries).toHaveLength(16);
    broken = false;
    firsts.length = 0;
    await place.retry();
    expect(firsts).toEqual([16, 80, 144]);
    expect(place.wall.entries).toHaveLength(200);
    expect(place.wall.problem).toBeUndefined();
  });

  it('are not asked for while the noise typed cannot be read', async () => {
    const host = hostOf(1);
    const place = await entered(host);
    await place.add([file('folder')]);
    await place.setOptions({ noise: 'gaussian' });
    host.asked.length = 0;
    await place.setOptions({ amount: 'much' });
    expect(host.asked).toEqual([]);
    expect(place.reading.problems.amount).toBe('must be a number, 0–2');
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
