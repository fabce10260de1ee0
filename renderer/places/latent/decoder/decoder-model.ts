import type { StudioApi } from '../../../../electron/contract/contract.ts';
import type { Result } from '../../../../electron/domain/errors.ts';
import type { ModelDetails, ModelRef, SplitName } from '../../../../electron/contract/models.ts';
import type { ImageColumns } from '../../../../electron/domain/words.ts';
import { nearestImages } from '../../../pictures/nearest-images.ts';
import type { Code } from './live.svelte.ts';
import type { Explorer } from '../explorer.svelte.ts';

/** An image of the set that lies near a code. */
export interface NearImage {
  readonly index: number;
  readonly name: string;
  /** Absent where the set has no labels. */
  readonly label?: string;
  /** Euclidean, between codes. */
  readonly distance: number;
  /** Which picture of `images` it is. */
  readonly place: number;
}

export interface NearImages {
  readonly split: SplitName;
  /** Neighbours a query; `found` holds them query by query, the nearest first. */
  readonly k: number;
  readonly found: readonly NearImage[];
  readonly images: ImageColumns;
}

/** The opened model that everything beside the map asks. */
export class DecoderModel {
  readonly explorer: Explorer;
  readonly api: StudioApi;
  readonly ref: ModelRef;
  readonly details: ModelDetails;
  /** Units of the code. */
  readonly size: number;

  constructor(explorer: Explorer, ref: ModelRef, details: ModelDetails) {
    this.explorer = explorer;
    this.api = explorer.api;
    this.ref = ref;
    this.details = details;
    this.size = details.spec.code.size;
  }

  /** Codes [n × size] as pictures, at most 4,096; one that is not finite is refused here, with words. */
  decode = async (codes: Code): Promise<Result<ImageColumns>> => {
    const broken = codes.findIndex((value) => !Number.isFinite(value));
    if (broken >= 0) {
      const unit = (broken % this.size) + 1;
      const message = `Expected a code of finite numbers, found ${codes[broken]} in unit ${unit}: it cannot be decoded.`;
      return { ok: false, error: { code: 'bad-request', message } };
    }
    return this.api.call('model:decode', { model: this.ref, codes });
  };

  /** The images whose codes lie nearest to each of `codes` [n × size], and their pictures. */
  async nearest(codes: Code, split: SplitName, count: number): Promise<Result<NearImages>> {
    const { ref: model, details } = this;
    const nearest = await nearestImages(this.api, { model, imageSet: details.imageSet, codes, split, count });
    if (!nearest.ok) return nearest;
    const { neighbours, images, names: files } = nearest.value;
    const { k, indices, distances, labels } = neighbours;
    const names = this.explorer.imageSet?.labelNames ?? [];
    const found = Array.from(indices, (index, place): NearImage => {
      const label = labels[place];
      const name = files[place] ?? String(index);
      const near = { index, name, distance: distances[place]!, place };
      return label === undefined ? near : { ...near, label: names[label] ?? String(label) };
    });
    return { ok: true, value: { split, k, found, images } };
  }
}
