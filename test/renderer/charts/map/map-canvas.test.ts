import { flushSync, mount, unmount } from 'svelte';
import { expect, it, vi } from 'vitest';
import MapCanvas from '../../../../renderer/charts/map/MapCanvas.svelte';
import type { MapRequest } from '../../../../renderer/charts/map/map-controller.ts';
import type { Limits } from '../../../../renderer/maths/scatter-geometry.ts';

const nothing = () => undefined;
vi.stubGlobal('requestIdleCallback', () => 0);
vi.stubGlobal('cancelIdleCallback', nothing);

/** Mounts a map that was asked for something before; answers the views that it has told of. */
function mounted(asked: MapRequest | undefined): readonly Limits[] {
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
      pictures: undefined,
    },
    ...{ letters: [], pins: [], marks: [], path: [], equal: true, tool: 'pan' as const },
    points: { x: Float32Array.of(0, 1), y: Float32Array.of(0, 1) },
    colours: Uint32Array.of(1, 1),
    visible: Uint8Array.of(1, 1),
    asked,
  };
  const map = mount(MapCanvas, { target, props });
  flushSync();
  void unmount(map);
  return views;
}

it('a map that is shown again does not zoom once more as it was last asked to', () => {
  const fresh = mounted(undefined);
  expect(fresh.length).toBeGreaterThan(0);
  expect(mounted({ kind: 'zoom', factor: 1.5 })).toEqual(fresh);
});
