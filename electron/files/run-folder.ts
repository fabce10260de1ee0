import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Experiment } from '../domain/experiment.ts';
import { IdSchema } from '../domain/ids.ts';
import { StudioError } from '../domain/errors.ts';
import { readExperiment } from '../domain/migrate-experiment.ts';
import type { EpochMetrics, Snapshot } from '../domain/words.ts';
import { appendLine, makeFolder, writeJson, writeWhole } from './atomic.ts';
import { readChecked, readJson } from './json-file.ts';
import { sweep } from './left-behind.ts';
import { decodeSnapshot, encodeSnapshot } from './snapshot-file.ts';

const TorchSchema = v.strictObject({
  version: v.string(),
  device: v.string(),
  name: v.string(),
  precision: v.picklist(['float32', 'mixed']),
  activations: v.picklist(['float32', 'bfloat16', 'float16']),
});

const PathSchema = v.strictObject({
  kind: v.picklist(['xla-loop', 'graph-loop', 'eager', 'torch']),
  reason: v.optional(v.string()),
  stepsPerCall: v.number(),
  threads: v.exactOptional(v.number()),
  torch: v.exactOptional(TorchSchema),
});

const TestSchema = v.strictObject({
  mse: v.number(),
  squaredError: v.number(),
  neighbourAccuracy: v.optional(v.number()),
  epoch: v.number(),
});

/** run.json: where the run stands. `running` or `paused` with a dead process means that it was cut off. */
const RunStateSchema = v.strictObject({
  version: v.literal(1),
  id: IdSchema,
  startedAt: v.string(),
  status: v.picklist(['running', 'paused', 'finished', 'stopped', 'failed', 'interrupted', 'imported']),
  /** The process that trains it. */
  processId: v.number(),
  /** Tells that process from a later one of the same number. */
  processMark: v.exactOptional(v.string()),
  path: v.optional(PathSchema),
  /** From where on the run may differ in the last bits from one that was never interrupted, and why. */
  inexact: v.exactOptional(v.string()),
  test: v.optional(TestSchema),
  problem: v.optional(v.string()),
  /** Where a graphics card had no room for the batch: one that has. */
  batchThatFits: v.exactOptional(v.number()),
  /** It came with the app (host/samples.ts). */
  sample: v.exactOptional(v.literal(true)),
  /** Of a model from elsewhere: its file, and whose format that is. */
  imported: v.exactOptional(v.strictObject({ file: v.string(), format: v.string() })),
});
export type RunState = v.InferOutput<typeof RunStateSchema>;

const HealthSchema = v.strictObject({
  meanImageMse: v.number(),
  imageDeviation: v.number(),
  outputDeviation: v.number(),
  layers: v.array(
    v.strictObject({ layer: v.string(), units: v.number(), constant: v.number(), saturated: v.number() }),
  ),
  activeCodeUnits: v.exactOptional(v.number()),
  codebook: v.exactOptional(v.strictObject({ vectors: v.number(), used: v.number(), perplexity: v.number() })),
});

const MetricsSchema = v.strictObject({
  epoch: v.number(),
  step: v.number(),
  secondsSinceStart: v.number(),
  lastBatchCost: v.nullable(v.number()),
  trainingCost: v.nullable(v.number()),
  validationMse: v.optional(v.nullable(v.number())),
  validationSquaredError: v.optional(v.nullable(v.number())),
  stepsPerSecond: v.number(),
  learningRate: v.number(),
  health: v.exactOptional(HealthSchema),
});

/** The files of one run: the one place that knows their names. Reading needs no TensorFlow. */
export class RunFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Where a run lies under the app's data folder. */
  static under(dataFolder: string, runId: string): RunFolder {
    return new RunFolder(join(dataFolder, 'runs', runId));
  }

  modelFolder(weights: 'best' | 'last'): string {
    return join(this.modelsPath, weights);
  }

  /** What was inspected last with these weights. */
  inspectionFolder(weights: 'best' | 'last'): string {
    return join(this.path, 'inspections', weights);
  }

  async create(experiment: Experiment, state: RunState): Promise<void> {
    await makeFolder(join(this.path, 'snapshots'));
    await writeJson(join(this.path, 'experiment.json'), experiment);
    await this.writeState(state);
  }

  async writeState(state: RunState): Promise<void> {
    await writeJson(join(this.path, 'run.json'), state);
  }

  async addMetrics(metrics: EpochMetrics): Promise<void> {
    await appendLine(this.metricsPath, JSON.stringify(metrics));
  }

  /**
   * Takes back what was written after an epoch had ended, and what a killed writer has left: the files are then those of a run
   * that has just ended that epoch (0: that has just begun; -1: that has measured no start yet).
   */
  async takeBackAfter(epoch: number): Promise<void> {
    await Promise.all([this.path, this.modelsPath, join(this.path, 'snapshots')].map(sweep));
    const { metrics } = await this.readMetrics();
    const kept = metrics.filter((each) => each.epoch <= epoch).map((each) => `${JSON.stringify(each)}\n`);
    await writeWhole(this.metricsPath, kept.join(''));
    const lost = (await this.snapshotEpochs()).filter((each) => each > epoch);
    const ofEnd = await this.keptPictures();
    const paths = [
      ...lost.map((each) => this.snapshotPath(each)),
      ...(ofEnd === undefined ? [] : [this.keptPath(ofEnd)]),
    ];
    await Promise.all(paths.map((path) => rm(path, { force: true })));
  }

  async writeSnapshot(snapshot: Snapshot): Promise<void> {
    await writeWhole(this.snapshotPath(snapshot.epoch), encodeSnapshot(snapshot));
  }

  /** What the kept weights show, where no snapshot is of their epoch: beside the snapshots, whose film stays as it was taken. */
  async writeKeptPictures(snapshot: Snapshot): Promise<void> {
    await writeWhole(this.keptPath(snapshot.epoch), encodeSnapshot(snapshot));
  }

  async readExperiment(): Promise<Experiment> {
    const path = join(this.path, 'experiment.json');
    return readExperiment(await readJson(path), path);
  }

  async readState(): Promise<RunState> {
    return readChecked(join(this.path, 'run.json'), RunStateSchema);
  }

  /** @returns the epochs' metrics, and a sentence for each line that was skipped (a crash tears the last one). */
  async readMetrics(): Promise<{ metrics: EpochMetrics[]; problems: string[] }> {
    const path = this.metricsPath;
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    const metrics: EpochMetrics[] = [];
    const problems: string[] = [];
    for (const [index, line] of text.split('\n').entries()) {
      if (line === '') continue;
      const parsed = v.safeParse(MetricsSchema, parseJson(line));
      // JSON has no NaN: a diverged loss was written as null.
      if (parsed.success) metrics.push(nullToNaN(parsed.output));
      else problems.push(`${path}: line ${index + 1} is not an epoch's metrics and was skipped.`);
    }
    return { metrics, problems };
  }

  async snapshotEpochs(): Promise<number[]> {
    return this.epochsOf(/^epoch-(\d+)\.safetensors$/);
  }

  /** The epoch of the kept weights, where their pictures lie beside the snapshots. */
  async keptPictures(): Promise<number | undefined> {
    return (await this.epochsOf(/^kept-(\d+)\.safetensors$/)).at(-1);
  }

  /**
   * A snapshot, or what the kept weights of that epoch show.
   * @throws StudioError `not-found` when there are no pictures of that epoch, `bad-file` when they are damaged.
   */
  async readSnapshot(runId: string, epoch: number): Promise<Snapshot> {
    const path = (await this.keptPictures()) === epoch ? this.keptPath(epoch) : this.snapshotPath(epoch);
    const bytes = await readFile(path).catch((cause: unknown) => {
      throw new StudioError('not-found', `${path}: there is no snapshot of epoch ${epoch}.`, { cause });
    });
    return decodeSnapshot(bytes, runId, epoch, path);
  }

  /** @param named a file of pictures; its group: the epoch */
  private async epochsOf(named: RegExp): Promise<number[]> {
    const names = await readdir(join(this.path, 'snapshots')).catch(() => []);
    const epochs = names.map((name) => named.exec(name)?.[1]).filter((text) => text !== undefined);
    return epochs.map(Number).sort((a, b) => a - b);
  }

  private get modelsPath(): string {
    return join(this.path, 'model');
  }

  private get metricsPath(): string {
    return join(this.path, 'metrics.jsonl');
  }

  private keptPath(epoch: number): string {
    return join(this.path, 'snapshots', `kept-${String(epoch).padStart(4, '0')}.safetensors`);
  }

  snapshotPath(epoch: number): string {
    return join(this.path, 'snapshots', `epoch-${String(epoch).padStart(4, '0')}.safetensors`);
  }
}

function nullToNaN(stored: v.InferOutput<typeof MetricsSchema>): EpochMetrics {
  const entries = Object.entries(stored).map(([key, value]) => [key, value === null ? Number.NaN : value]);
  return Object.fromEntries(entries) as unknown as EpochMetrics;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
