import type { StudioApi } from '../../../electron/contract/contract.ts';
import type { HandedFile } from '../../../electron/contract/files.ts';
import type { FolderLook, ImportPlan } from '../../../electron/contract/import-plan.ts';
import { toErrorData, type ErrorData } from '../../../electron/domain/errors.ts';
import { truthOfGroup } from '../../../electron/domain/inspection/groups.ts';
import { areLarge, proposedTiling, type Tiling } from '../../../electron/domain/inspection/tile-places.ts';
import { normalFolders } from '../../../electron/domain/inspection/normal-folders.ts';
import { LatestRequest } from '../../link/latest-request.svelte.ts';

/** The two places where pictures are dropped. */
export const boxes = ['normal', 'check'] as const;
export type Box = (typeof boxes)[number];

/** What one drop holds. */
export interface GivenDrop {
  readonly staged: string;
  /** Proposed by the host from the files. */
  readonly name: string;
  readonly plan: ImportPlan;
}

/** What stands in a box. */
export interface Filled {
  readonly drop: GivenDrop;
  readonly pictures: number;
  /** Empty where the pictures lie in none. */
  readonly folders: readonly FolderLook[];
  readonly masks: number;
  /** Of the pictures that were looked at, those that cannot be read. */
  readonly unreadable: number;
}

/** How far a drop is on its way. */
export type Handing =
  { readonly kind: 'uploading'; readonly fraction: number } | { readonly kind: 'looking'; readonly files: number };

/** What a person has dropped: normal pictures and pictures to be checked; one folder may hold both. */
export class Given {
  handing = $state.raw<Readonly<Partial<Record<Box, Handing>>>>({});
  /** Large pictures are cut into tiles; of so many pixels, where a person has said how many. */
  byTiles = $state(false);
  side = $state<number>();
  problem = $state.raw<{ readonly box: Box; readonly error: ErrorData }>();

  #drops = $state.raw<Readonly<Partial<Record<Box, GivenDrop>>>>({});
  readonly #requests: Readonly<Record<Box, LatestRequest>> = {
    normal: new LatestRequest(),
    check: new LatestRequest(),
  };
  readonly #api: StudioApi;

  readonly normal = $derived.by(() => filled(this.#drops.normal, 'normal'));
  /** Dropped by themselves, or the rest of what was dropped as normal. */
  readonly check = $derived.by(() =>
    filled(this.#drops.check ?? this.#drops.normal, this.#drops.check ? 'all' : 'check'),
  );
  /** Whether one drop fills both boxes. */
  readonly isOne = $derived(this.#drops.check === undefined && this.check !== undefined);
  /** How large normal pictures would be cut; nothing where they are not large. */
  readonly proposal = $derived.by(() => {
    const size = this.normal?.drop.plan.pictureSize;
    return this.normal && size && areLarge(size) ? { ...proposedTiling(size, this.normal.pictures), size } : undefined;
  });
  /** How they are cut: as a person has chosen. */
  readonly tiling = $derived.by((): Tiling | undefined => {
    if (!this.byTiles || !this.proposal) return undefined;
    return { side: this.side ?? this.proposal.side, most: this.proposal.most };
  });
  readonly isEmpty = $derived(this.#drops.normal === undefined && this.#drops.check === undefined);

  constructor(api: StudioApi) {
    this.#api = api;
  }

  get busy(): boolean {
    return boxes.some((box) => this.handing[box] !== undefined);
  }

  /** Takes files and folders into a box, in place of what was there. */
  async take(box: Box, files: Promise<readonly HandedFile[]>): Promise<void> {
    await this.#requests[box].run(async (token) => {
      this.problem = undefined;
      this.#tell(box, { kind: 'uploading', fraction: 0 });
      const result = await this.#hand(box, files, () => token.isStale);
      if (token.isStale) return 'drop' in result ? this.#release(result.drop) : undefined;
      this.#tell(box, undefined);
      if ('error' in result) this.problem = { box, error: result.error };
      else this.#put(box, result.drop);
    });
  }

  /** Empties a box; a drop that fills both is gone from both. */
  remove(box: Box): void {
    const from = box === 'check' && this.isOne ? 'normal' : box;
    this.#requests[from].cancel();
    this.#tell(from, undefined);
    const drop = this.#drops[from];
    this.#drops = { ...this.#drops, [from]: undefined };
    if (this.problem?.box === box) this.problem = undefined;
    if (drop) this.#release(drop);
  }

  /** Empties both boxes without letting the host let go: what stands in them is used on. */
  handOver(): void {
    this.#drops = {};
    this.byTiles = false;
    this.side = undefined;
  }

  async #hand(
    box: Box,
    files: Promise<readonly HandedFile[]>,
    isStale: () => boolean,
  ): Promise<{ readonly drop: GivenDrop } | { readonly error: ErrorData }> {
    try {
      const handed = await files;
      const staged = await this.#api.stage(handed, (fraction) => {
        if (!isStale()) this.#tell(box, { kind: 'uploading', fraction });
      });
      if (!staged.ok) return staged;
      if (!isStale()) this.#tell(box, { kind: 'looking', files: staged.value.files });
      const plan = await this.#api.call('import:plan', { staged: staged.value.staged });
      if (plan.ok) return { drop: { staged: staged.value.staged, name: plan.value.options.name, plan: plan.value } };
      void this.#api.call('files:release', { staged: staged.value.staged });
      return plan;
    } catch (error) {
      return { error: toErrorData(error) };
    }
  }

  /** A data set dropped as "to be checked" that brings its own normal pictures for training fills both boxes. */
  #put(box: Box, drop: GivenDrop): void {
    const isFree = this.#drops.normal === undefined && this.handing.normal === undefined;
    const to = box === 'check' && isFree && bringsNormal(drop) ? 'normal' : box;
    const before = this.#drops[to];
    this.#drops = { ...this.#drops, [to]: drop };
    if (before) this.#release(before);
  }

  #tell(box: Box, handing: Handing | undefined): void {
    this.handing = { ...this.handing, [box]: handing };
  }

  #release({ staged }: GivenDrop): void {
    void this.#api.call('files:release', { staged });
  }
}

function bringsNormal({ plan }: GivenDrop): boolean {
  return plan.folders.some(({ folder, split }) => split === 'training' && truthOfGroup(folder) === 'normal');
}

/** The part of a drop that a box stands for; nothing where the drop has none of it. */
function filled(drop: GivenDrop | undefined, part: 'normal' | 'check' | 'all'): Filled | undefined {
  if (!drop) return undefined;
  const { count, folders, masks, unreadable } = drop.plan;
  const whole = { drop, pictures: count, folders, unreadable: unreadable.length };
  if (part === 'all') return { ...whole, masks };
  if (folders.length === 0) return part === 'normal' ? { ...whole, masks: 0 } : undefined;
  const divided = normalFolders(folders);
  const names = part === 'normal' ? divided.normal : divided.checked;
  const own = folders.filter(({ folder }) => names.includes(folder));
  const pictures = own.reduce((sum, look) => sum + look.count, 0);
  if (pictures === 0) return undefined;
  const isOwn = ({ name }: { readonly name: string }): boolean =>
    own.some(({ folder }) => `/${name}`.includes(folder === '' ? '/' : `/${folder}/`));
  const lost = unreadable.filter(isOwn).length;
  return { drop, pictures, folders: own, masks: part === 'check' ? masks : 0, unreadable: lost };
}
