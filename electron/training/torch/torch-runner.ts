import { join } from 'node:path';
import { kindOfDevice, type DeviceOrder, type TraineeFields } from '../../contract/torch.ts';
import { StudioError } from '../../domain/errors.ts';
import type { Experiment } from '../../domain/experiment.ts';
import type { ImageColumns, TrainingPath } from '../../domain/words.ts';
import type { Network } from '../../engine/network.ts';
import { makeOptimizer } from '../../engine/optimizers.ts';
import type { StatePart, StepCall, Trainer } from '../../engine/step-runner.ts';
import { threadsInUse } from '../../engine/threads.ts';
import { removeFolder, writeFully, writeWhole, writeWholeBy } from '../../files/atomic.ts';
import { readSafetensors, safetensorsPieces, type StoredTensor } from '../../files/safetensors.ts';
import { moduleState, tensorsOfModule, tiesOf, trainingModule } from '../../model/training-module.ts';
import { setWeights, tensorsOf } from '../../model/weights-file.ts';
import { makeTraineeFolder } from './trainee-folder.ts';
import { TraineeProcess } from './trainee-process.ts';

/** Which Python trains, and on what. */
export interface TorchPlace extends DeviceOrder {
  readonly python: string;
  /** The folder `resources/cluster`. */
  readonly sources: string;
  /** Told to Python in place of the usual program, and how long an answer may take; for tests. */
  readonly args?: readonly string[];
  readonly silenceMs?: number;
}

export interface TorchRunnerOptions {
  readonly place: TorchPlace;
  readonly network: Network;
  readonly experiment: Experiment;
  /** What the state is made of (step-runner.ts). */
  readonly state: readonly StatePart[];
  /** Held out and trained on, in this order. */
  readonly images: ImageColumns;
  /** Where they lie as bytes; written beside the program where they lie in no file. */
  readonly imagesPath?: string;
  /** Of the trainee's own; made anew, and removed at the end. */
  readonly folder: string;
  /** Awaited while Python starts; what it throws ends that. */
  readonly between: () => Promise<void>;
}

const USUAL_ARGS = ['-u', '-m', 'studio.card', 'spec.json'] as const;
/** What it writes for this process, and the other way round, in its folder. */
const EXCHANGED = 'exchanged.safetensors';
/** A call should last about so long: short enough for a pause, long enough that asking costs nothing. */
const CALL_SECONDS = 0.15;
const MOST_STEPS = 500;
const LOOK_MS = 100;

/** Trains through PyTorch, in a process of its own: the same steps on another device. */
export class TorchRunner implements Trainer {
  readonly state: readonly StatePart[];
  private readonly options: TorchRunnerOptions;
  private readonly trainee: TraineeProcess;
  private readonly described: TraineeFields<'READY'>;
  private stepsPerCall = 1;
  /** Steps of the run that are done; known from the first call on. */
  private steps: number | undefined;
  /** What was fetched, or is to be brought there before the next command, by part. */
  private values: (Float32Array | undefined)[] = [];
  private isWritten = false;

  private constructor(options: TorchRunnerOptions, trainee: TraineeProcess, described: TraineeFields<'READY'>) {
    this.options = options;
    this.state = options.state;
    this.trainee = trainee;
    this.described = described;
  }

  /** @throws StudioError as `TraineeProcess.ask`; what `between` throws */
  static async start(options: TorchRunnerOptions): Promise<TorchRunner> {
    const { place, network, experiment, images, folder, between } = options;
    const { source, state } = trainingModule(network);
    const { variational, activation } = experiment.model.code;
    const { count, height, width, channels } = images;
    const imagesPath = options.imagesPath ?? join(folder, 'images.u8');
    const spec = {
      training: experiment.training,
      variational,
      codeActivation: activation,
      tied: tiesOf(experiment.model),
      images: { count, height, width, channels, path: imagesPath },
      device: place.device,
      precision: place.precision,
      // Another number of them may end in other bits: one rule for both ways to use this processor.
      ...(kindOfDevice(place.device) === 'cpu' ? { threads: threadsInUse() } : {}),
    };
    await makeTraineeFolder(folder, { sources: place.sources, model: source, initial: state, spec });
    if (options.imagesPath === undefined) {
      await writeWholeBy(imagesPath, (file) => writeFully(file, images.pixels));
    }
    const { python, args = USUAL_ARGS, silenceMs } = place;
    const trainee = new TraineeProcess({ python, args, folder, ...(silenceMs === undefined ? {} : { silenceMs }) });
    try {
      const ready = trainee.ready();
      await whileWaiting(ready, between);
      return new TorchRunner(options, trainee, await ready);
    } catch (error) {
      await trainee.close();
      await removeFolder(folder);
      throw error;
    }
  }

  get path(): TrainingPath {
    const { torch: version, device, name, threads, precision: activations } = this.described;
    const { precision } = this.options.place;
    const torch = { version, device, name, precision, activations };
    const own = kindOfDevice(device) === 'cpu' ? { threads } : {};
    return { kind: 'torch', stepsPerCall: this.stepsPerCall, ...own, torch };
  }

  async run(call: StepCall): Promise<Float32Array> {
    await this.flush();
    const { indices, batchSize: batch, learningRates, betas, firstStep: first } = call;
    const bytes = Buffer.from(indices.buffer, indices.byteOffset, indices.byteLength);
    const own = { batch, first, rates: [...learningRates], betas: [...betas] };
    const began = performance.now();
    const { costs } = await this.trainee.ask({ do: 'steps', indices: bytes.toString('base64'), ...own }, 'STEPS');
    if (costs.length !== learningRates.length) {
      const found = `expected the costs of ${learningRates.length} steps, found ${costs.length}`;
      throw new StudioError('engine-failed', `The trainee: ${found}.`);
    }
    this.values = [];
    this.steps = first + costs.length;
    const seconds = (performance.now() - began) / 1000;
    const wanted = Math.round((costs.length * CALL_SECONDS) / Math.max(seconds, 1e-6));
    // The first steps are slow: devices warm up.
    this.stepsPerCall = Math.max(1, Math.min(MOST_STEPS, wanted, 2 * this.stepsPerCall));
    return Float32Array.from(costs, (cost) => cost ?? Number.NaN);
  }

  async pull(): Promise<void> {
    await this.flush();
    const { network } = this.options;
    const path = await this.written('weights');
    setWeights(network, tensorsOfModule(network, await this.exchanged(), path), path);
  }

  async validationMse(): Promise<number | undefined> {
    await this.flush();
    const { mse } = await this.trainee.ask({ do: 'validate' }, 'VALIDATED');
    return this.options.experiment.training.validationCount === 0 ? undefined : (mse ?? Number.NaN);
  }

  async fetch(): Promise<void> {
    await this.flush();
    const path = await this.written('state');
    const found = await this.exchanged();
    const { network } = this.options;
    const weights = tensorsOfModule(network, found, path);
    const bySlot = new Map<string, Record<string, StoredTensor>>();
    this.values = this.state.map(({ name, isWeight }, part) => {
      if (isWeight) return weights[name]?.data as Float32Array;
      const [, weight = '', slot] = /^(.*)\/(slot-\d+)$/.exec(name) ?? [];
      if (slot === undefined) return this.values[part] ?? this.power(name);
      const slots = bySlot.get(slot) ?? tensorsOfModule(network, { ...found, ...slotsIn(found, slot) }, path);
      bySlot.set(slot, slots);
      return slots[weight]?.data as Float32Array;
    });
  }

  read(part: number): Float32Array {
    const values = this.values[part];
    if (values === undefined) throw new Error(`The state's part ${part} was read before it was fetched.`);
    return values;
  }

  write(part: number, values: Float32Array): void {
    this.values[part] = values;
    this.isWritten = true;
  }

  async dispose(): Promise<void> {
    await this.trainee.close();
    // What cannot be removed is when the run is taken up again.
    await removeFolder(this.options.folder).catch(() => undefined);
  }

  get processId(): number | undefined {
    return this.trainee.processId;
  }

  /** Brings there what was written here. */
  private async flush(): Promise<void> {
    if (!this.isWritten) return;
    const { network } = this.options;
    const { spec } = network;
    const all = this.state.map((part, index) => ({ ...part, data: this.values[index] as Float32Array }));
    const weights = Object.fromEntries(
      all.flatMap(({ name, shape, isWeight, data }) => (isWeight ? [[name, { shape, data }]] : [])),
    );
    const state = moduleState(spec, weights);
    const slots = new Set(all.flatMap(({ name }) => /\/(slot-\d+)$/.exec(name)?.[1] ?? []));
    for (const slot of slots) {
      const own = all.flatMap(({ name, shape, data }) =>
        name.endsWith(`/${slot}`) ? [[name.slice(0, -slot.length - 1), { shape, data }] as const] : [],
      );
      // Moving statistics have no slots: theirs are not looked at.
      const laidOut = moduleState(spec, { ...tensorsOf(network), ...Object.fromEntries(own) });
      for (const [name, tensor] of Object.entries(laidOut)) state[`${slot}/${name}`] = tensor;
    }
    await writeWhole(join(this.options.folder, EXCHANGED), safetensorsPieces(state, { format: 'pt' }));
    await this.trainee.ask({ do: 'load', file: EXCHANGED }, 'LOADED');
    this.isWritten = false;
  }

  /** What a command of its writes. @returns the file */
  private async written(what: 'weights' | 'state'): Promise<string> {
    await this.trainee.ask({ do: what, file: EXCHANGED }, 'WRITTEN');
    return join(this.options.folder, EXCHANGED);
  }

  private exchanged(): Promise<Readonly<Record<string, StoredTensor>>> {
    return readSafetensors(join(this.options.folder, EXCHANGED));
  }

  /** An optimizer's shared scalar follows from the number of steps. */
  private power(name: string): Float32Array {
    const { powers } = makeOptimizer(this.options.experiment.training.optimizer);
    const factor = powers[Number(/^optimizer\/power-(\d+)$/.exec(name)?.[1]) - 1] ?? 1;
    return Float32Array.of(factor ** (this.steps ?? 0));
  }
}

/** One slot of all weights, as the trainee's state has it, by the weights' names. */
function slotsIn(found: Readonly<Record<string, StoredTensor>>, slot: string): Record<string, StoredTensor> {
  const own = Object.entries(found).filter(([name]) => name.startsWith(`${slot}/`));
  return Object.fromEntries(own.map(([name, tensor]) => [name.slice(slot.length + 1), tensor]));
}

/** Awaits `between` again and again until the work is done. Rejects with what either does. */
async function whileWaiting(work: Promise<unknown>, between: () => Promise<void>): Promise<void> {
  let isDone = false;
  const done = work.finally(() => (isDone = true));
  done.catch(() => undefined);
  for (;;) {
    let timer: NodeJS.Timeout | undefined;
    const look = new Promise<void>((resolve) => (timer = setTimeout(resolve, LOOK_MS)));
    await Promise.race([done, look]).finally(() => clearTimeout(timer));
    if (isDone) return;
    await between();
  }
}
