import { flushSync, mount, unmount, type Component } from 'svelte';
import { expect, it, onTestFinished, vi } from 'vitest';
import CompressionTable from '../../renderer/compress/CompressionTable.svelte';
import FileMessages from '../../renderer/experiment/FileMessages.svelte';
import LibraryPanel from '../../renderer/places/data/LibraryPanel.svelte';
import WallBar from '../../renderer/places/odd/WallBar.svelte';
import PictureShelf from '../../renderer/places/latent/decoder/PictureShelf.svelte';
import CodesTable from '../../renderer/places/runs/CodesTable.svelte';
import CompareFigures from '../../renderer/places/runs/CompareFigures.svelte';
import CompareSettings from '../../renderer/places/runs/CompareSettings.svelte';
import CompareView from '../../renderer/places/runs/CompareView.svelte';
import { Comparison } from '../../renderer/places/runs/comparison.svelte.ts';
import ListNotices from '../../renderer/places/runs/ListNotices.svelte';
import QueueList from '../../renderer/places/train/QueueList.svelte';
import DataTable from '../../renderer/widgets/DataTable.svelte';
import { FakeHost } from './fake-host.ts';
import { epoch, record, usualUnit } from './samples.ts';
import { allArrived } from './held-answers.ts';
import { run } from './places/runs/samples.ts';
import { errorWords } from '../../renderer/widgets/error-unit.ts';

// Charts are painted in frames; there is no canvas here.
vi.stubGlobal('requestAnimationFrame', () => 0);

const TWICE = 'Twice: the file is torn.';
const nothing = () => undefined;

/** What is drawn of a component; Svelte throws where two of a list have one key. */
function drawn(component: Component<never>, props: object): HTMLElement {
  const target = document.createElement('div');
  const mounted = mount(component, { target, props: props as never });
  onTestFinished(() => void unmount(mounted));
  flushSync();
  return target;
}

const times = (target: HTMLElement, text: string): number => target.textContent.split(text).length - 1;

/** Two runs of one name, which can be read, or fail with one message. */
async function compared(readable: boolean) {
  const host = new FakeHost();
  const runs = ['a', 'b'].map((id) => run(id, { name: 'Twice' }));
  if (readable) {
    host.answers['run:open'] = ({ runId }) => {
      const at = runs.findIndex(({ id }) => id === runId);
      const { experiment, ...rest } = record(runId, 'finished');
      const training = { ...experiment.training, seed: at };
      return { ...rest, experiment: { ...experiment, training }, summary: runs[at]!, metrics: [epoch(1, 0.1)] };
    };
  }
  const comparison = new Comparison({ api: host.api, runs, active: undefined, preferences: usualUnit }, ['a', 'b']);
  await comparison.load();
  await allArrived();
  return comparison;
}

const context = {
  remembered: { get: nothing, set: nothing },
  store: { showList: nothing },
  runs: [],
  imageSets: [],
  preferences: usualUnit,
  references: { baselines: { value: nothing } },
};
const library = { refresh: nothing, faulty: [TWICE, TWICE], trash: [] };

it('two runs of one name that cannot be read are both told', async () => {
  const comparison = await compared(false);
  expect(comparison.problems).toHaveLength(2);
  const [problem = ''] = comparison.problems;
  const target = drawn(CompareView as never, { context, comparison });
  // Mounting reads them again.
  await vi.waitFor(() => expect(times(target, problem)).toBe(2));
});

it('two runs of one name stand side by side', async () => {
  const comparison = await compared(true);
  expect(comparison.compared).toHaveLength(2);
  expect(times(drawn(CompareFigures as never, { context, comparison }), 'Twice')).toBe(2);
  expect(drawn(CompareSettings as never, { comparison }).querySelectorAll('[title="Twice"]')).toHaveLength(2);
});

const image = { count: 1, height: 1, width: 1, channels: 1, pixels: new Uint8Array(1) };
const size = { images: 1, pixelBytes: 1, codeBytes: 1, psnr: 1 };
const measured = {
  figures: { ...size, decoderBytes: 1, fileBytes: 1, compared: { ...size, codecs: [] } },
  examples: { originals: image, decoded: image, codecs: [] },
  problems: [1, 2].map(() => ({ name: 'Twice', message: 'the file is torn.' })),
};
const distortion = {
  images: 1,
  runs: ['a', 'b'].map((runId) => ({
    runId,
    codeSize: 2,
    squaredError: 1,
    codeBytes: 1,
    quantisedSquaredError: 1,
    decoderBytes: 1,
  })),
  codecs: [],
};
const entry = (id: string) => ({ id, experiment: { ...record('a').experiment, name: 'Twice' } });

it.each<[string, Component<never>, object, string]>([
  [
    'notices of an import of runs',
    ListNotices as never,
    { store: { deleted: [], imported: { runs: 0, problems: [TWICE, TWICE] } } },
    TWICE,
  ],
  [
    'the shelf of pictures',
    PictureShelf as never,
    { decoder: { pictures: { items: [], problems: [TWICE, TWICE] } } },
    TWICE,
  ],
  [
    'pictures that could not be read',
    WallBar as never,
    { inspected: { filter: 'all', shown: [], inspection: { problems: measured.problems } } },
    'Twice',
  ],
  ['the table of compression', CompressionTable as never, { measured }, TWICE],
  ['messages of files', FileMessages as never, { files: { problems: [TWICE, TWICE], others: [] } }, TWICE],
  [
    'the library',
    LibraryPanel as never,
    { context: { library, imageSets: [], importing: { phase: { kind: 'none' } } } },
    TWICE,
  ],
  [
    'the queue',
    QueueList as never,
    { state: { queue: { entries: [entry('1'), entry('2')], problems: [TWICE, TWICE], held: false } }, imageSets: [] },
    TWICE,
  ],
  [
    'the table of codes',
    CodesTable as never,
    { distortion, errors: errorWords('mse', 1), summaries: ['a', 'b'].map((id) => run(id, { name: 'Twice' })) },
    'Twice',
  ],
  [
    'a table of figures',
    DataTable as never,
    {
      caption: '',
      columns: ['', ''],
      rows: [
        ['Twice', '1'],
        ['Twice', '1'],
      ],
    },
    'Twice',
  ],
])('%s: what is said twice is shown twice', (_, component, props, text) => {
  expect(times(drawn(component, props), text)).toBeGreaterThanOrEqual(2);
});
