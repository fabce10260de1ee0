import { describe, expect, it } from 'vitest';
import { StudioError } from '../../../../electron/domain/errors.ts';
import { ModelImport } from '../../../../renderer/places/runs/model-import.svelte.ts';
import { FakeHost } from '../../fake-host.ts';
import { mnist } from '../../samples.ts';

const found = { name: 'm', format: 'Keras', codeLayer: 0, layers: [], notes: [], parameters: 9, inputValues: 3_072 };

/** A model of a file that was dropped, read as the host says. */
async function opened(inspect: (request: object) => object) {
  const fake = new FakeHost();
  const models = new ModelImport({ api: fake.api, imageSets: [mnist], showImported: () => Promise.resolve() });
  fake.answers['files:release'] = () => ({});
  const read: object[] = [];
  const taken: object[] = [];
  fake.answers['model:inspect'] = (request) => {
    read.push(request);
    return inspect(request) as never;
  };
  fake.answers['model:import'] = (request) => {
    taken.push(request);
    return { runId: 'new' };
  };
  await models.begin(Promise.resolve([]));
  return { models, read, taken };
}

describe('what a file leaves open', () => {
  it('is asked for, and the file is read again with it', async () => {
    const { models, read, taken } = await opened((request) => {
      if (!('inputShape' in request)) throw new StudioError('size-open', 'm.keras: expected the size …');
      return { ...found, takesRows: false, inputShape: [32, 32, 3] };
    });
    expect(models.phase).toMatchObject({ kind: 'asking', error: { code: 'size-open' } });
    models.change({ shape: '32x' });
    await models.readAgain();
    expect(models.phase.kind).toBe('asking');
    models.change({ shape: '32x32x3' });
    await models.readAgain();
    expect(read).toEqual([{ staged: 'staged-1' }, { staged: 'staged-1', inputShape: [32, 32, 3] }]);
    expect(models.phase.kind).toBe('choosing');
    expect(models.form.shape).toBe('32×32×3');
    await models.start();
    expect(taken).toMatchObject([{ inputShape: [32, 32, 3], pixels: '0..1' }]);
    expect(taken[0]).not.toHaveProperty('order');
  });

  it('is taken in as it is chosen: the order of rows, and what pixels are', async () => {
    const { models, taken } = await opened(() => ({ ...found, takesRows: true, inputShape: [32, 32, 3] }));
    models.change({ order: 'channels-first', pixels: '-1..1' });
    await models.start();
    expect(taken).toMatchObject([{ order: 'channels-first', pixels: '-1..1' }]);
  });
});
