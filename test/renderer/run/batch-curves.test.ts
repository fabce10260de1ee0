import { expect, it, vi } from 'vitest';
import { Studio } from '../../../renderer/app/studio.svelte.ts';
import { BatchCurves } from '../../../renderer/run/batch-curves.ts';
import { Remembered } from '../../../renderer/window/remembered.ts';
import { FakeHost } from '../fake-host.ts';
import { epoch, progress, record } from '../samples.ts';

vi.stubGlobal('requestAnimationFrame', (run: () => void) => queueMicrotask(run));

/** A store that lives as long as the test. */
function store(text?: string) {
  const kept = new Map<string, string>(text === undefined ? [] : [['studio.batch-curves', text]]);
  return {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
  };
}

const curves = (of: ReturnType<typeof store>) => new BatchCurves({ remembered: new Remembered(of) });
const point = (x: number) => ({ points: [{ x, y: 0.25 }], spacing: 0.125 });

it('a run’s batch costs are there again when the window is loaded anew', async () => {
  const kept = store();
  const host = new FakeHost();
  host.answers['run:list'] = () => [record('a').summary];
  host.answers['run:open'] = () => ({ ...record('a', 'finished'), metrics: [epoch(1)] });
  const first = new Studio(host, kept);
  await first.load();
  host.tell('run:started', record('a'));
  host.tell('run:progressed', progress('a', 30));
  host.tell('run:progressed', progress('a', 60));
  host.tell('run:epoch-ended', { runId: 'a', metrics: epoch(1) });
  await vi.waitFor(() => expect(first.current?.record.metrics).toHaveLength(1));
  const seen = first.current!.batches.points;
  expect(seen).toHaveLength(2);

  const second = new Studio(host, kept);
  await second.load();
  await second.show('a');
  expect(second.current!.batches.points.map(({ x }) => x)).toEqual(seen.map(({ x }) => Number(x.toPrecision(5))));
});

it('the newest runs’ are kept, to as many digits as a curve shows', () => {
  const kept = store();
  const written = curves(kept);
  for (let run = 0; run < 10; run++) written.keep(String(run), point(1 / 3));
  written.keep('none', { points: [], spacing: 0 });
  const read = curves(kept);
  expect(read.of('9')).toEqual({ points: [{ x: 0.33333, y: 0.25 }], spacing: 0.125 });
  expect(read.of('2').points).toHaveLength(1);
  expect(read.of('1').points).toEqual([]);
  expect(read.of('none').points).toEqual([]);
});

it('what is no curve is none', () => {
  for (const text of ['', 'null', '{"a":1}', '[{"runId":"a","spacing":0,"x":[1,2],"y":[1]}]'])
    expect(curves(store(text)).of('a').points).toEqual([]);
});
