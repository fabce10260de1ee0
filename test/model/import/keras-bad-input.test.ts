import { readFileSync } from 'node:fs';
import { strFromU8, unzipSync, zipSync, type Zippable } from 'fflate';
import { describe, expect, test } from 'vitest';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { messageOf } from './imported.ts';
import { modelFixture } from './model-fixture.ts';

/** The dense fixture's archive, some of its files replaced. */
async function withArchive(changes: Zippable, climbing?: string): Promise<string> {
  using folder = new TemporaryFolder();
  const files = { ...unzipSync(readFileSync(modelFixture('dense.keras'))), ...changes };
  const named = climbing === undefined ? files : { ...files, [climbing]: Buffer.from('x') };
  return await messageOf([folder.write('dense.keras', zipSync(named, { level: 0 }))]);
}

describe('what a broken Keras file says', () => {
  test('an archive that climbs out', async () => {
    expect(await withArchive({}, '../../evil.txt')).toBe(
      'dense.keras: "../../evil.txt": expected a path inside the archive, found one that climbs out of it.',
    );
  });

  test('an archive without its weights, or with text in their place', async () => {
    using folder = new TemporaryFolder();
    const { 'model.weights.h5': weights, ...rest } = unzipSync(readFileSync(modelFixture('dense.keras')));
    expect(weights!.length).toBeGreaterThan(1_000);
    expect(await messageOf([folder.write('dense.keras', zipSync(rest))])).toBe(
      'dense.keras: expected a Keras model, with a file "model.weights.h5", found none: save it by model.save("….keras").',
    );
    expect(await withArchive({ 'model.weights.h5': Buffer.from('weights\n'.repeat(200)) })).toBe(
      'dense.keras: model.weights.h5: expected an HDF5 file, found text: copy the file again, or save the model anew.',
    );
    expect(await withArchive({ 'model.weights.h5': Buffer.from('weights\n') })).toBe(
      'dense.keras: model.weights.h5: expected 1,004 bytes of weights, as its layers say, found 8 bytes in all: copy the file again, or save the model again.',
    );
  });

  test('a file that is no archive', async () => {
    using folder = new TemporaryFolder();
    expect(await messageOf([folder.write('dense.keras', 'text')])).toMatch(
      /^dense\.keras: expected a whole zip archive, found one that cannot be read \(.+\): copy the file again, or make it anew\.$/,
    );
  });

  test('an HDF5 file that is text, empty, cut off, or weights alone', async () => {
    using folder = new TemporaryFolder();
    const bytes = readFileSync(modelFixture('dense.h5'));
    expect(await messageOf([folder.write('a.h5', 'some text\n')])).toBe(
      'a.h5: expected an HDF5 file, found text: copy the file again, or save the model anew.',
    );
    expect(await messageOf([folder.write('b.h5', '')])).toBe(
      'b.h5: expected an HDF5 file, found an empty file: copy the file again, or save the model anew.',
    );
    expect(await messageOf([folder.write('c.h5', bytes.subarray(0, 5_000))])).toBe(
      'c.h5: expected a whole HDF5 file of 27,576 bytes, found 5,000: copy the file again, or save the model anew.',
    );
    const { 'model.weights.h5': weights } = unzipSync(readFileSync(modelFixture('dense.keras')));
    expect(await messageOf([folder.write('d.h5', weights!)])).toBe(
      'd.h5: expected a whole model (an attribute "model_config"), found weights alone: save it by model.save(), not save_weights().',
    );
  });

  test('a model of 10 GB claimed by a small archive', async () => {
    const config = strFromU8(unzipSync(readFileSync(modelFixture('dense.keras')))['config.json']!);
    const huge = config.replace('"units": 7', '"units": 65536').replace('"units": 3', '"units": 65536');
    expect(await withArchive({ 'config.json': Buffer.from(huge) })).toMatch(
      /^dense\.keras: model\.weights\.h5: expected 17,18\d,\d{3},\d{3} bytes of weights, as its layers say, found \d\d,\d{3} bytes in all: copy the file again, or save the model again\.$/,
    );
  });
});
