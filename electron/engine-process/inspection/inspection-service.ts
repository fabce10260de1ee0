import type { EngineChannel, Handlers } from '../../contract/contract.ts';
import { StudioError } from '../../domain/errors.ts';
import type { ImageSetStore } from '../../files/image-set-store.ts';
import type { ImageSets } from '../image-sets.ts';
import { groupsOfSet } from './set-groups.ts';

type Channel = Extract<EngineChannel, `inspection:${string}` | `engine:inspection-${string}`>;

export interface InspectionServiceOptions {
  readonly store: ImageSetStore;
  readonly imageSets: ImageSets;
}

/** Answers what windows ask about odd pictures. */
export class InspectionService {
  readonly handlers: Handlers<Channel>;

  constructor({ store, imageSets }: InspectionServiceOptions) {
    const later = (): Promise<never> => Promise.reject(new StudioError('refused', 'Pictures cannot be checked yet.'));
    this.handlers = {
      'inspection:groups': async ({ imageSet }) =>
        groupsOfSet(await imageSets.get(imageSet), imageSets.isAlwaysThere(imageSet) ? undefined : store.at(imageSet)),
      'inspection:start': later,
      'inspection:cancel': later,
      'inspection:open': async () => ({}),
      'inspection:map': later,
      'inspection:settle': later,
      'engine:inspection-export': later,
    };
  }
}
