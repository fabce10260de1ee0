import { flushSync, mount, unmount, type ComponentProps } from 'svelte';
import { expect, it, onTestFinished, vi } from 'vitest';
import { blankCanvas } from '../../blank-canvas.ts';
import MapCanvas from '../../../../renderer/charts/map/MapCanvas.svelte';
import type { MapRequest } from '../../../../renderer/charts/map/map-controller.ts';
import type { MapPictures } from '../../../../renderer/charts/map/thumbnails.svelte.ts';
import type { Limits } from '../../../../renderer/maths/scatter-geometry.ts';

type Behind = NonNullable<ComponentProps<typeof MapCanvas>['behind']>;

const nothing = () => undefined;
vi.stubGlobal('requestIdleCallback', () => 0);
vi.stubGlobal('cancelIdleCallback', nothing);

const OPAQUE = 0xff0000ff;

/** From 0 to 1. */
const along = (count: number) => Float32Array.from({ length: count }, (_, at) => at / (count - 1));

/** Mounts a map that was asked for something before; answers the views that it has told of. */
function mounted(
  asked: MapRequest | undefined,
  pictures?: MapPictures,
  count = 2,
  behind?: Behind,
  look: () => void = nothing,
): readonly Limits[] {
  const views: Limits[] = [];
  const target = document.createElement('div');
  const props = {
    onview: (view: Limits) => void views.push(view),
    ...{ onhover: nothing, onpin: nothing, onenclose: nothing, onpath: nothing, onclear: nothing },
    ...{
      summary: '',
      limits: undefined,
      raised: undefined,
      hovered: undefined,
      underlay: undefined,
    },
    ...{ letters: [], pins: [], marks: [], path: [], equal: true, tool: 'pan' as const },
    points: { x: along(count), y: along(count) },
    colours: new Uint32Array(count).fill(OPAQUE),
    visible: new Uint8Array(count).fill(1),
    pictures,
    behind,
    asked,
  };
  const map = mount(MapCanvas, { target, props });
  flushSync();
  look();
  void unmount(map);
  return views;
}

it('a map that is shown again does not zoom once more as it was last asked to', () => {
  const fresh = mounted(undefined);
  expect(fresh.length).toBeGreaterThan(0);
  expect(mounted({ kind: 'zoom', factor: 1.5 })).toEqual(fresh);
});

it('the pictures of few points are whole at its edges; of more there are dots', () => {
  const [width, height] = [400, 300];
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(width);
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(height);
  onTestFinished(() => void vi.restoreAllMocks());
  const pictures: MapPictures = { width: 48, height: 32, version: 0, of: () => [] };
  /** From the outermost points to the frame, in pixels. */
  const edge = (views: readonly Limits[]) => {
    const { bottom, top } = views.at(-1)!;
    return (-bottom * height) / (top - bottom);
  };
  expect(edge(mounted(undefined, pictures, 2))).toBeGreaterThan(24);
  expect(edge(mounted(undefined, pictures, 500))).toBeCloseTo(16);
  expect(edge(mounted(undefined, undefined, 2))).toBeCloseTo(16);
});

it('the training images behind few points are drawn as pictures too; behind dots they are dots', () => {
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(400);
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(300);
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockImplementation(() => blankCanvas().getContext('2d') as never);
  const frames: FrameRequestCallback[] = [];
  vi.stubGlobal('requestAnimationFrame', (frame: FrameRequestCallback) => frames.push(frame));
  vi.stubGlobal('ImageData', PlainImage);
  onTestFinished(() => void vi.restoreAllMocks());
  /** Which of those behind are asked for, where so many points lie before them. */
  const asked = (count: number): readonly number[] => {
    const found: number[] = [];
    const of = (indices: readonly number[]) => (found.push(...indices), []);
    const small = { width: 16, height: 16, version: 0 };
    const behind = {
      points: { x: along(3), y: along(3) },
      colours: new Uint32Array(3).fill(OPAQUE),
      pictures: { ...small, of },
    };
    mounted(undefined, { ...small, of: () => [] }, count, behind, () => {
      for (const frame of frames.splice(0)) frame(0);
    });
    return found;
  };
  expect(asked(4)).toEqual([0, 1, 2]);
  expect(asked(500)).toEqual([]);
});

class PlainImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.data = new Uint8ClampedArray(4 * width * height);
  }
}
