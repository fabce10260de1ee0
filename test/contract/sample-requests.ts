import type { Request, WindowChannel } from '../../electron/contract/contract.ts';
import type { Experiment } from '../../electron/domain/experiment.ts';
import type { ImportOptions } from '../../electron/contract/images.ts';
import { presetExperiment, presets } from '../../electron/domain/presets.ts';

const experiments: readonly Experiment[] = presets.map((preset) => presetExperiment(preset, 'mnist', [28, 28, 1]));
const experiment = experiments[0]!;
const options: ImportOptions = {
  name: 'Cats',
  height: 32,
  width: 32,
  channels: 3,
  fit: 'cover',
  background: '#ffffff',
  invert: 'auto',
  centre: false,
  labels: 'folders',
  test: { kind: 'every', n: 10 },
  duplicates: 'skip',
};
const order = {
  address: 'http://127.0.0.1:8265',
  workers: { count: 2, cpus: 1, gpu: false },
  jobs: 2,
};
const model = { runId: 'article-1', weights: 'best' } as const;
const run = { runId: 'article-1' };
const set = { imageSet: 'mnist' };
const staged = { staged: 'staged-00ff' };
const job = { job: 'compression-1' };

/** Requests that fit, for every call a window may make: the build fails where a call has none. */
export const sampleRequests: { readonly [K in WindowChannel]: readonly Request<K>[] } = {
  'app:describe': [{}],
  'app:diagnose': [{}],
  'app:show-folder': [{ folder: 'logs' }],
  'files:take': [{}],
  'settings:read': [{}],
  'settings:write': [{ settings: { threads: 2, theme: 'dark', errorUnit: 'squared-error', zoom: 110 } }],
  'image-set:list': [{}],
  'image-set:images': [{ ...set, split: 'test', first: 0, count: 10 }],
  'image-set:baseline': [{ ...set, validationCount: 5_000 }],
  'image-set:plane': [{ ...set, validationCount: 5_000, split: 'training' }],
  'files:open': [{ bytes: 1_000 }],
  'files:release': [staged],
  'import:plan': [staged, { ...staged, name: 'Cats' }],
  'import:preview': [{ ...staged, options, count: 12 }],
  'import:start': [{ ...staged, options: { ...options, test: { kind: 'folders' } }, autoInverts: true }],
  'import:cancel': [{ importId: 'import-1' }],
  'image-set:problems': [{}],
  'image-set:describe': [set],
  'image-set:labels': [{ ...set, split: 'test' }],
  'image-set:pick': [{ ...set, split: 'test', indices: Uint32Array.of(3, 1) }],
  'image-set:edit': [{ ...set, name: 'Digits', notes: 'By hand.' }],
  'image-set:delete': [set],
  'image-set:restore': [set],
  'image-set:trash': [{}],
  'image-set:empty-trash': [{}],
  'run:start': experiments.map((one) => ({ experiment: one })),
  'run:pause': [run],
  'run:resume': [run],
  'run:stop': [run, { ...run, when: 'after-epoch' }],
  'run:list': [{}],
  'run:open': [run],
  'run:snapshot': [{ ...run, epoch: 3 }],
  'run:annotate': [{ ...run, name: 'Mine', tags: ['good'], notes: 'Kept.' }],
  'run:delete': [{ runIds: ['article-1', 'article-2'] }],
  'run:restore': [{ runIds: ['article-1'] }],
  'run:trash': [{}],
  'run:empty-trash': [{}],
  'run:thumbnail': [run],
  'run:export': [run],
  'run:import': [staged],
  'run:report': [run],
  'experiment:save': [{ experiment }],
  'experiment:open': [staged],
  'queue:read': [{}],
  'queue:add': [{ experiments: experiments.slice(0, 2) }, { experiments: [experiment], cluster: order }],
  'queue:remove': [{ entries: ['entry-1'] }],
  'queue:move': [{ entry: 'entry-1', to: 2 }],
  'queue:hold': [{ held: true }],
  'cluster:test': [{ address: order.address }],
  'cluster:plan': [{ experiments: experiments.slice(0, 2), order }],
  'cluster:start': [{ experiment, order: { ...order, imageSource: 's3://here/images.u8' } }],
  'cluster:follow': [run],
  'cluster:leave': [run],
  'cluster:stop': [run],
  'cluster:give-up': [run],
  'cluster:token': [{ address: order.address }],
  'cluster:keep-token': [{ address: order.address, token: 'let-me-in' }],
  'sweep:compare': [{ runIds: ['article-1'] }],
  'model:open': [{ model }],
  'model:reconstruct': [
    {
      model,
      source: { kind: 'staged', ...staged, first: 0, count: 5 },
      options: {
        invert: 'auto',
        centre: 'on',
        fit: 'contain',
        noise: { kind: 'gaussian', amount: 0.5, seed: 7 },
      },
      neighbours: 4,
    },
    {
      model,
      source: { kind: 'pictures', pictures: [{ name: 'seven.png', bytes: Uint8Array.of(1, 2) }] },
      options: { invert: 'off', centre: 'off' },
      neighbours: 0,
    },
  ],
  'model:decode': [{ model, codes: Float32Array.of(0.5, -1) }],
  'model:map': [{ model, split: 'test' }],
  'model:codes': [{ model, split: 'test' }],
  'model:neighbours': [{ model, codes: Float32Array.of(0.5, -1), split: 'training', count: 5 }],
  'model:merit': [{ model }],
  'model:inspect': [staged, { ...staged, inputShape: [28, 28, 1], codeLayer: 2 }],
  'model:import': [{ ...staged, name: 'From Keras', imageSet: 'mnist', codeLayer: 2 }],
  'compression:measure': [{ ...job, model, source: { kind: 'set', ...set, split: 'test' } }],
  'compression:write': [{ ...job, model, source: { kind: 'staged', ...staged } }],
  'compression:unpack': [{ ...job, ...staged }],
  'compression:cancel': [job],
  'model:export': [{ ...model, format: 'onnx', part: 'encoder', scalingInside: true }],
};
