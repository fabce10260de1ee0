import { unzipSync } from 'fflate';
import { parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { StudioError } from '../../../../electron/domain/errors.ts';
import { Selected, type ExportKind } from '../../../../renderer/places/latent/map/selected.svelte.ts';
import { classCounts, histogram, joined } from '../../../../renderer/places/latent/map/selections.ts';
import { allArrived } from '../../held-answers.ts';
import { latentOn, pictures } from './latent-host.ts';

interface Saved {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: string | undefined;
}

/** Images 4 and 5 of the six, selected. */
async function selecting() {
  const { host, latent } = latentOn();
  await latent.choose('run-a', 'best');
  latent.explorer.selection = Uint32Array.of(4, 5);
  const saved: Saved[] = [];
  const saving: Promise<void>[] = [];
  const selected = new Selected(latent.explorer, (name, parts, type) => {
    const keep = async () =>
      void saved.push({ name, bytes: new Uint8Array(await new Blob([...parts]).arrayBuffer()), type });
    saving.push(keep());
  });
  const exported = async (kind: ExportKind): Promise<Saved[]> => {
    await selected.export(kind);
    await Promise.all(saving);
    return saved;
  };
  return { host, latent, selected, saved, exported };
}

/** What a .npy file of one-byte or float32 numbers holds, and the shape in its header. */
function read({ bytes }: Saved) {
  const length = bytes[8]! + 256 * bytes[9]!;
  const header = new TextDecoder().decode(bytes.subarray(10, 10 + length));
  const data = bytes.slice(10 + length);
  const values = header.includes('<f4') ? new Float32Array(data.buffer) : data;
  return { shape: /'shape': \(([^)]*)\)/.exec(header)?.[1], values: [...values] };
}

describe('a selection and another', () => {
  const first = Uint32Array.of(2, 9, 100);

  it('are joined as is asked for, ascending', () => {
    const other = Uint32Array.of(9, 30);
    expect([...joined(first, other, 'replace')]).toEqual([9, 30]);
    expect([...joined(first, other, 'add')]).toEqual([2, 9, 30, 100]);
    expect([...joined(first, other, 'remove')]).toEqual([2, 100]);
    expect([...joined(Uint32Array.of(30), Uint32Array.of(4, 100), 'add')]).toEqual([4, 30, 100]);
  });
});

describe('what a selection is like', () => {
  it('is told by class, the most frequent first, of as many the first', () => {
    const labels = Uint8Array.of(3, 1, 1, 0, 3, 2);
    expect(classCounts(Uint32Array.of(0, 1, 2, 4, 5), labels)).toEqual([
      { label: 1, count: 2 },
      { label: 3, count: 2 },
      { label: 2, count: 1 },
    ]);
    expect(classCounts(Uint32Array.of(0), new Uint8Array(0))).toEqual([]);
  });

  it('is told by bins of equal width, the largest value in the last', () => {
    expect(histogram(Float32Array.of(1, 1.5, 2, 5), 2)).toEqual([
      { from: 1, to: 3, count: 3 },
      { from: 3, to: 5, count: 1 },
    ]);
    expect(histogram(Float32Array.of(2, 2), 5)).toEqual([{ from: 2, to: 2, count: 2 }]);
    expect(histogram(new Float32Array(0), 5)).toEqual([]);
  });
});

describe('the selected images', () => {
  it('have a mean and neighbours', async () => {
    const { host, selected } = await selecting();
    // Two pixels an image: its place, and ten times that.
    host.answers['image-set:pick'] = ({ indices }) => {
      const pixels = Uint8Array.from([...indices].flatMap((at) => [at, 10 * at]));
      return { images: { ...pictures(indices), width: 2, pixels }, names: [] };
    };
    await selected.look(Uint32Array.of(1, 2, 5));
    expect(selected.mean).toMatchObject({ count: 1, width: 2, height: 1 });
    expect([...selected.mean!.pixels]).toEqual([3, 27]);
    expect(selected.meanOf).toBe(3);
    expect(selected.near?.neighbours.k).toBe(8);
    expect(selected.problem).toBeUndefined();
  });

  it('that cannot be looked at say why; those of an earlier selection no more', async () => {
    const { host, selected } = await selecting();
    const asked = host.hold('image-set:pick');
    const looking = selected.look(Uint32Array.of(1));
    await allArrived();
    asked[0]!.refuse(new StudioError('not-found', 'The pictures are gone.'));
    await looking;
    expect(selected.problem?.message).toBe('The pictures are gone.');

    const first = selected.look(Uint32Array.of(1));
    await allArrived();
    await selected.look(new Uint32Array(0));
    asked[1]!.refuse(new StudioError('not-found', 'Too late.'));
    await first;
    await allArrived();
    expect([selected.problem, selected.mean, selected.near, selected.meanOf]).toEqual([
      undefined,
      undefined,
      undefined,
      0,
    ]);
  });

  it('are written as a table that names every image', async () => {
    const { selected, exported } = await selecting();
    const [file] = await exported('csv');
    expect([file!.name, file!.type]).toEqual(['run-a-test-2.csv', 'text/csv']);
    expect(new TextDecoder().decode(file!.bytes)).toBe(
      'index,name,label,squared_error,code_1,code_2\r\n4,image 4.png,one,4,4,4\r\n5,image 5.png,two,5,5,5\r\n',
    );
    expect(selected.exporting).toBeUndefined();
  });

  it('are written as Parquet with the same columns', async () => {
    const [file] = await (await selecting()).exported('parquet');
    expect([file!.name, file!.type]).toEqual(['run-a-test-2.parquet', 'application/vnd.apache.parquet']);
    expect(await parquetReadObjects({ file: file!.bytes.buffer })).toEqual([
      { index: 4, name: 'image 4.png', label: 'one', squared_error: 4, code_1: 4, code_2: 4 },
      { index: 5, name: 'image 5.png', label: 'two', squared_error: 5, code_1: 5, code_2: 5 },
    ]);
  });

  it('are written as NumPy arrays: codes by image, labels', async () => {
    const { exported } = await selecting();
    await exported('codes');
    const [codes, labels] = await exported('labels');
    expect([codes!.name, codes!.type]).toEqual(['run-a-test-2-codes.npy', 'application/octet-stream']);
    expect(read(codes!)).toEqual({ shape: '2, 2', values: [4, 4, 5, 5] });
    expect([labels!.name, labels!.type]).toEqual(['run-a-test-2-labels.npy', 'application/octet-stream']);
    expect(read(labels!)).toEqual({ shape: '2,', values: [1, 2] });
  });

  it('are written as pictures, and say how far that is', async () => {
    const { host, selected, exported } = await selecting();
    const asked = host.hold('image-set:pick');
    const exporting = exported('images');
    await allArrived();
    expect(selected.exporting).toBe(0);
    // Another is not begun meanwhile.
    await selected.export('codes');
    asked[0]!.give({ images: pictures([4, 5]), names: ['a.png', 'b.png'] });
    const files = await exporting;
    expect(files.map(({ name, type }) => [name, type])).toEqual([['run-a-test-2-images.zip', 'application/zip']]);
    expect(Object.keys(unzipSync(files[0]!.bytes))).toHaveLength(2);
    expect(selected.exporting).toBeUndefined();
  });

  it('that cannot be written say why, and can be tried again', async () => {
    const { host, selected, exported } = await selecting();
    delete host.answers['image-set:pick'];
    expect(await exported('csv')).toEqual([]);
    expect([selected.problem?.message, selected.exporting]).toEqual(['No answer for image-set:pick.', undefined]);
    expect(await exported('codes')).toHaveLength(1);
    expect(selected.problem).toBeUndefined();
  });

  it('of no model are not written', async () => {
    const { latent } = latentOn();
    const saved: string[] = [];
    await new Selected(latent.explorer, (name) => void saved.push(name)).export('codes');
    expect(saved).toEqual([]);
  });
});
