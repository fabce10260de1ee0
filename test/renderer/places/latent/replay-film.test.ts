import { flushSync, mount, unmount } from 'svelte';
import { expect, it, onTestFinished, vi } from 'vitest';
import Scrubber from '../../../../renderer/places/latent/replay/Scrubber.svelte';
import { allArrived } from '../../held-answers.ts';
import { codeMap, finished, latentOn } from './latent-host.ts';

/** Canvases that paint nothing. @returns the captions written on them, in order */
function blankCanvases(): readonly string[] {
  const captions: string[] = [];
  class Blank {
    width: number;
    height: number;
    constructor(width: number, height: number) {
      [this.width, this.height] = [width, height];
    }
    getContext() {
      return blankContext(this);
    }
  }
  const blankContext = (canvas: { width: number; height: number }): unknown => {
    const nothing = () => undefined;
    const own: Readonly<Record<string, unknown>> = {
      canvas,
      fillText: (text: string) => void captions.push(text),
      getImageData: () => ({ data: new Uint8ClampedArray(4 * canvas.width * canvas.height) }),
    };
    return new Proxy(own, { get: (_, name) => own[String(name)] ?? nothing, set: () => true });
  };
  vi.stubGlobal('OffscreenCanvas', Blank);
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockImplementation(function (this: HTMLCanvasElement) {
    return blankContext(this) as never;
  });
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockReturnValue(undefined);
  vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:film');
  onTestFinished(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });
  return captions;
}

it('a film stays of the model that it was begun with when another one is chosen, and so does its Stop', async () => {
  const captions = blankCanvases();
  const { host, latent } = latentOn();
  await latent.choose('run-a', 'best');
  await latent.replay.show({ points: codeMap.points, count: 6 });
  const target = document.createElement('div');
  const scrubber = mount(Scrubber, { target, props: { latent } });
  onTestFinished(() => void unmount(scrubber));
  flushSync();
  const button = (name: string) =>
    [...target.querySelectorAll('button')].find((each) => each.textContent.trim() === name);
  button('GIF')!.click();
  const summary = { ...finished.summary, id: 'run-b' };
  host.answers['run:open'] = () => ({ ...finished, summary, snapshotEpochs: [7] });
  await latent.choose('run-b', 'best');
  flushSync();
  expect(button('GIF')).toBeUndefined();
  expect(button('Stop the film')).toBeDefined();
  await vi.waitFor(() => expect(latent.film.fraction).toBeUndefined(), { timeout: 20_000 });
  await allArrived();
  expect(latent.film.problem).toBeUndefined();
  expect(captions.filter((caption) => !/^Epoch [123]$/.test(caption))).toEqual([]);
  expect([captions[0], captions.at(-1)]).toEqual(['Epoch 1', 'Epoch 3']);
});
