import type { Place } from '../window/place.ts';
import type { AppDescription, StudioApi, WindowChannel } from '../../electron/contract/contract.ts';
import type { HandedFile } from '../../electron/contract/files.ts';
import type { ErrorData } from '../../electron/domain/errors.ts';
import type { Experiment } from '../../electron/domain/experiment.ts';
import { eventNames } from '../../electron/contract/rpc.ts';
import type { ImageSetSummary, RunSummary } from '../../electron/domain/words.ts';
import { takeArrived } from './arrived.ts';
import { Clusters } from '../cluster/clusters.svelte.ts';
import { GraphicsCard } from '../cluster/graphics-card.svelte.ts';
import type { Connection, Link } from '../link/connection.ts';
import type { DropHandler } from '../window/drops.ts';
import { ExperimentFiles, experimentDrops } from '../experiment/experiment-files.svelte.ts';
import { followed } from '../../electron/domain/versions.ts';
import { LatestRequest, type RequestToken } from '../link/latest-request.svelte.ts';
import { FrameQueue } from '../link/frame-queue.ts';
import { Hints } from './hints.svelte.ts';
import { Importing } from '../places/data/importing.svelte.ts';
import { latentDrops } from '../places/latent/latent-drops.ts';
import { Latent } from '../places/latent/latent.svelte.ts';
import { dataDrops } from '../places/data/data-drops.ts';
import { Library } from '../places/data/library.svelte.ts';
import { Preferences } from '../window/preferences.svelte.ts';
import { ModelImport } from '../places/runs/model-import.svelte.ts';
import { Preparing } from '../experiment/preparing.svelte.ts';
import { QueueState } from '../places/train/queue.svelte.ts';
import { References } from '../run/references.svelte.ts';
import { Remembered } from '../window/remembered.ts';
import { Odd } from '../places/odd/odd.svelte.ts';
import { Reconstruct } from '../places/reconstruct/reconstruct.svelte.ts';
import { RunControl } from '../run/run-control.svelte.ts';
import { runsDrops } from '../places/runs/drops.ts';
import { RunsStore } from '../places/runs/runs-store.svelte.ts';
import { ScriptView } from '../experiment/script/script-view.svelte.ts';
import { formatCounted } from '../widgets/format-number.ts';
import { Shell } from './shell.svelte.ts';
import { isWatched, type StudioEvent } from '../run/run-view.ts';
import { RunViews } from '../run/run-views.svelte.ts';

/** Everything the window knows and may ask for. Views read it and call its verbs; only it speaks to the host. */
export class Studio {
  place = $state<Place>('train');
  app = $state.raw<AppDescription>();
  imageSets = $state.raw<readonly ImageSetSummary[]>([]);
  link = $state<Link>('open');
  starting = $state(false);
  /** What kept the window from filling, the last start from starting. */
  loadProblem = $state.raw<ErrorData>();
  startProblem = $state.raw<ErrorData>();

  readonly #listingSets = new LatestRequest();
  readonly #loading = new LatestRequest();
  readonly #views = new RunViews(this);

  readonly engine = $derived(this.#views.engine);
  readonly loss = $derived(this.#views.loss);
  readonly runs = $derived(this.#views.runs);
  /** The run that this computer trains, the run Train shows, the run chosen in Runs. */
  readonly active = $derived(this.#views.active);
  readonly current = $derived(this.#views.current);
  readonly chosen = $derived(this.#views.chosen);
  readonly chosenId = $derived(this.#views.chosenId);
  readonly preparing = new Preparing(() => this.imageSets, {
    get: (name) => this.remembered.get(name),
    set: (name, value) => this.remembered.set(name, value),
  });
  readonly draft = $derived(this.preparing.draft);
  readonly imageSet = $derived(this.preparing.imageSet);
  readonly reading = $derived(this.preparing.reading);

  readonly references: References;
  readonly remembered: Remembered;
  readonly preferences: Preferences;
  readonly shell: Shell;
  readonly hints: Hints;
  readonly library: Library;
  readonly importing: Importing;
  readonly models: ModelImport;
  /** What a place does with dropped files; in the others they become an image set. */
  readonly drops: Partial<Record<Place, DropHandler>> = {};
  readonly latent: Latent;
  readonly reconstruct = new Reconstruct(this);
  readonly odd: Odd;
  readonly store: RunsStore;
  readonly queue: QueueState;
  readonly control = new RunControl(this);
  readonly clusters: Clusters;
  readonly card: GraphicsCard;
  readonly files: ExperimentFiles;
  /** The experiment as code, beside its settings. */
  readonly script = new ScriptView();
  /** For the states of other places; views go through a state. */
  readonly api: StudioApi;

  constructor(connection: Connection, store: Pick<Storage, 'getItem' | 'setItem'>) {
    this.api = connection.api;
    this.remembered = new Remembered(store);
    this.preferences = new Preferences(this.api, this.remembered);
    this.references = new References(this.api);
    this.clusters = new Clusters(this);
    this.card = new GraphicsCard(this);
    this.shell = new Shell(this.api);
    this.hints = new Hints(this);
    this.library = new Library(this.api);
    this.importing = new Importing(this.api);
    this.models = new ModelImport(this);
    this.api.listen('image-sets:changed', () => void this.#listImageSets());
    this.api.listen('files:arrived', () => void takeArrived(this));
    this.latent = new Latent(this.api, this);
    this.drops.data = dataDrops(this.library, this.importing);
    this.drops.reconstruct = this.reconstruct.drops;
    this.drops.latent = latentDrops(this.latent);
    this.odd = new Odd(this);
    this.drops.odd = this.odd.drops;
    this.store = new RunsStore(this);
    this.drops.runs = runsDrops(this.store, this.models, this.importing);
    this.queue = new QueueState(this.api);
    this.files = new ExperimentFiles(this.api, (experiment) => this.preparing.take(experiment));
    this.drops.train = this.drops.model = experimentDrops(this.files, this.importing);
    const events = new FrameQueue<StudioEvent>((received) => this.#receive(received));
    for (const name of eventNames.filter(isWatched)) {
      this.api.listen(name, (payload) => events.push({ name, payload } as StudioEvent));
    }
    connection.onLink((link) => {
      this.link = link;
      if (link === 'open') void this.load();
    });
  }

  /** What kept the run on view from opening. */
  get openProblem(): ErrorData | undefined {
    return this.#views.openProblem(this.place === 'runs' ? 'chosen' : 'current');
  }

  /** Fills the window: at its start, after a lost connection, and when the person asks to try again. */
  async load(): Promise<void> {
    await this.#loading.run((token) => this.#load(token));
  }

  async #load(token: RequestToken): Promise<void> {
    this.loadProblem = undefined;
    const { importId } = this.importing;
    const oddRun = this.odd.work.runId;
    const [app] = await Promise.all([this.#ask('app:describe', token), this.listRuns()]);
    if (token.isStale) return;
    if (app) {
      this.app = app;
      this.importing.attach(importId, app.activeImport);
      this.odd.attach(oddRun, app.activeRun);
      this.#views.takeEngine(app.engine);
    }
    await Promise.all([this.#views.attach(app?.activeRun), this.queue.read(), this.preferences.read()]);
    await this.#views.attachElsewhere();
    await this.#listImageSets();
    if (token.isStale) return;
    this.references.forgetFailed();
    this.preparing.fill(this.current?.record.experiment);
    await takeArrived(this);
  }

  /** Goes to Train with this image set in the panel. */
  async trainOn(id: string): Promise<void> {
    if (!this.imageSets.some((set) => set.id === id)) await this.#listImageSets();
    this.preparing.fill(this.current?.record.experiment);
    this.preparing.proposeFor(id);
    this.library.choose(id);
    // What is looked at now are these pictures, not what another run made of others.
    this.#views.showNone();
    this.place = 'train';
  }

  /** Trains what the panel says: while a run trains, after it; on a cluster, once the person has seen what that sends. */
  async start(): Promise<void> {
    if (this.reading?.kind !== 'ready' || this.starting) return;
    const { experiment } = this.reading;
    if (this.clusters.where === 'cluster') return this.clusters.propose([experiment]);
    const device = this.clusters.where === 'card' ? this.card.order : undefined;
    if (this.clusters.where === 'card' && !device) return this.card.openSetup();
    this.starting = true;
    this.startProblem = undefined;
    if (this.active) {
      if (!(await this.queue.add([experiment], device))) this.startProblem = this.queue.problem;
    } else {
      const result = await this.api.call('run:start', { experiment, ...(device ? { device } : {}) });
      if (result.ok) {
        // What is trained is looked at now.
        this.script.shown = false;
        await this.show(result.value.runId);
      } else this.startProblem = result.error;
    }
    this.starting = false;
  }

  /** Opens a run in Runs. */
  async choose(runId: string): Promise<void> {
    await this.#views.choose(runId);
  }

  /** Shows a model that has just been taken in, in Runs. */
  async showImported(runId: string): Promise<void> {
    await this.listRuns();
    this.place = 'runs';
    this.store.showRun();
    await this.choose(runId);
  }

  /** Goes to a place with a run's model. */
  openIn(place: 'latent' | 'reconstruct' | 'odd', runId: string): void {
    this.place = place;
    void (place === 'latent' ? this.latent.choose(runId, 'best') : this[place].choose(runId));
  }

  /** Goes to Data with an image set. */
  showSet(id: string): void {
    this.library.choose(id);
    this.place = 'data';
  }

  makeSet(files: Promise<readonly HandedFile[]>): void {
    this.place = 'data';
    void this.importing.begin(files);
  }

  /** Puts the runs that come with the app back among the runs. @returns what came of it, in a sentence */
  async restoreSamples(): Promise<string> {
    const answer = await this.api.call('samples:restore', {});
    if (!answer.ok) return answer.error.message;
    const count = answer.value.runIds.length;
    return count === 0 ? 'All samples are among the runs.' : `${formatCounted(count, 'sample')} back among the runs.`;
  }

  /** Goes to Train with a run's settings in the panel. */
  reuse(experiment: Experiment): void {
    this.preparing.take(experiment);
    this.place = 'train';
  }

  /** Puts an experiment into the panel of Train, and trains it. */
  async tryOut(experiment: Experiment): Promise<void> {
    this.reuse(experiment);
    await this.start();
  }

  /** Reads the list of runs anew. */
  async listRuns(): Promise<void> {
    await this.#views.list();
  }

  /** The list of runs could not be read. */
  listFailed(error: ErrorData): void {
    this.loadProblem = error;
  }

  /** Shows a run in Train. */
  async show(runId: string): Promise<void> {
    await this.#views.show(runId);
  }

  /** What a run is called and tagged from now on. */
  takeSummary(summary: RunSummary): void {
    this.#views.takeSummary(summary);
  }

  /** The person has read that the engine was lost. */
  dismissLoss(): void {
    this.#views.dismissLoss();
  }

  #receive(events: readonly StudioEvent[]): void {
    this.#views.receive(events);
    this.control.settle();
    for (const event of events) if (event.name === 'engine:state-changed') this.#engineChanged(event.payload.kind);
  }

  #engineChanged(kind: 'starting' | 'ready' | 'lost'): void {
    if (kind === 'lost') void this.listRuns();
    if (kind === 'ready') void this.load();
  }

  async #listImageSets(): Promise<void> {
    await this.#listingSets.run(async (token) => {
      const before = this.imageSets;
      this.imageSets = (await this.#ask('image-set:list', token)) ?? this.imageSets;
      const prepared = this.draft?.base.imageSet;
      const next = prepared === undefined ? undefined : followed(prepared, before, this.imageSets);
      if (next !== undefined) this.preparing.follow(next);
    });
  }

  /** Nothing where it failed, or is no longer wanted. */
  async #ask<C extends WindowChannel & ('app:describe' | 'image-set:list')>(channel: C, token: RequestToken) {
    const result = await this.api.call(channel, {});
    if (token.isStale) return undefined;
    if (result.ok) return result.value;
    this.loadProblem = result.error;
    return undefined;
  }
}
