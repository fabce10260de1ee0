import type { AppDescription } from '../../electron/contract/app.ts';
import type { Request, StudioApi } from '../../electron/contract/contract.ts';
import type { DeviceOrder } from '../../electron/contract/torch.ts';
import type { EnvironmentPlan, TorchBuild, TorchState } from '../../electron/contract/torch-calls.ts';
import type { ErrorData } from '../../electron/domain/errors.ts';
import { LatestRequest } from '../link/latest-request.svelte.ts';
import type { Preferences } from '../window/preferences.svelte.ts';

/** What this computer's graphics card needs of the window. */
export interface GraphicsCardHost {
  readonly api: StudioApi;
  readonly app?: Pick<AppDescription, 'host'> | undefined;
  readonly preferences: Preferences;
}

type Verb = 'torch:read' | 'torch:look' | 'torch:choose' | 'torch:browse' | 'torch:add' | 'torch:make' | 'torch:cancel';

const nothingKnown: TorchState = { pythons: [], looked: false, looking: false };

/** This computer's graphics card as the window has it: which Python reaches it, which device of it trains, and how. */
export class GraphicsCard {
  state = $state.raw<TorchState>(nothingKnown);
  /** The dialog that sets it up is open. */
  settingUp = $state(false);
  /** What making an environment would take, once it was asked for. */
  plan = $state.raw<EnvironmentPlan>();
  problem = $state.raw<ErrorData>();
  #asked = false;
  readonly #asks = new LatestRequest();
  readonly #plans = new LatestRequest();
  readonly #host: GraphicsCardHost;

  /** What runs are started with; nothing before a device was chosen. */
  readonly order = $derived.by<DeviceOrder | undefined>(() => this.#host.preferences.settings.card);

  /** Bytes of the chosen card's memory, where it is known. */
  readonly memory = $derived.by<number | undefined>(() => {
    const { pythons, chosen } = this.state;
    const devices = pythons.find(({ id }) => id === chosen)?.devices ?? [];
    return devices.find(({ device }) => device === this.order?.device)?.totalBytes;
  });

  constructor(host: GraphicsCardHost) {
    this.#host = host;
    host.api.listen('torch:changed', (state) => this.#take(state));
  }

  get planning(): boolean {
    return this.#plans.busy;
  }

  /** The host is looking at what was chosen or typed. */
  get asking(): boolean {
    return this.#asks.busy;
  }

  /** There is a dialog of the system's by which a program is chosen. */
  get canBrowse(): boolean {
    return this.#host.app?.host === 'desktop';
  }

  /** Has the host say, once, what the Python that was chosen reaches. */
  know(): void {
    if (this.#asked) return;
    this.#asked = true;
    void this.#ask('torch:read', {});
  }

  /** Opens the dialog, and looks where that was not done yet. */
  async openSetup(): Promise<void> {
    this.settingUp = true;
    this.problem = undefined;
    await this.#ask('torch:read', {});
    if (!this.state.looked && !this.state.looking) await this.look();
  }

  closeSetup(): void {
    this.settingUp = false;
    this.plan = undefined;
  }

  look(): Promise<void> {
    return this.#ask('torch:look', {});
  }

  /** Has the person choose a program by the system's dialog. */
  browse(): Promise<void> {
    return this.#ask('torch:browse', {});
  }

  /** Looks at the Python that a person has typed the path of. */
  add(path: string): Promise<void> {
    return this.#ask('torch:add', { path });
  }

  /** Trains on this device of this Python from now on. */
  async choose(python: string, device: string): Promise<void> {
    await this.#ask('torch:choose', { python });
    if (this.problem) return;
    await this.#change({ device, precision: this.order?.precision ?? 'float32' });
  }

  async choosePrecision(precision: DeviceOrder['precision']): Promise<void> {
    if (this.order) await this.#change({ device: this.order.device, precision });
  }

  /** Asks what making an environment would take, of the build that fits the card or of another. */
  async propose(build?: TorchBuild): Promise<void> {
    this.problem = undefined;
    await this.#plans.run(async (token) => {
      const result = await this.#host.api.call('torch:plan', build === undefined ? {} : { build });
      if (token.isStale) return;
      if (result.ok) this.plan = result.value;
      else this.problem = result.error;
    });
  }

  /** Makes what was planned. */
  async make(): Promise<void> {
    const request = this.plan === undefined ? {} : { build: this.plan.build };
    this.plan = undefined;
    await this.#ask('torch:make', request);
  }

  cancel(): Promise<void> {
    return this.#ask('torch:cancel', {});
  }

  async #change(card: DeviceOrder): Promise<void> {
    await this.#host.preferences.change({ card });
    this.problem = this.#host.preferences.problem;
  }

  async #ask<C extends Verb>(channel: C, request: Request<C>): Promise<void> {
    await this.#asks.run(async (token) => {
      const result = await this.#host.api.call(channel, request);
      if (token.isStale) return;
      this.problem = result.ok ? undefined : result.error;
      if (result.ok) this.#take(result.value);
    });
  }

  #take(state: TorchState): void {
    const before = this.state;
    this.state = state;
    // What was made for this card is meant to be trained on; a making that was cancelled has chosen nothing.
    const made = before.making !== undefined && state.making === undefined && state.chosen !== before.chosen;
    if (made && state.chosen !== undefined) void this.#chooseBest(state.chosen);
  }

  async #chooseBest(python: string): Promise<void> {
    const devices = this.state.pythons.find(({ id }) => id === python)?.devices ?? [];
    const best = devices.find(({ device }) => device !== 'cpu') ?? devices[0];
    if (best) await this.choose(python, best.device);
  }
}
