import { experimentProblems } from '../experiment-problems.ts';
import type { Experiment, TrainingSpec } from '../experiment.ts';
import type { EpochMetrics, RunStatus } from '../words.ts';
import { short, shortApart } from '../short-numbers.ts';
import { ifNew, remedies, type Remedy } from './remedies.ts';
import { fellSlowly, isShaky, overfitSince, symptomsOf, type Symptoms } from './symptoms.ts';

export type FindingKind =
  | 'few-steps'
  | 'diverged'
  | 'constant-output'
  | 'worse-than-mean'
  | 'worse-than-pca'
  | 'constant-units'
  | 'saturated-units'
  | 'posterior-collapse'
  | 'over-fitting'
  | 'rate-too-high'
  | 'rate-too-low';

export interface Finding {
  readonly kind: FindingKind;
  /** What is wrong, with what was measured. */
  readonly says: string;
  /** What to do. */
  readonly advice: string;
  /** The advice as an experiment: one click to try it. */
  readonly remedy: Remedy;
}

export interface Patient {
  readonly experiment: Experiment;
  readonly metrics: readonly EpochMetrics[];
  readonly status: RunStatus;
  /** MSE per pixel of PCA with as many numbers, on this set's held-out images; absent where nobody has computed it. */
  readonly pcaMse?: number;
  /** Errors are told as squared errors of a whole image; without it per pixel. */
  readonly perImage?: boolean;
}

/**
 * What is wrong with a run, the gravest first; nothing where nothing is seen. It reads only what the run has measured, so it can
 * be asked of a living run after each epoch, and of any run later.
 */
export function diagnose(patient: Patient): readonly Finding[] {
  const symptoms = symptomsOf(patient.metrics);
  const findings = looks.map((look) => look(patient, symptoms)).filter((finding) => finding !== undefined);
  // Before anything else can be judged.
  const few = findings.find(({ kind }) => kind === 'few-steps');
  if (few !== undefined) return [few];
  // An average picture for every input explains an error no smaller than the average image's.
  const grave = findings.some(({ kind }) => kind === 'diverged' || kind === 'constant-output');
  return grave ? findings.slice(0, 1) : findings;
}

type Look = (patient: Patient, symptoms: Symptoms) => Finding | undefined;

const looks: readonly Look[] = [
  fewSteps,
  diverged,
  constantOutput,
  worseThanMean,
  worseThanPca,
  posteriorCollapse,
  saturatedUnits,
  constantUnits,
  overFitting,
  rateTooHigh,
  rateTooLow,
];

/** Two MSEs as they are told, and per what. */
function errorsApart({ experiment, perImage = false }: Patient, a: number, b: number) {
  const times = perImage ? experiment.model.inputShape.reduce((product, side) => product * side, 1) : 1;
  const [one, other] = shortApart(a * times, b * times);
  return { one, other, per: perImage ? 'per image' : 'per pixel', tell: (mse: number) => short(mse * times) };
}

/** A run that has ended within so many steps, above what the mean image gives, has not trained yet. */
const FEW_STEPS = 300;
/** Epochs after which an error that has not fallen is no matter of their number. */
const SEVERAL = 5;

function fewSteps(patient: Patient, { last, health, cost }: Symptoms): Finding | undefined {
  const { experiment, metrics, status, pcaMse } = patient;
  if (last === undefined || health === undefined || last.epoch === 0 || last.step >= FEW_STEPS) return undefined;
  const error = last.validationMse;
  if (status === 'running' || status === 'paused' || error === undefined || error < health.meanImageMse)
    return undefined;
  if (!Number.isFinite(error) || !Number.isFinite(cost)) return undefined;
  // What has gone nowhere but up in several epochs would do so in more of them.
  const [begun] = metrics.filter(({ epoch }) => epoch > 0);
  if (last.epoch >= SEVERAL && begun?.validationMse !== undefined && error >= begun.validationMse) return undefined;
  const { batchSize, epochs } = experiment.training;
  const remedy = remedies.moreSteps(experiment, last.step / last.epoch);
  const { one: own, other: mean, per, tell } = errorsApart(patient, error, health.meanImageMse);
  const above = error > health.meanImageMse ? `is still above ${mean},` : 'is still';
  return {
    kind: 'few-steps',
    says:
      `${last.step} steps were taken (${epochs} epochs, ${batchSize} images a step), too few to judge anything: the validation ` +
      `error, ${own} ${per}, ${above} what this set’s mean image gives` +
      (pcaMse === undefined ? '.' : ` (PCA with as many numbers: ${tell(pcaMse)}).`),
    advice: 'Take fewer images a step and more epochs.',
    remedy,
  };
}

function diverged({ experiment, metrics, status }: Patient, { last, cost }: Symptoms): Finding | undefined {
  const first = metrics[0]?.trainingCost;
  if (last === undefined || first === undefined || cost === undefined) return undefined;
  const numbers = Number.isFinite(cost) && Number.isFinite(last.validationMse ?? 0);
  const exploded = numbers && metrics.length > 1 && cost > 10 * first && cost > 0;
  if (numbers && !exploded) return undefined;
  const [now, before] = shortApart(cost, first);
  const what = numbers ? `rose to ${now} from ${before} in epoch 1` : 'is no longer a number';
  const left = status === 'running' ? ' It will not come back by itself: stop it.' : '';
  return {
    kind: 'diverged',
    says: `The cost ${what} in epoch ${last.epoch}: the steps were too large.${left}`,
    advice: `Take a tenth of the learning rate (${short(experiment.training.learningRate / 10)}) and clip the gradients.`,
    remedy: remedies.smallerSteps(experiment, 0.1),
  };
}

function constantOutput({ experiment, metrics }: Patient, { health }: Symptoms): Finding | undefined {
  if (health === undefined || metrics.length < 2 || health.imageDeviation === 0) return undefined;
  const share = health.outputDeviation / health.imageDeviation;
  if (share > 0.05) return undefined;
  return {
    kind: 'constant-output',
    says:
      `Every image is given the same answer: reconstructions vary ${percent(share)} as much as the images do, so they look ` +
      'like one grey average.',
    advice: 'Nothing gets through the code. Start from today’s initial weights and activations, with smaller steps.',
    remedy: ifNew(experiment, remedies.modernRecipe(experiment), remedies.smallerSteps(experiment, 1 / 3)),
  };
}

function worseThanMean(patient: Patient, { last, health, worst }: Symptoms): Finding | undefined {
  const { experiment, metrics } = patient;
  const error = last?.validationMse;
  if (error === undefined || health === undefined || metrics.length < 3 || error < health.meanImageMse)
    return undefined;
  const flat = worst?.saturated ?? 0;
  const { one: own, other: mean, per } = errorsApart(patient, error, health.meanImageMse);
  const why =
    worst !== undefined && flat > 0.2
      ? ` ${percent(flat)} of the values in ${nameOf(worst.layer)} lie in the flat ends of its activation, where a step ` +
        `changes next to nothing${experiment.model.initialiser === 'standard-normal' ? ': weights drawn from N(0, 1) are too large for so many inputs' : ''}.`
      : '';
  return {
    kind: 'worse-than-mean',
    says:
      (error > health.meanImageMse
        ? `The validation error, ${own} ${per}, stays above ${mean}, what the average image alone gives.`
        : `The validation error, ${own} ${per}, is what the average image alone gives.`) + why,
    advice: 'Try smaller initial weights, GELU, Adam and a falling learning rate.',
    remedy: ifNew(experiment, remedies.modernRecipe(experiment), remedies.smallerSteps(experiment, 1 / 3)),
  };
}

/** How far above PCA a run must end that is told so: less is chance, on few images. */
const ABOVE_PCA = 1.02;

function worseThanPca(patient: Patient, { health }: Symptoms): Finding | undefined {
  const { experiment, metrics, status, pcaMse } = patient;
  const { training, model } = experiment;
  // A model that is to make pictures, to take noise away, or to keep neighbours or few active units, pays for it with its error; PCA's numbers are no indices.
  const isOther = model.code.variational || model.code.codebook !== undefined;
  const hasOtherAims =
    isOther || training.loss !== 'mse' || training.inputNoise !== undefined || hasPenalties(training.regularisers);
  if (status !== 'finished' || pcaMse === undefined || hasOtherAims) return undefined;
  const errors = metrics.flatMap(({ validationMse }) => (validationMse === undefined ? [] : [validationMse]));
  const least = Math.min(...errors);
  // No number, or said already.
  if (!(least > ABOVE_PCA * pcaMse) || least >= (health?.meanImageMse ?? Infinity)) return undefined;
  const { one: own, other: pca, per } = errorsApart(patient, least, pcaMse);
  const begun = remedies.startAtPca(experiment);
  const canBegin = training.start !== 'pca' && experimentProblems(begun.experiment).length === 0;
  const otherwise = remedies.longer(experiment);
  return {
    kind: 'worse-than-pca',
    says: `The least validation error, ${own} ${per}, is above ${pca}, what PCA with ${model.code.size} numbers gives on these images.`,
    advice: canBegin
      ? 'Start at PCA: training then goes on from there.'
      : 'Train with today’s weights, activations and optimizer, or for longer.',
    remedy: canBegin ? begun : ifNew(experiment, remedies.modernRecipe(experiment), otherwise),
  };
}

const hasPenalties = ({ codeL1, contractive, codeKl, neighbours }: TrainingSpec['regularisers']): boolean =>
  codeL1 > 0 || contractive > 0 || codeKl !== undefined || neighbours !== undefined;

function posteriorCollapse({ experiment, metrics }: Patient, { health }: Symptoms): Finding | undefined {
  const { variational, classes = 0 } = experiment.model.code;
  const size = experiment.model.code.size - classes;
  const active = health?.activeCodeUnits;
  if (!variational || active === undefined || metrics.length < 3 || active >= size / 4) return undefined;
  return {
    kind: 'posterior-collapse',
    says:
      `${active} of ${size} code units carry anything (above 0.01 nats): the others have collapsed onto the prior, and the ` +
      'decoder ignores them.',
    advice: 'Let the divergence’s weight rise slowly from zero, or weigh it less.',
    remedy: remedies.gentlerPrior(experiment),
  };
}

function saturatedUnits({ experiment, metrics }: Patient, { last, health, worst }: Symptoms): Finding | undefined {
  const error = last?.validationMse;
  if (worst === undefined || health === undefined || error === undefined) return undefined;
  if (metrics.length < 2 || worst.saturated < 0.5) return undefined;
  // Sparse units, and those of Boltzmann machines, are nearly off or on by intention, and learn.
  if (error <= health.meanImageMse / 2) return undefined;
  // Said already, as the reason.
  if (metrics.length >= 3 && error >= health.meanImageMse) return undefined;
  return {
    kind: 'saturated-units',
    says:
      `${percent(worst.saturated)} of the values in ${nameOf(worst.layer)} lie in the flat ends of its activation, and the error is ` +
      'still near what the average image gives: it hardly learns.',
    advice: 'Start from smaller weights (Glorot), or use GELU, which has no second flat end.',
    remedy: ifNew(experiment, remedies.freshUnits(experiment), remedies.smallerSteps(experiment, 1 / 3)),
  };
}

/** Held-out images that units are judged on at least. */
const LEAST_IMAGES = 50;

function constantUnits({ experiment, metrics }: Patient, { health }: Symptoms): Finding | undefined {
  // A few images cannot tell a unit that is dead from one that none of them wakes.
  if (experiment.training.validationCount < LEAST_IMAGES) return undefined;
  const dead = health?.layers.find(({ units, constant, saturated }) => constant > units / 2 && saturated < 0.5);
  if (dead === undefined || metrics.length < 2) return undefined;
  return {
    kind: 'constant-units',
    says: `${dead.constant} of ${dead.units} units in ${nameOf(dead.layer)} give the same value for every image: they are dead.`,
    advice: 'A unit with a slope everywhere (GELU) comes back to life, and smaller steps throw fewer out.',
    remedy: ifNew(experiment, remedies.freshUnits(experiment), remedies.smallerSteps(experiment, 1 / 3)),
  };
}

function overFitting(patient: Patient): Finding | undefined {
  const { experiment, metrics } = patient;
  // Held-out images are measured without noise: what learns to take it away errs more on them the better it does so.
  if (experiment.training.inputNoise !== undefined) return undefined;
  const since = overfitSince(metrics);
  if (since === undefined) return undefined;
  const { best, last } = since;
  const { one: least, other: now, per } = errorsApart(patient, best.error, last.error);
  const stops = experiment.training.earlyStopping !== undefined;
  const shift = experiment.training.augmentation.shiftPixels;
  return {
    kind: 'over-fitting',
    says:
      `The validation error was least in epoch ${best.epoch} (${least} ${per}) and has risen to ${now} since, ` +
      'while the training cost went on falling: it learns these images by heart.',
    advice: `The best weights are kept. ${stops ? 'Shift' : 'Stop when nothing improves, and shift'} the images ${shift > 0 ? 'further' : 'a little'} as they are trained on.`,
    remedy: remedies.stopInTime(experiment),
  };
}

function rateTooHigh({ experiment, metrics }: Patient): Finding | undefined {
  const shaky = isShaky(metrics);
  if (shaky === undefined) return undefined;
  return {
    kind: 'rate-too-high',
    says: `The training cost rose in ${shaky.rises} of the last ${shaky.of} epochs, by up to ${percent(shaky.most)}: the steps jump across the valley.`,
    advice: `Take a third of the learning rate (${short(experiment.training.learningRate / 3)}) and let it fall towards the end.`,
    remedy: remedies.smallerSteps(experiment, 1 / 3),
  };
}

function rateTooLow({ experiment, metrics }: Patient, { health }: Symptoms): Finding | undefined {
  // Two numbers that keep neighbours never come to half of what the average image gives.
  if (experiment.training.regularisers.neighbours !== undefined) return undefined;
  const slow = fellSlowly(metrics, health?.meanImageMse);
  if (slow === undefined) return undefined;
  return {
    kind: 'rate-too-low',
    says: `The cost falls steadily but slowly, ${percent(slow.share)} an epoch, and is still near what the average image gives.`,
    advice: `Take ten times the learning rate (${short(experiment.training.learningRate * 10)}).`,
    remedy: remedies.largerSteps(experiment),
  };
}

/** "encoder.0" as a person counts. */
function nameOf(layer: string): string {
  const [part = '', index] = layer.split('.');
  return index === undefined ? `the ${part} layer` : `${part} layer ${Number(index) + 1}`;
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;
