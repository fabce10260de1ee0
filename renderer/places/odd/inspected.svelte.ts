import { SvelteSet } from 'svelte/reactivity';
import type { Request, StudioApi } from '../../../electron/contract/contract.ts';
import type { HeatMap, Inspection, InspectionSettings, Mark } from '../../../electron/contract/inspection.ts';
import type { ErrorData } from '../../../electron/domain/errors.ts';
import type { Truth } from '../../../electron/domain/inspection/groups.ts';
import { scoreWords, type ScoreKind } from '../../../electron/domain/inspection/scores.ts';
import { InTurn } from '../../link/in-turn.svelte.ts';
import { LatestRequest } from '../../link/latest-request.svelte.ts';
import { axisOf } from '../../../electron/domain/inspection/score-axis.ts';
import { LookDraft } from './look.svelte.ts';
import { PictureThumbnails } from './thumbnails.svelte.ts';
import {
  atThreshold,
  isWrong,
  judge,
  knownScores,
  oddByGroup,
  orderOf,
  separationOf,
  sideOf,
  type PictureMark,
} from '../../../electron/domain/inspection/judged.ts';

/** Which pictures the wall shows. */
export const wallFilters = ['all', 'wrong', 'odd', 'fine'] as const;
export type WallFilter = (typeof wallFilters)[number];

type Changes = Omit<Request<'inspection:settle'>, 'model'>;

/** One inspection on view: its verdicts as the threshold, the score and the marks make them, and the picture looked at. */
export class Inspected {
  readonly inspection: Inspection;
  readonly thumbnails: PictureThumbnails;
  readonly again: LookDraft;
  /** As the host has them, with what was changed since and is not answered yet. */
  settings = $state.raw<InspectionSettings>()!;
  /** Where the threshold is while it is moved. */
  moved = $state<number>();
  filter = $state<WallFilter>('all');
  readonly hidden = new SvelteSet<string>();
  map = $state.raw<{ readonly picture: number; readonly score: ScoreKind; readonly map: HeatMap }>();
  mapProblem = $state.raw<ErrorData>();
  problem = $state.raw<ErrorData>();

  #focus = $state<number>();
  /** What the host has last said. */
  #kept: InspectionSettings;
  #pending = 0;
  /** The threshold that was last asked to be kept. */
  #asked: number | undefined;
  readonly #changes = new InTurn();
  readonly #maps = new LatestRequest();
  readonly #api: StudioApi;

  readonly threshold = $derived(this.moved ?? this.settings.threshold);
  readonly judged = $derived.by(() => judge(this.inspection, this.settings));
  readonly known = $derived(this.judged && knownScores(this.judged));
  readonly separation = $derived(this.judged && separationOf(this.judged, this.settings.fit.rate));
  readonly caught = $derived(this.judged && atThreshold(this.judged, this.threshold));
  readonly above = $derived(oddByGroup(this.judged, this.threshold));
  readonly axis = $derived.by(() => {
    if (!this.judged) return undefined;
    const { best, rate } = this.marksOnAxis;
    return axisOf([...this.judged.scores, ...this.judged.heldOut, this.settings.threshold, best, rate]);
  });
  /** Only once the threshold rests: pictures that jump about under the pointer cannot be looked at. */
  readonly order = $derived(this.judged ? orderOf(this.judged, this.settings.threshold) : []);
  readonly shown = $derived(this.order.filter((at) => this.#isShown(at)));
  /** The picture looked at: what was chosen, else the first. */
  readonly focused = $derived(
    this.#focus !== undefined && this.shown.includes(this.#focus) ? this.#focus : this.shown[0],
  );
  readonly mark = $derived(this.focused === undefined ? undefined : this.judged?.marks.get(this.focused));

  constructor(api: StudioApi, inspection: Inspection) {
    this.#api = api;
    this.inspection = inspection;
    this.settings = inspection.settings;
    this.#kept = inspection.settings;
    this.again = new LookDraft(inspection);
    this.thumbnails = new PictureThumbnails(api, inspection.model);
  }

  /** Thresholds that the figures are told at. NaN without known odd pictures. */
  get marksOnAxis(): { readonly best: number; readonly rate: number } {
    const separation = this.separation?.separation;
    return { best: separation?.bestF1.threshold ?? Number.NaN, rate: separation?.atRate.threshold ?? Number.NaN };
  }

  get saving(): boolean {
    return this.#changes.busy;
  }

  focus(picture: number): void {
    this.#focus = picture;
  }

  /** Keeps where the threshold was moved to; `undefined` fits it again. */
  async keepThreshold(threshold: number | undefined): Promise<void> {
    this.moved = threshold;
    this.#asked = threshold;
    await this.#settle({ threshold: threshold ?? null });
  }

  async chooseScore(score: ScoreKind): Promise<void> {
    this.moved = undefined;
    await this.#settle({ score });
  }

  async allow(rate: number): Promise<void> {
    await this.#settle({ rate });
  }

  async say(group: string, truth: Truth): Promise<void> {
    this.settings = { ...this.settings, truths: { ...this.settings.truths, [group]: truth } };
    await this.#settle({ truths: [{ group, truth }] });
  }

  /** Marks a picture, or takes its mark back. */
  async setMark(picture: number, mark: Mark | null): Promise<void> {
    this.#note(picture, ({ note }) => ({
      picture,
      ...(note === undefined ? {} : { note }),
      ...(mark ? { mark } : {}),
    }));
    await this.#settle({ marks: [{ picture, mark }] });
  }

  /** @returns why it was not kept */
  async setNote(picture: number, note: string): Promise<ErrorData | undefined> {
    this.#note(picture, ({ mark }) => ({ picture, ...(mark ? { mark } : {}), ...(note === '' ? {} : { note }) }));
    await this.#settle({ marks: [{ picture, note }] });
    return this.problem;
  }

  show(group: string, isShown: boolean): void {
    if (isShown) this.hidden.delete(group);
    else this.hidden.add(group);
  }

  /** Asks where the picture looked at is odd; an answer for one no longer looked at is dropped. */
  async look(picture: number, score: ScoreKind): Promise<void> {
    if (this.map?.picture === picture && this.map.score === score) {
      // Whatever is asked about another counts no more, nor does its failure.
      this.#maps.cancel();
      this.mapProblem = undefined;
      return;
    }
    await this.#maps.follow(async (token) => {
      const { model } = this.inspection;
      // One that says how odd a picture is and not where has the map of another: the host chooses which.
      const asked = scoreWords[score].hasMap ? { score } : {};
      const answer = await this.#api.call('inspection:map', { model, picture, ...asked });
      if (token.isStale) return;
      this.mapProblem = answer.ok ? undefined : answer.error;
      if (answer.ok) this.map = { picture, score, map: answer.value };
    });
  }

  /** Whoever answers is back: what there was no answer about is asked again. */
  async askAgain(): Promise<void> {
    const { focused } = this;
    if (this.mapProblem && focused !== undefined) void this.look(focused, this.settings.score);
    await this.thumbnails.again();
  }

  #isShown(at: number): boolean {
    const judged = this.judged!;
    if (this.hidden.has(judged.groups[at]!)) return false;
    if (this.filter === 'all') return true;
    if (this.filter === 'wrong') return isWrong(judged, this.settings.threshold, at);
    return sideOf(judged, this.settings.threshold, at) === this.filter;
  }

  #note(picture: number, change: (before: PictureMark) => PictureMark): void {
    const before = this.settings.marks.find((mark) => mark.picture === picture) ?? { picture };
    const after = change(before);
    const others = this.settings.marks.filter((mark) => mark.picture !== picture);
    const isEmpty = after.mark === undefined && after.note === undefined;
    this.settings = { ...this.settings, marks: isEmpty ? others : [...others, after] };
  }

  /** One after another; what the last one has left holds all of them. */
  async #settle(changes: Changes): Promise<void> {
    this.#pending += 1;
    this.problem = undefined;
    await this.#changes.ask(async () => {
      const answer = await this.#api.call('inspection:settle', { model: this.inspection.model, ...changes });
      this.#pending -= 1;
      if (answer.ok) this.#kept = answer.value;
      else this.problem = answer.error;
      if (this.#pending > 0) return;
      this.settings = this.#kept;
      // Not before: until then the settings have an older threshold. One that is dragged meanwhile stays.
      if (this.moved === this.#asked) this.moved = undefined;
    });
  }
}
