import { createHash } from 'node:crypto';
import { PYTHON_LEAST, TORCH_VERSIONS, type DeviceOrder } from '../../contract/torch.ts';
import type { EnvironmentPlan, TorchAnswers, TorchBuild, TorchState } from '../../contract/torch-calls.ts';
import type { FoundPython } from '../../contract/pythons.ts';
import type { Emit, Handlers, Request } from '../../contract/contract.ts';
import { StudioError, toErrorData } from '../../domain/errors.ts';
import { existsSync } from 'node:fs';
import { removeFolder } from '../../files/atomic.ts';
import { RunFolder } from '../../files/run-folder.ts';
import type { AskEngine } from '../window-handlers.ts';
import { findCard } from './find-card.ts';
import { findPythons } from './find-pythons.ts';
import { graphicsCardFile } from './graphics-card-file.ts';
import { freeBytesAt, isWhole, makeEnvironment } from './make-environment.ts';
import { firstPlaces, ownEnvironment } from './own-environment.ts';
import { probePython } from './probe.ts';
import { pythonTyped } from './typed-python.ts';
import { buildsFor, installs, sourceOf } from './torch-builds.ts';

export interface TorchServiceOptions {
  readonly dataFolder: string;
  /** The folder `resources/cluster`. */
  readonly sources: string;
  readonly ask: AskEngine;
  readonly emit: Emit;
  /** Asks the person for a program, by the system's dialog; absent where that would open on another machine. */
  readonly choosePython?: (() => Promise<string | undefined>) | undefined;
  /** In place of the usual search and look, for tests. */
  readonly find?: typeof findPythons;
  readonly probe?: typeof probePython;
}

/** Room beside what stays, while pip unpacks. */
const UNPACKING = 1.6;

/** The Pythons of this computer that reach its graphics card: finds them, remembers which one trains, makes one of the app's own. */
export class TorchService {
  readonly handlers: Handlers<keyof TorchAnswers>;
  readonly #options: TorchServiceOptions;
  #pythons: readonly FoundPython[] = [];
  #chosen: string | undefined;
  /** What the person has named since the app was started. */
  #named: readonly string[] = [];
  #looked = false;
  #looking: Promise<void> | undefined;
  #making: { fraction: number; message: string } | undefined;
  #made: Promise<void> = Promise.resolve();
  #cancel = new AbortController();
  #problem: string | undefined;

  constructor(options: TorchServiceOptions) {
    this.#options = options;
    this.handlers = {
      'torch:read': () => this.#answer(() => this.#read()),
      'torch:look': () => this.#answer(() => this.#look()),
      'torch:choose': ({ python }) => this.#answer(() => this.#choose(python)),
      'torch:browse': () => this.#answer(() => this.#browse()),
      'torch:add': ({ path }) => this.#answer(() => this.#add(path)),
      'torch:plan': ({ build }) => this.#plan(build),
      'torch:make': ({ build }) => this.#answer(() => this.#make(build)),
      'torch:cancel': () => this.#answer(() => this.#stopMaking()),
    };
  }

  /**
   * Tells the engine which Python trains a run that is about to start, where one does.
   * @throws StudioError `not-found` where none trains on its device
   */
  async prepareFor(request: Request<'run:start' | 'run:resume'>): Promise<void> {
    const device = request.device ?? ('runId' in request ? await this.#deviceBefore(request.runId) : undefined);
    if (device !== undefined && device !== 'engine') await this.#prepare(device);
  }

  /** What a run was trained on; nothing where that was not through PyTorch, or where its files cannot be read: then the engine says so. */
  async #deviceBefore(runId: string): Promise<Pick<DeviceOrder, 'device'> | undefined> {
    const state = await RunFolder.under(this.#options.dataFolder, runId)
      .readState()
      .catch(() => undefined);
    return state?.path?.torch;
  }

  async #prepare({ device }: Pick<DeviceOrder, 'device'>): Promise<void> {
    const python = await this.#pythonFor(device);
    await this.#options.ask('engine:trainee', { python, sources: this.#options.sources });
  }

  /** Ends what is being made; resolves when nothing is left of it. */
  async close(): Promise<void> {
    await this.#stopMaking();
  }

  async #pythonFor(device: string): Promise<string> {
    await this.#readChosen();
    // What was chosen is not asked again for each run: the trainee itself says what it lacks.
    if (this.#chosen !== undefined && !this.#looked) return this.#chosen;
    if (!this.#looked) await this.#look();
    const able = this.#pythons.filter(({ devices }) => devices.some((each) => each.device === device));
    const found = able.find(({ path }) => path === this.#chosen) ?? able[0];
    if (found !== undefined) return found.path;
    throw new StudioError(
      'not-found',
      `No Python of this computer trains on ${device}. Choose one under “Graphics card”.`,
    );
  }

  async #answer(work: () => Promise<void>): Promise<TorchState> {
    await work();
    return this.#state;
  }

  get #state(): TorchState {
    const making = this.#making;
    return {
      pythons: this.#pythons.map((python) => ({ ...python, id: idOf(python.path) })),
      ...(this.#chosen === undefined ? {} : { chosen: idOf(this.#chosen) }),
      looked: this.#looked,
      looking: this.#looking !== undefined,
      ...(making === undefined ? {} : { making }),
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
    };
  }

  #tell(): void {
    this.#options.emit('torch:changed', this.#state);
  }

  /** The one that was chosen is asked again what it reaches, once, and told when it has answered. */
  async #read(): Promise<void> {
    await this.#readChosen();
    const path = this.#chosen;
    if (path === undefined || this.#looked || this.#looking !== undefined || this.#pythons.length > 0) return;
    const { sources, probe = probePython } = this.#options;
    void probe(path, { sources }).then((found) => {
      if (this.#looked || this.#pythons.length > 0) return;
      this.#pythons = [found];
      this.#tell();
    });
  }

  async #readChosen(): Promise<void> {
    const file = graphicsCardFile(this.#options.dataFolder);
    const kept = await file.readIfThere().catch((error: unknown) => {
      this.#problem = toErrorData(error).message;
      return undefined;
    });
    this.#chosen = kept?.python ?? this.#chosen;
  }

  #look(): Promise<void> {
    this.#looking ??= this.#search().finally(() => {
      this.#looking = undefined;
      this.#tell();
    });
    this.#tell();
    return this.#looking;
  }

  async #search(): Promise<void> {
    const { dataFolder, sources, find = findPythons } = this.#options;
    // What a killed making has left.
    const own = ownEnvironment(dataFolder);
    if (this.#making === undefined && existsSync(own) && !isWhole(own)) await removeFolder(own);
    await this.#readChosen();
    const found: FoundPython[] = [];
    this.#pythons = await find({
      sources,
      first: [...this.#named, ...(await firstPlaces(dataFolder))],
      onFound: (python) => {
        found.push(python);
        this.#pythons = [...found];
        this.#tell();
      },
    });
    this.#looked = true;
  }

  /** @throws StudioError `not-found` for one that was not found, `refused` for one that cannot train */
  async #choose(id: string): Promise<void> {
    const python = this.#pythons.find(({ path }) => idOf(path) === id);
    if (python === undefined) throw new StudioError('not-found', 'This Python is no longer there. Look again.');
    if (python.devices.length === 0) throw new StudioError('refused', `${python.path}: ${python.problem ?? ''}`);
    await this.#keep(python.path);
    this.#tell();
  }

  /** @throws StudioError `refused` where there is no dialog, and as `#add` */
  async #browse(): Promise<void> {
    const { choosePython } = this.#options;
    if (choosePython === undefined) {
      throw new StudioError('refused', 'The dialog would open on the machine that serves. Type the path.');
    }
    const path = await choosePython();
    if (path !== undefined) await this.#add(path);
  }

  /** @throws StudioError `bad-request` for what is named otherwise than a Python is; `not-found`; `refused` for one that cannot train */
  async #add(typed: string): Promise<void> {
    const { dataFolder, sources, probe = probePython } = this.#options;
    const path = await pythonTyped(typed, dataFolder);
    const found = await probe(path, { sources });
    this.#named = [path, ...this.#named.filter((other) => other !== path)];
    const others = this.#pythons.filter((python) => python.path !== path);
    this.#pythons = found.devices.length > 0 ? [found, ...others] : [...others, found];
    this.#tell();
    if (found.devices.length === 0) throw new StudioError('refused', `${path}: ${found.problem ?? ''}`);
  }

  async #keep(python: string): Promise<void> {
    await graphicsCardFile(this.#options.dataFolder).write({ python });
    this.#chosen = python;
    this.#problem = undefined;
  }

  /** @throws StudioError `not-found` where there is no Python to make one of, `refused` where PyTorch has no such build */
  async #plan(wanted: TorchBuild | undefined): Promise<EnvironmentPlan> {
    const folder = ownEnvironment(this.#options.dataFolder);
    const builds = buildsFor(process.platform, process.arch);
    const found = await findCard();
    const build = wanted ?? found.build;
    if (!builds.includes(build)) {
      const system = `${process.platform}-${process.arch}`;
      throw new StudioError('refused', `PyTorch ${TORCH_VERSIONS.least} and newer has no such build for ${system}.`);
    }
    const [base, freeBytes] = [await this.#base(), await freeBytesAt(folder)];
    const { downloadBytes, diskBytes } = sourceOf(build);
    const card = found.card === undefined ? {} : { card: found.card };
    return { build, builds, ...card, python: base.version, downloadBytes, diskBytes, freeBytes, folder };
  }

  /** The newest Python that PyTorch has builds for. */
  async #base(): Promise<FoundPython> {
    if (!this.#looked) await this.#look();
    const own = ownEnvironment(this.#options.dataFolder);
    const minor = ({ version }: FoundPython): number => Number(/^3\.(\d+)\./.exec(version)?.[1] ?? 0);
    const [best] = this.#pythons
      .filter((python) => minor(python) >= 10 && !python.path.startsWith(own))
      // The newest of all may have no builds yet.
      .sort((a, b) => Math.abs(minor(a) - 12) - Math.abs(minor(b) - 12));
    if (best !== undefined) return best;
    const where = 'Install one from python.org, or by your system, and look again.';
    throw new StudioError('not-found', `There is no Python ${PYTHON_LEAST} or newer on this computer. ${where}`);
  }

  async #make(wanted: TorchBuild | undefined): Promise<void> {
    if (this.#making !== undefined) return;
    const { build, folder, downloadBytes, diskBytes, freeBytes } = await this.#plan(wanted);
    const needed = diskBytes * UNPACKING;
    if (freeBytes < needed) {
      const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
      throw new StudioError(
        'disk-full',
        `${folder}: expected ${gigabytes(needed)} free, found ${gigabytes(freeBytes)}.`,
      );
    }
    const { path: python } = await this.#base();
    this.#cancel = new AbortController();
    this.#problem = undefined;
    this.#making = { fraction: 0, message: 'Making the environment' };
    const { signal } = this.#cancel;
    const onProgress = (fraction: number, message: string): void => {
      this.#making = { fraction, message };
      this.#tell();
    };
    this.#made = this.#makeAll({ python, folder, installs: installs(build), downloadBytes, onProgress, signal });
    this.#tell();
  }

  async #makeAll(options: Parameters<typeof makeEnvironment>[0]): Promise<void> {
    try {
      const program = await makeEnvironment(options);
      this.#making = { fraction: 1, message: 'Trying it' };
      this.#tell();
      const found = await probePython(program, { sources: this.#options.sources });
      this.#pythons = [found, ...this.#pythons.filter(({ path }) => path !== program)];
      if (found.devices.length > 0) await this.#keep(program);
      else this.#problem = found.problem;
    } catch (error) {
      const { code, message } = toErrorData(error);
      this.#problem = code === 'stopped' ? undefined : message;
    } finally {
      this.#making = undefined;
      this.#tell();
    }
  }

  async #stopMaking(): Promise<void> {
    this.#cancel.abort();
    await this.#made;
  }
}

/** A Python by a name that is no path. */
const idOf = (path: string): string => `python-${createHash('sha256').update(path).digest('hex').slice(0, 16)}`;
