import { join } from 'node:path';
import type { Events, Handlers, Request } from '../contract/contract.ts';
import { StudioError } from '../domain/errors.ts';
import type { Experiment } from '../domain/experiment.ts';
import type { RunEngineChannel } from '../contract/runs.ts';
import type { DeviceOrder } from '../contract/torch.ts';
import type { TorchEngineAnswers } from '../contract/torch-calls.ts';
import { RunFolder } from '../files/run-folder.ts';
import type { CheckpointPolicy } from '../training/checkpoints.ts';
import { breathe, type Emit } from '../training/emit.ts';
import type { ImageSets } from './image-sets.ts';
import { readResumption } from '../training/resumption.ts';
import { newRunId } from '../files/run-id.ts';
import { startOptions } from '../training/start-from.ts';
import type { RunOptions } from '../training/run-options.ts';
import { TrainingRun } from '../training/training-run.ts';

export interface RunServiceOptions {
  readonly dataFolder: string;
  readonly imageSets: ImageSets;
  readonly emit: Emit;
  /** When its runs write checkpoints; as usual unless told otherwise. */
  readonly policy?: CheckpointPolicy;
}

/** What many wait for until it is opened. Whoever waits goes on then, also where it is shut again at once. */
class Latch {
  /** Resolved while it is open. */
  opened: Promise<void> = Promise.resolve();
  private settle = (): void => undefined;

  open(): void {
    this.settle();
  }

  shut(): void {
    this.settle();
    this.opened = new Promise((resolve) => (this.settle = resolve));
  }
}

/** The one run that trains in this process: starts it, takes it up again, and passes on what a person asks of it. */
export class RunService {
  readonly handlers: Handlers<RunEngineChannel | keyof TorchEngineAnswers>;
  private readonly dataFolder: string;
  private readonly imageSets: ImageSets;
  private readonly emit: Emit;
  private readonly policy: CheckpointPolicy | undefined;
  private active: TrainingRun | undefined;
  /** The Python that trains on devices, and what it is given. */
  private trainee: Request<'engine:trainee'> | undefined;
  /** The image set of the run that trains, or that is about to. */
  private set: string | undefined;
  /** Open when the active run has shown its first cost. */
  private readonly preparing = new Latch();

  constructor({ dataFolder, imageSets, emit, policy }: RunServiceOptions) {
    this.policy = policy;
    this.dataFolder = dataFolder;
    this.imageSets = imageSets;
    this.emit = emit;
    this.handlers = {
      'engine:trainee': async (trainee) => {
        this.trainee = trainee;
        return {};
      },
      'run:start': ({ experiment, device }) => this.start(experiment, device),
      'run:pause': async ({ runId }) => {
        this.training(runId).pause();
        return {};
      },
      'run:resume': (request) => this.resume(request),
      'run:stop': async ({ runId, when }) => {
        this.training(runId).stop(when);
        return {};
      },
    };
  }

  get setInUse(): string | undefined {
    return this.set;
  }

  /** Between two parts of other work: the first cost of a run that somebody has just started comes first. */
  async yieldToTraining(): Promise<void> {
    await breathe();
    await this.preparing.opened;
  }

  private async start(experiment: Experiment, device: DeviceOrder | undefined): Promise<{ runId: string }> {
    const id = newRunId(experiment.preset ?? 'run', new Date());
    await this.begin(experiment.imageSet, async () => ({
      id,
      experiment,
      folder: RunFolder.under(this.dataFolder, id),
      ...(await startOptions(experiment, this.dataFolder)),
      ...this.through(device),
    }));
    return { runId: id };
  }

  private async resume({ runId: id, device }: Request<'run:resume'>): Promise<Record<string, never>> {
    if (this.active?.id === id) {
      this.active.resume();
      return {};
    }
    const folder = RunFolder.under(this.dataFolder, id);
    const { imageSet } = await folder.readExperiment();
    await this.begin(imageSet, async () => {
      const resumption = await readResumption(folder);
      const { experiment, from } = resumption;
      // A checkpoint has weights of its own.
      const start = from === undefined ? await startOptions(experiment, this.dataFolder) : {};
      const order = device ?? resumption.state.path?.torch;
      return { id, experiment, folder, resumption, ...start, ...this.through(order === 'engine' ? undefined : order) };
    });
    return {};
  }

  /** How a run is trained on a device. @throws StudioError `refused` where the host has named no Python */
  private through(order: DeviceOrder | undefined): Pick<RunOptions, 'torch'> {
    if (order === undefined) return {};
    if (this.trainee === undefined) {
      throw new StudioError('refused', 'No Python is known that trains through PyTorch.');
    }
    return { torch: { ...this.trainee, device: order.device, precision: order.precision } };
  }

  /** @param options are asked for once no other run can begin */
  private async begin(imageSet: string, options: () => Promise<Omit<RunOptions, 'set' | 'emit'>>): Promise<void> {
    const set = await this.imageSets.get(imageSet);
    if (this.set !== undefined) {
      throw new StudioError('busy', 'Another run is training. Stop it, or wait until it has finished.');
    }
    this.set = imageSet;
    try {
      const policy = this.policy === undefined ? {} : { policy: this.policy };
      const cacheFolder = join(this.dataFolder, 'cache');
      const emit = this.emitUntilTraining();
      const run = new TrainingRun({ ...(await options()), ...policy, set, cacheFolder, emit });
      this.active = run;
      await run.begin();
      void run.train();
    } catch (error) {
      this.free();
      this.preparing.open();
      throw error;
    }
  }

  private free(): void {
    this.active = undefined;
    this.set = undefined;
  }

  private emitUntilTraining(): Emit {
    this.preparing.shut();
    return (name, payload) => {
      const prepares = name === 'run:progressed' && (payload as Events['run:progressed']).kind === 'preparing';
      const begins = name === 'run:started' || name === 'run:path-chosen' || name === 'run:resumed';
      if (!prepares && !begins) this.preparing.open();
      // Before it is told: whoever hears of it may start the next at once.
      if (name === 'run:ended') this.free();
      this.emit(name, payload);
    };
  }

  private training(runId: string): TrainingRun {
    if (this.active?.id !== runId) throw new StudioError('not-found', `The run "${runId}" is not training.`);
    return this.active;
  }
}
