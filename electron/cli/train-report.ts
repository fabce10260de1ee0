import type { EventName, Events } from '../contract/contract.ts';
import { diagnose } from '../domain/doctor/doctor.ts';
import type { Experiment } from '../domain/experiment.ts';
import type { RunPaused, RunResumed } from '../contract/runs.ts';
import type { EpochMetrics, RunEnded, RunProgress } from '../domain/words.ts';
import type { Emit } from '../training/emit.ts';

const BAR_WIDTH = 30;

/** What `train` prints: results on stdout (the article's line or JSON), progress and messages on stderr. */
export class TrainReport {
  readonly emit: Emit;
  private readonly json: boolean;
  private readonly experiment: Experiment;
  /** Of the epochs trained by this command. */
  private readonly metrics: EpochMetrics[] = [];
  private readonly onTerminal = process.stderr.isTTY;

  constructor(json: boolean, experiment: Experiment) {
    this.json = json;
    this.experiment = experiment;
    this.emit = <E extends EventName>(name: E, payload: Events[E]): void => {
      if (name === 'run:progressed') this.progressed(payload as RunProgress);
      if (name === 'run:epoch-ended') this.epochEnded((payload as Events['run:epoch-ended']).metrics);
      if (name === 'run:paused') this.paused(payload as RunPaused);
      if (name === 'run:resumed') this.resumed(payload as RunResumed);
      if (name === 'run:path-chosen') this.pathChosen(payload as Events['run:path-chosen']);
    };
  }

  /** @param images the folder of an image set that is not known by its id */
  end(ended: RunEnded, folder: string, images?: string): void {
    this.clearBar();
    if (this.json) {
      print({ kind: 'ended', ...ended, folder });
      return;
    }
    if (ended.test !== undefined) {
      const { squaredError, mse, neighbourAccuracy, epoch } = ended.test;
      process.stdout.write(
        `Test (weights of epoch ${epoch}): squared error per image ${squaredError.toFixed(4)}, MSE ${mse.toFixed(6)}\n`,
      );
      if (neighbourAccuracy !== undefined) {
        process.stdout.write(
          `Test 10-nearest-neighbour accuracy of the codes: ${(neighbourAccuracy * 100).toFixed(1)} %\n`,
        );
      }
    }
    const use = this.metrics.findLast(({ health }) => health?.codebook)?.health?.codebook;
    if (use !== undefined) {
      const alike = use.perplexity.toFixed(1);
      process.stdout.write(`Codebook: ${use.used} of ${use.vectors} vectors used, perplexity ${alike}\n`);
    }
    const { epochs, earlyStopping } = this.experiment.training;
    const epochsDone = this.metrics.at(-1)?.epoch ?? 0;
    if (ended.status === 'finished' && earlyStopping !== undefined && epochsDone < epochs) {
      const { patience } = earlyStopping;
      say(`Ended early, after epoch ${epochsDone} of ${epochs}: none of the last ${patience} was better.`);
    }
    const { experiment, metrics } = this;
    for (const { says, advice } of diagnose({ experiment, metrics, status: ended.status })) say(`${says} ${advice}`);
    say(`${ended.problem ?? `Run ${ended.status}`}: ${folder}`);
    const dataset = images === undefined ? '' : ` --dataset ${JSON.stringify(images)}`;
    if (ended.status === 'stopped') say(`Go on with: train --resume ${JSON.stringify(folder)}${dataset}`);
  }

  private paused(place: RunPaused): void {
    this.clearBar();
    if (this.json) print({ kind: 'paused', ...place });
    say(place.problem ?? `Paused after ${place.step} steps.`);
  }

  private resumed(place: RunResumed): void {
    this.clearBar();
    if (this.json) print({ kind: 'resumed', ...place });
    for (const problem of place.problems) say(`Skipped: ${problem}`);
    if (place.inexact !== undefined) say(place.inexact);
    say(`Going on in epoch ${place.epoch}, after ${place.step} steps.`);
  }

  private epochEnded(metrics: EpochMetrics): void {
    this.clearBar();
    this.metrics.push(metrics);
    if (this.json) {
      print({ kind: 'epoch', ...metrics });
      return;
    }
    // The article's own format.
    process.stdout.write(
      `Epoch: ${String(metrics.epoch).padStart(4, '0')} cost= ${metrics.lastBatchCost.toFixed(9)}\n`,
    );
    const validation = metrics.validationSquaredError;
    if (this.onTerminal && validation !== undefined) {
      process.stderr.write(
        `  validation squared error per image ${validation.toFixed(3)}, ${metrics.stepsPerSecond.toFixed(0)} steps/s\n`,
      );
    }
  }

  private pathChosen({ path }: Events['run:path-chosen']): void {
    if (path.torch !== undefined) {
      const { version, name, device, precision } = path.torch;
      say(`Trained through PyTorch ${version} on ${name} (${device}), ${precision}.`);
    }
    if (path.reason !== undefined) process.stderr.write(`Training path: ${path.kind} (${path.reason})\n`);
  }

  private progressed(progress: RunProgress): void {
    if (!this.onTerminal) return;
    this.clearBar();
    if (progress.kind !== 'training') {
      process.stderr.write(progress.message);
      return;
    }
    const filled = Math.round(progress.fraction * BAR_WIDTH);
    const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
    const left = `${Math.floor(progress.secondsLeft / 60)}:${String(Math.floor(progress.secondsLeft % 60)).padStart(2, '0')}`;
    process.stderr.write(
      `${bar} epoch ${progress.epoch}/${this.experiment.training.epochs}  cost ${progress.cost.toFixed(5)}  ${progress.stepsPerSecond.toFixed(0)} steps/s  ${left} left`,
    );
  }

  private clearBar(): void {
    if (this.onTerminal) process.stderr.write('\r\u001b[K');
  }
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

function say(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}
