import { describe, expect, it, vi } from 'vitest';
import type { ImageSetDetails } from '../../../../electron/contract/images.ts';
import { Library } from '../../../../renderer/places/data/library.svelte.ts';
import { Studio } from '../../../../renderer/app/studio.svelte.ts';
import { FakeHost } from '../../fake-host.ts';
import { deferred, pets } from './import-samples.ts';
import { mnist, record } from '../../samples.ts';

vi.stubGlobal('requestAnimationFrame', () => 0);

const image = { count: 0, height: 32, width: 32, channels: 3, pixels: new Uint8Array() };
const details: ImageSetDetails = {
  summary: pets,
  labelCounts: [3, 2],
  meanImage: image,
  bytesOnDisk: 1,
  notes: 'mine',
};

function shelfHost(): FakeHost {
  const host = new FakeHost();
  let trash = [] as (typeof pets)[];
  host.answers['image-set:describe'] = () => details;
  host.answers['image-set:trash'] = () => trash;
  host.answers['image-set:problems'] = () => [];
  host.answers['image-set:edit'] = ({ name }) => ({ ...pets, name: name ?? pets.name });
  host.answers['image-set:delete'] = () => ((trash = [pets]), {});
  host.answers['image-set:restore'] = () => ((trash = []), {});
  host.answers['image-set:empty-trash'] = () => ((trash = []), {});
  return host;
}

describe('the store of image sets', () => {
  it('shows a set’s details, read once, and anew after a change', async () => {
    const host = shelfHost();
    const library = new Library(host.api);
    await library.show(pets);
    await library.show(pets);
    const described = () => host.asked.filter((channel) => channel === 'image-set:describe').length;
    expect(described()).toBe(1);
    expect(library.details).toEqual({ kind: 'ready', value: details });
    await library.edit({ imageSet: 'pets-1', notes: 'theirs' });
    expect(described()).toBe(2);
  });

  it('drops the details of a set that is no longer looked at', async () => {
    const host = shelfHost();
    const late = deferred<ImageSetDetails>();
    host.answers['image-set:describe'] = ({ imageSet }) =>
      imageSet === 'mnist' ? late.promise : Promise.resolve(details);
    const library = new Library(host.api);
    const first = library.show(mnist);
    await library.show(pets);
    late.resolve({ ...details, summary: mnist });
    await first;
    expect(library.details).toEqual({ kind: 'ready', value: details });
    expect(library.gallery?.set).toEqual(pets);
  });

  it('deletes to the trash, and back', async () => {
    const library = new Library(shelfHost().api);
    library.choose('pets-1');
    await library.delete(pets);
    expect(library.trash).toEqual([pets]);
    expect(library.deleted).toEqual(pets);
    expect(library.chosenId).toBeUndefined();
    await library.restore(pets);
    expect(library.trash).toEqual([]);
    expect(library.deleted).toBeUndefined();
    expect(library.chosenId).toBe('pets-1');
  });

  it('says why a change was refused, and leaves everything as it was', async () => {
    const host = shelfHost();
    delete host.answers['image-set:delete'];
    const library = new Library(host.api);
    await library.delete(pets);
    expect(library.problem?.message).toBe('No answer for image-set:delete.');
    expect(library.deleted).toBeUndefined();
  });

  it('forgets what could be undone when the trash is emptied', async () => {
    const library = new Library(shelfHost().api);
    await library.delete(pets);
    await library.emptyTrash();
    expect(library.trash).toEqual([]);
    expect(library.deleted).toBeUndefined();
  });
});

describe('the window', () => {
  it('trains on a set that has just come: its recipe, and its pictures in place of the run that was shown', async () => {
    const host = shelfHost();
    host.answers['run:list'] = () => [record('a', 'finished').summary];
    host.answers['run:open'] = () => record('a', 'finished');
    const studio = new Studio(host, { getItem: () => null, setItem: () => undefined });
    await studio.load();
    await studio.show('a');
    expect(studio.current?.record.summary.id).toBe('a');
    host.answers['image-set:list'] = () => [mnist, pets];
    await studio.trainOn('pets-1');
    expect(studio.current).toBeUndefined();
    expect(studio.draft?.base.preset).toBe('recipe');
    expect(studio.place).toBe('train');
    expect(studio.draft?.base).toMatchObject({ imageSet: 'pets-1', model: { inputShape: [32, 32, 3] } });
    expect(studio.reading).toMatchObject({ kind: 'ready', experiment: { training: { validationCount: 1 } } });
  });
});
