import { SvelteMap } from 'svelte/reactivity';
import type { StudioApi } from '../../../electron/contract/contract.ts';
import type { ImageColumns, RunSummary } from '../../../electron/domain/words.ts';
import { LatestByKey } from '../../link/latest-by-key.ts';
import { toRgba, type Rgba } from '../../maths/rgba.ts';
import { shrunk } from '../../pictures/shrink.ts';

/** Of a thumbnail, in pixels. */
const LARGEST_SIDE = 64;

/** What each run makes of its first example, fetched when it is looked at and anew when the run has gone on. */
export class RunThumbnails {
  readonly #api: StudioApi;
  readonly #pictures = new SvelteMap<string, Rgba>();
  readonly #requests = new LatestByKey();
  /** The epoch that each was last asked for. */
  readonly #asked: Record<string, number | undefined> = {};

  constructor(api: StudioApi) {
    this.#api = api;
  }

  of(runId: string): Rgba | undefined {
    return this.#pictures.get(runId);
  }

  async want({ id, epochsDone }: Pick<RunSummary, 'id' | 'epochsDone'>): Promise<void> {
    if (this.#asked[id] === epochsDone) return;
    this.#asked[id] = epochsDone;
    await this.#requests.of(id).run(async (token) => {
      const answer = await this.#api.call('run:thumbnail', { runId: id });
      if (token.isStale) return;
      // A list without one picture is a list still; the next look asks again.
      if (!answer.ok) this.#asked[id] = undefined;
      else if (answer.value.image) this.#pictures.set(id, pictureOf(answer.value.image));
    });
  }
}

const pictureOf = (image: ImageColumns): Rgba => toRgba(shrunk(image, LARGEST_SIDE));
