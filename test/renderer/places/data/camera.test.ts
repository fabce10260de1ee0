import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Camera } from '../../../../renderer/places/data/camera.svelte.ts';
import { FakeHost } from '../../fake-host.ts';

const stopped = vi.fn();
const stream = { getTracks: () => [{ stop: stopped }] } as unknown as MediaStream;
const picture = () => Promise.resolve(new Blob(['picture'], { type: 'image/png' }));

beforeEach(() => {
  vi.useFakeTimers();
  stopped.mockReset();
});
afterEach(() => vi.useRealTimers());

function host(): FakeHost {
  const made = new FakeHost();
  made.answers['app:camera'] = () => ({});
  return made;
}

it('says to the app that it asks, and that it has been answered, whatever the answer is', async () => {
  const wanted: boolean[] = [];
  const { api, answers } = host();
  answers['app:camera'] = (request) => (wanted.push(request.wanted), {});
  const refusing = { getUserMedia: () => Promise.reject(new DOMException('no', 'NotAllowedError')) };
  const camera = new Camera(api, ['cat'], refusing);
  await camera.start();
  expect(wanted).toEqual([true, false]);
  expect(camera.state).toMatchObject({ kind: 'refused', message: expect.stringContaining('not allowed') as string });
});

it('takes pictures of a class while its button is held, each a file in the class’s folder', async () => {
  const camera = new Camera(host().api, ['cat', 'dog/wolf'], { getUserMedia: () => Promise.resolve(stream) });
  camera.hold('cat', picture);
  expect(camera.count).toBe(0);
  await camera.start();
  camera.hold('cat', picture);
  await vi.advanceTimersByTimeAsync(320);
  camera.release();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(camera.classes.map(({ files }) => files.length)).toEqual([3, 0]);
  camera.hold('dog/wolf', picture);
  camera.release();
  await vi.advanceTimersByTimeAsync(0);
  expect(camera.files.map(({ path }) => path.split('/')[1])).toEqual(['cat', 'cat', 'cat', 'dog_wolf']);
  expect(new Set(camera.files.map(({ path }) => path)).size).toBe(4);
});

it('lets go of the camera when it is closed, also while it is being asked for', async () => {
  const camera = new Camera(host().api, ['cat'], { getUserMedia: () => Promise.resolve(stream) });
  const starting = camera.start();
  camera.close();
  await starting;
  expect(stopped).toHaveBeenCalledOnce();
  expect(camera.state).toEqual({ kind: 'off' });
});
