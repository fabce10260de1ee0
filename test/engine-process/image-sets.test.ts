import { join } from 'node:path';
import { expect, test } from 'vitest';
import { importImages } from '../../electron/dataset/import/import-images.ts';
import { ImageSetStore } from '../../electron/files/image-set-store.ts';
import { ImageSets } from '../../electron/engine-process/image-sets.ts';
import { FIXTURES, plain } from '../dataset/import/fixtures.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';

test('imported sets are listed beside MNIST and read when they are asked for', async () => {
  using data = new TemporaryFolder();
  const store = new ImageSetStore(data.path);
  const sets = new ImageSets(data.path);
  const place = { id: 'pets', folder: store.at('pets').path };
  const { set } = await importImages({ paths: [join(FIXTURES, 'classes.zip')], options: plain, ...place });
  expect((await sets.list()).map(({ id }) => id)).toEqual(['mnist', 'pets']);
  expect((await sets.list())[1]).toEqual(set);
  const loaded = await sets.get('pets');
  expect(loaded).toMatchObject({ id: 'pets', name: 'Tried', labelNames: ['cats', 'dogs'] });
  expect(await sets.get('pets')).toBe(loaded);

  await store.edit('pets', { name: 'Renamed' });
  sets.forget('pets');
  expect((await sets.get('pets')).name).toBe('Renamed');

  await store.delete('pets');
  sets.forget('pets');
  await expect(sets.get('pets')).rejects.toMatchObject({
    code: 'not-found',
    message: 'There is no image set "pets"; there are: mnist.',
  });
});
