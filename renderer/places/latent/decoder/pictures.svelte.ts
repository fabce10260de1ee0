import { toErrorData, type ErrorData, type Result } from '../../../../electron/domain/errors.ts';
import type { HandedFile } from '../../../../electron/contract/files.ts';
import { MOST_PICTURES, type SplitName } from '../../../../electron/contract/models.ts';
import type { ImageColumns } from '../../../../electron/domain/words.ts';
import type { Code } from './live.svelte.ts';
import type { DecoderModel } from './decoder-model.ts';
import { LatestRequest, type RequestToken } from '../../../link/latest-request.svelte.ts';
import { codeOf } from '../../../maths/direction.ts';
import { imageAt } from '../../../maths/image-at.ts';
import { sourceOf, type PictureSource } from '../../../pictures/picture-source.ts';

/** A picture that paths, sliders and searches may begin with. */
export interface PictureAtHand {
  readonly id: string;
  /** Its sign on the map and in lists. */
  readonly letter: string;
  readonly name: string;
  /** Pinned on the map, dropped or chosen, or decoded from a code that was kept. */
  readonly kind: 'pinned' | 'file' | 'kept';
  readonly code: Code;
  /** As the model sees it; of a kept code, what it decodes to. */
  readonly image: ImageColumns;
}

type Found = Omit<PictureAtHand, 'letter'>;

const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];

/** The pictures a person has picked, wherever they come from. */
export class PicturesAtHand {
  readonly #model: DecoderModel;
  readonly #pinCalls = new LatestRequest();
  #split: SplitName | undefined;
  #added = 0;
  items = $state.raw<readonly PictureAtHand[]>([]);
  #chosenId = $state<string>();
  /** Why pictures could not be taken, a line each. */
  problems = $state.raw<readonly string[]>([]);
  #readings = $state(0);

  /** What sliders and searches start from; the latest unless another was chosen. */
  readonly chosen = $derived(this.items.find(({ id }) => id === this.#chosenId) ?? this.items.at(-1));

  constructor(model: DecoderModel) {
    this.#model = model;
  }

  get reading(): boolean {
    return this.#readings > 0;
  }

  choose(id: string): void {
    this.#chosenId = id;
  }

  get(id: string | undefined): PictureAtHand | undefined {
    return this.items.find((item) => item.id === id);
  }

  /** The sign of an image of the split on view that is pinned; empty until its picture is at hand. */
  letterOfPin(index: number): string {
    return this.get(pinId(this.#model.explorer.split, index))?.letter ?? '';
  }

  remove({ id, kind }: PictureAtHand): void {
    this.items = this.items.filter((item) => item.id !== id);
    if (kind !== 'pinned') return;
    const { explorer } = this.#model;
    explorer.pinned = explorer.pinned.filter((index) => pinId(explorer.split, index) !== id);
  }

  /** Keeps a code together with what it decodes to. */
  keep(name: string, code: Code, image: ImageColumns): void {
    this.#add([{ id: `kept-${this.#added++}`, name, kind: 'kept', code, image }]);
  }

  /** Makes the pinned images of a split those at hand. */
  followPins(pinned: readonly number[], split: SplitName): void {
    if (split !== this.#split) this.#pinCalls.cancel();
    this.#split = split;
    const wanted = pinned.map((index) => pinId(split, index));
    this.items = this.items.filter(({ id, kind }) => kind !== 'pinned' || wanted.includes(id));
    const missing = pinned.filter((index) => !this.get(pinId(split, index)));
    if (missing.length > 0) void this.#pinCalls.follow((token) => this.#addPins(missing, split, token));
  }

  /** Takes dropped or chosen pictures, prepared as the model's own images were: the first 64. */
  async addFiles(files: readonly HandedFile[] | Promise<readonly HandedFile[]>): Promise<void> {
    this.problems = [];
    this.#readings++;
    const source = await this.#sourceOf(files);
    if (source.ok) await this.#encode(source.value);
    else this.#say(source.error);
    if (source.ok && source.value.kind === 'staged') {
      await this.#model.api.call('files:release', { staged: source.value.staged });
    }
    this.#readings--;
  }

  async #sourceOf(files: readonly HandedFile[] | Promise<readonly HandedFile[]>): Promise<Result<PictureSource>> {
    try {
      return await sourceOf(this.#model.api, await files);
    } catch (error) {
      return { ok: false, error: toErrorData(error) };
    }
  }

  async #encode(source: PictureSource): Promise<void> {
    const answer = await this.#model.api.call('model:reconstruct', {
      model: this.#model.ref,
      source:
        source.kind === 'staged'
          ? { kind: 'staged', staged: source.staged, first: 0, count: MOST_PICTURES }
          : { kind: 'pictures', pictures: source.pictures.map((picture) => ({ ...picture })) },
      options: { invert: 'auto', centre: 'auto' },
      neighbours: 0,
    });
    if (!answer.ok) return this.#say(answer.error);
    const { total, names, codes, prepared, problems } = answer.value;
    const left = total > MOST_PICTURES ? [`Taken: the first ${MOST_PICTURES} of ${total} pictures.`] : [];
    this.problems = [...left, ...problems.map(({ name, message }) => `${name}: ${message}`)];
    this.#add(
      names.map((name, index) => ({
        id: `file-${this.#added++}`,
        name,
        kind: 'file',
        code: codeOf(codes, this.#model.size, index),
        image: imageAt(prepared, index),
      })),
    );
  }

  async #addPins(pinned: readonly number[], split: SplitName, token: RequestToken): Promise<void> {
    const { api, details, explorer, size } = this.#model;
    const indices = Uint32Array.from(pinned);
    const picked = await api.call('image-set:pick', { imageSet: details.imageSet, split, indices });
    if (token.isStale) return;
    if (!picked.ok) return this.#say(picked.error);
    const codes = await explorer.codesOf().catch(toErrorData);
    if (token.isStale) return;
    if (!(codes instanceof Float32Array)) return this.#say(codes);
    const still = pinned
      .map((index, place) => ({ index, place }))
      .filter(({ index }) => explorer.pinned.includes(index));
    this.#add(
      still.map(({ index, place }) => ({
        id: pinId(split, index),
        name: picked.value.names[place] ?? `${split} ${index}`,
        kind: 'pinned',
        code: codeOf(codes, size, index),
        image: imageAt(picked.value.images, place),
      })),
    );
  }

  #add(found: readonly Found[]): void {
    for (const item of found) {
      if (this.get(item.id)) continue;
      this.items = [...this.items, { ...item, letter: this.#freeLetter() }];
      this.#chosenId = item.id;
    }
  }

  #freeLetter(): string {
    const taken = this.items.map(({ letter }) => letter);
    for (let round = 0; ; round++) {
      const free = letters
        .map((letter) => (round === 0 ? letter : `${letter}${round}`))
        .find((name) => !taken.includes(name));
      if (free !== undefined) return free;
    }
  }

  #say({ message }: ErrorData): void {
    this.problems = [...this.problems, message];
  }
}

const pinId = (split: SplitName, index: number) => `${split}-${index}`;
