import type { HandedFile } from '../../../../electron/contract/files.ts';
import type { ImageSource, ModelDetails, Reconstructions } from '../../../../electron/contract/models.ts';
import type { RunSummary } from '../../../../electron/domain/words.ts';
import { Reconstruct } from '../../../../renderer/places/reconstruct/reconstruct.svelte.ts';
import { FakeHost } from '../../fake-host.ts';
import { answerOf } from './reconstruct-samples.ts';
import { articleExperiment, mnist, record, usualUnit } from '../../samples.ts';

export const finished = (id: string): RunSummary => ({ ...record(id, 'finished').summary, epochsDone: 20 });

export const details: ModelDetails = {
  spec: articleExperiment.model,
  imageSet: 'mnist',
  hasImageSet: true,
  hasPrior: false,
  preparation: { width: 2, height: 1, channels: 1, fit: 'contain', background: '#000000', invert: false, centre: true },
  errors: Float32Array.from({ length: 100 }, (_, index) => index),
};

export function file(path: string, bytes = Uint8Array.of(1, 2, 3)): HandedFile {
  const name = path.split('/').at(-1)!;
  return { path, file: { name, size: bytes.length, arrayBuffer: async () => bytes.buffer } };
}

/** The names of the pictures a source asks for, of `total` there are. */
function namesIn(source: ImageSource, total: number): string[] {
  if (source.kind === 'pictures') return source.pictures.map(({ name }) => name);
  if (source.kind === 'set') return [];
  const count = Math.max(0, Math.min(source.count, total - source.first));
  return Array.from({ length: count }, (_, index) => `${source.first + index}.png`);
}

/** A host with two models, whose pictures err by the number in their name. */
export function hostOf(total = 0): FakeHost {
  const host = new FakeHost();
  host.answers['model:open'] = () => details;
  host.answers['run:open'] = ({ runId }) => record(runId, 'finished');
  host.answers['model:points'] = () => {
    const column = new Float32Array(0);
    const points = { x: column, y: column };
    const axes = [column, column] as const;
    return { points, mapIs: 'code', origin: column, axes, labels: new Uint8Array(0), loading: 'first' };
  };
  host.answers['model:reconstruct'] = ({ source }) => answerTo(source, total);
  host.answers['files:release'] = () => ({});
  return host;
}

export function answerTo(source: ImageSource, total: number): Reconstructions {
  const names = namesIn(source, total);
  const pictures = names.map((name) => ({ name, squaredError: Number.parseInt(name) }));
  return answerOf(pictures, { total: source.kind === 'staged' ? total : names.length });
}

export function placeOf(host: FakeHost, runs = [finished('b'), finished('a')], chosenId?: string): Reconstruct {
  return new Reconstruct({ api: host.api, runs, chosenId, imageSets: [mnist], preferences: usualUnit });
}

export async function entered(host: FakeHost): Promise<Reconstruct> {
  const place = placeOf(host);
  await place.enter();
  return place;
}
