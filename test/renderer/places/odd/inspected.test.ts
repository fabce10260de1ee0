import { expect, it } from 'vitest';
import type { InspectionSettings } from '../../../../electron/contract/inspection.ts';
import { StudioError } from '../../../../electron/domain/errors.ts';
import { Inspected } from '../../../../renderer/places/odd/inspected.svelte.ts';
import { lasting } from '../../../../renderer/link/lasting.svelte.ts';
import { FakeHost } from '../../fake-host.ts';
import { allArrived } from '../../held-answers.ts';
import { inspection } from './inspection-samples.ts';

const settings = (changes: Partial<InspectionSettings>) => inspection(changes).settings;

function opened(host: FakeHost): Inspected {
  return lasting(() => new Inspected(host.api, inspection()));
}

it('a threshold that is dragged moves the counts at once, the pictures when it is let go', async () => {
  const host = new FakeHost();
  const kept = host.hold('inspection:settle');
  const inspected = opened(host);
  inspected.moved = 1.5;
  expect(inspected.caught).toMatchObject({ caught: 3, falseAlarms: 1 });
  expect(inspected.order[0]).toBe(2);
  const keeping = inspected.keepThreshold(1.5);
  await allArrived();
  expect(kept[0]!.request).toMatchObject({ threshold: 1.5 });
  kept[0]!.give(settings({ threshold: 1.5, moved: true }));
  await keeping;
  expect([inspected.moved, inspected.threshold, inspected.settings.moved]).toEqual([undefined, 1.5, true]);
  expect(inspected.order[0]).toBe(1);
});

it('a threshold moved on before the answer to the last one came stays under the pointer', async () => {
  const host = new FakeHost();
  const kept = host.hold('inspection:settle');
  const inspected = opened(host);
  const keeping = inspected.keepThreshold(1.5);
  await allArrived();
  inspected.moved = 2.5;
  kept[0]!.give(settings({ threshold: 1.5, moved: true }));
  await keeping;
  expect(inspected.threshold).toBe(2.5);
});

it('a threshold that was kept stays while a change behind it waits for its answer', async () => {
  const host = new FakeHost();
  const kept = host.hold('inspection:settle');
  const inspected = opened(host);
  const keeping = inspected.keepThreshold(1.5);
  const marking = inspected.setMark(1, 'fine');
  await allArrived();
  kept[0]!.give(settings({ threshold: 1.5, moved: true }));
  await keeping;
  await allArrived();
  expect(inspected.threshold).toBe(1.5);
  kept[1]!.give(settings({ threshold: 1.5, moved: true, marks: [{ picture: 1, mark: 'fine' }] }));
  await marking;
  expect([inspected.moved, inspected.threshold, inspected.settings.marks.length]).toEqual([undefined, 1.5, 1]);
});

it('marks one after another all stay, whichever answer comes when; a refused one is taken back and said', async () => {
  const host = new FakeHost();
  const kept = host.hold('inspection:settle');
  const inspected = opened(host);
  const first = inspected.setMark(1, 'fine');
  const second = inspected.setMark(2, 'odd');
  expect(inspected.judged!.truths.slice(1, 3)).toEqual(['normal', 'odd']);
  await allArrived();
  expect(kept).toHaveLength(1);
  kept[0]!.give(settings({ marks: [{ picture: 1, mark: 'fine' }] }));
  await first;
  await allArrived();
  // The answer to the first knows nothing of the second.
  expect(inspected.settings.marks).toHaveLength(2);
  kept[1]!.refuse(new StudioError('disk-full', 'The disk is full.'));
  await second;
  expect(inspected.problem?.message).toBe('The disk is full.');
  expect(inspected.settings.marks).toEqual([{ picture: 1, mark: 'fine' }]);
});

it('a mark and a note of one picture do not lose each other', async () => {
  const host = new FakeHost();
  host.hold('inspection:settle');
  const inspected = opened(host);
  void inspected.setMark(3, 'fine');
  void inspected.setNote(3, 'dust');
  expect(inspected.settings.marks).toEqual([{ picture: 3, mark: 'fine', note: 'dust' }]);
  void inspected.setMark(3, null);
  expect(inspected.settings.marks).toEqual([{ picture: 3, note: 'dust' }]);
  void inspected.setNote(3, '');
  expect(inspected.settings.marks).toEqual([]);
});

it('filters leave groups and sides out, and what is looked at is among what is shown', () => {
  const inspected = opened(new FakeHost());
  inspected.focus(0);
  inspected.show('good', false);
  expect(inspected.shown).toEqual([2, 4, 3, 5]);
  expect(inspected.focused).toBe(2);
  inspected.show('good', true);
  expect(inspected.focused).toBe(0);
  inspected.filter = 'wrong';
  expect(inspected.shown).toEqual([2, 1]);
  inspected.filter = 'odd';
  expect(inspected.shown).toEqual([1, 4, 3]);
});

it('the map of the picture looked at now is shown, whatever comes late', async () => {
  const host = new FakeHost();
  const maps = host.hold('inspection:map');
  const inspected = opened(host);
  const picture = (width: number) => ({ count: 1, width, height: 1, channels: 3, pixels: new Uint8Array(3 * width) });
  const map = (width: number) => ({
    score: 'worst-spot' as const,
    size: { width, height: 1 },
    width,
    height: 1,
    original: picture(width),
    seen: { left: 0, top: 0, width, height: 1 },
    reconstruction: picture(width),
    map: new Float32Array(width),
    threshold: 1,
    range: [0, 1] as const,
    boxes: [],
  });
  void inspected.look(0, 'worst-spot');
  void inspected.look(1, 'worst-spot');
  const last = inspected.look(2, 'worst-spot');
  await allArrived();
  expect(maps).toHaveLength(1);
  maps[0]!.give(map(1));
  await allArrived();
  expect(maps[1]!.request.picture).toBe(2);
  maps[1]!.give(map(2));
  await last;
  expect([inspected.map?.picture, inspected.map?.map.width]).toEqual([2, 2]);
});

it('pictures are asked for as they come into view, each once; what cannot be shown is not asked for again', async () => {
  const host = new FakeHost();
  const asked: (readonly number[])[] = [];
  const image = { count: 1, width: 1, height: 1, channels: 3, pixels: new Uint8Array(3) };
  host.answers['inspection:pictures'] = ({ pictures }) => {
    asked.push(pictures);
    return { originals: pictures.map((picture) => (picture === 1 ? { ...image, count: 0 } : image)) };
  };
  const { thumbnails } = opened(host);
  await thumbnails.want([0, 1]);
  await thumbnails.want([1, 2]);
  expect(asked).toEqual([[0, 1], [2]]);
  expect([thumbnails.of(0)?.width, thumbnails.isLost(1), thumbnails.of(2)?.width]).toEqual([1, true, 1]);
});

it('pictures that there was no answer about are asked for again, at the next look and when the engine is back', async () => {
  const host = new FakeHost();
  const image = { count: 1, width: 1, height: 1, channels: 3, pixels: new Uint8Array(3) };
  const answer = ({ pictures }: { readonly pictures: readonly number[] }) => ({
    originals: pictures.map(() => image),
  });
  const { thumbnails } = opened(host);
  await thumbnails.want([0, 1]);
  expect([thumbnails.isLost(0), thumbnails.isLost(1)]).toEqual([true, true]);
  host.answers['inspection:pictures'] = answer;
  await thumbnails.want([1]);
  expect([thumbnails.isLost(1), thumbnails.of(1)?.width]).toEqual([false, 1]);
  delete host.answers['inspection:pictures'];
  await thumbnails.want([2, 3]);
  host.answers['inspection:pictures'] = answer;
  await thumbnails.again();
  expect([thumbnails.of(2)?.width, thumbnails.of(3)?.width, thumbnails.isLost(3)]).toEqual([1, 1, false]);
  const { length } = host.asked;
  await thumbnails.want([1, 2, 3]);
  expect(host.asked).toHaveLength(length);
});

it('the map of the picture looked at is asked for again when whoever answers is back, if there was none', async () => {
  const host = new FakeHost();
  const maps = host.hold('inspection:map');
  const inspected = opened(host);
  inspected.focus(1);
  const first = inspected.look(1, 'worst-spot');
  await allArrived();
  maps[0]!.refuse(new StudioError('engine-lost', 'The engine is gone.'));
  await first;
  await inspected.askAgain();
  await allArrived();
  expect(maps[1]!.request.picture).toBe(1);
  maps[1]!.give({ boxes: [] } as never);
  await allArrived();
  expect([inspected.map?.picture, inspected.mapProblem]).toEqual([1, undefined]);
  await inspected.askAgain();
  await allArrived();
  expect(maps).toHaveLength(2);
});

it('the picture one comes back to is shown with its own map, whatever was asked of another meanwhile', async () => {
  const host = new FakeHost();
  const maps = host.hold('inspection:map');
  const inspected = opened(host);
  const map = { boxes: [] } as never;
  const first = inspected.look(1, 'worst-spot');
  await allArrived();
  maps[0]!.give(map);
  await first;
  void inspected.look(2, 'worst-spot');
  await allArrived();
  await inspected.look(1, 'worst-spot');
  maps[1]!.give(map);
  await allArrived();
  expect(inspected.map).toMatchObject({ picture: 1 });
  const third = inspected.look(3, 'worst-spot');
  await allArrived();
  maps[2]!.refuse(new StudioError('not-found', 'The picture is gone.'));
  await third;
  expect(inspected.mapProblem?.message).toBe('The picture is gone.');
  await inspected.look(1, 'worst-spot');
  expect(inspected.mapProblem).toBeUndefined();
});
