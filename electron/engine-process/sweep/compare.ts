import { bitsOfIndex, codeIndicesOf } from '../../domain/codebook.ts';
import { StudioError } from '../../domain/errors.ts';
import type { Distortion } from '../../contract/sweep.ts';
import type { Baseline, ImageColumns } from '../../domain/words.ts';
import { sliceImages, type ImageSet } from '../../dataset/image-set.ts';
import { decodeCodes } from '../../engine/apply.ts';
import type { Breathe } from '../../engine/inference.ts';
import type { Decoder, Network, NetworkWeight } from '../../engine/network.ts';
import { namesOf } from '../../engine/residual.ts';
import { quantiserOf } from '../../engine/vector-quantiser.ts';
import type { RunFolder } from '../../files/run-folder.ts';
import { baselineOf } from '../../training/baseline.ts';
import type { ImageSets } from '../image-sets.ts';
import type { OpenModels } from '../models/open-models.ts';
import { codecsOf } from './codecs.ts';
import { quantise, squaredErrorPerImage, type Quantised } from './quantise.ts';

/** Test images of the contact sheet. */
const MOST_IMAGES = 100;

export interface ComparedRun {
  readonly runId: string;
  readonly folder: RunFolder;
}

export interface CompareSurroundings {
  readonly imageSets: ImageSets;
  readonly models: OpenModels;
  /** Where baselines are kept. */
  readonly cacheFolder: string;
  readonly breathe: Breathe;
}

/**
 * Distortion against size: of runs on one image set, of PCA with as many numbers, of JPEG and WebP.
 * @throws StudioError `not-found` for a run that has not finished or whose images are gone, `bad-request` where the runs are of
 * several image sets
 */
export async function compareRuns(runs: readonly ComparedRun[], around: CompareSurroundings): Promise<Distortion> {
  const { imageSets, cacheFolder, breathe } = around;
  const read = await Promise.all(runs.map(readRun));
  const [first] = read;
  if (first === undefined) throw new StudioError('bad-request', 'runIds must name at least one run, found none.');
  const { imageSet } = first.experiment;
  const other = read.find(({ experiment }) => experiment.imageSet !== imageSet);
  if (other !== undefined) {
    throw new StudioError(
      'bad-request',
      `runIds must name runs on one image set: expected "${imageSet}", found "${other.experiment.imageSet}" in "${other.experiment.name}".`,
    );
  }
  const set = await imageSets.get(imageSet);
  const images = firstOf(set);
  const results = [];
  const baselines = new Map<number, Baseline>();
  for (const { runId, folder, experiment, test } of read) {
    const { validationCount } = experiment.training;
    const baseline = baselines.get(validationCount) ?? (await baselineOf(set, validationCount, cacheFolder, breathe));
    baselines.set(validationCount, baseline);
    const pca = baseline.testSquaredError[experiment.model.code.size];
    const sizes = await around.models.use({ folder: folder.modelFolder('best'), run: folder }, async (model) => {
      // Refuses a set of another shape.
      await model.imageSet();
      const { codes, bytes } = keptSmall(model.network, await model.encode(images));
      const decoded = await decodeCodes(model.network, codes, breathe);
      return {
        codeSize: model.codeSize,
        codeBytes: bytes,
        quantisedSquaredError: squaredErrorPerImage(images.pixels, decoded.pixels, images.count),
        decoderBytes: decoderBytes(model.network),
      };
    });
    const pcaSquaredError = pca === undefined ? {} : { pcaSquaredError: pca };
    results.push({ runId, squaredError: test.squaredError, ...pcaSquaredError, ...sizes });
  }
  return { images: images.count, runs: results, codecs: await codecsOf(images, breathe) };
}

/** Codes in 8 bits a number, or of a codebook in the bits of its indices. */
function keptSmall({ spec }: Network, codes: Float32Array): Quantised {
  const indices = codeIndicesOf(spec);
  if (indices === undefined) return quantise(codes, spec.code.size);
  return { codes, bytes: Math.ceil(((codes.length / indices.channels) * bitsOfIndex(indices.vectors)) / 8) };
}

async function readRun({ runId, folder }: ComparedRun) {
  const [experiment, { test }] = await Promise.all([folder.readExperiment(), folder.readState()]);
  if (test !== undefined) return { runId, folder, experiment, test };
  throw new StudioError(
    'not-found',
    `The run "${experiment.name}" (${runId}) has no test figures: it has not finished.`,
  );
}

function firstOf({ test }: ImageSet): ImageColumns {
  return sliceImages(test.images, 0, Math.min(MOST_IMAGES, test.images.count));
}

/** Bytes of everything a decoder computes with, as float32; of indices the codebook too. */
export function decoderBytes(network: Network): number {
  const values = decoderWeights(network).reduce((sum, { variable }) => sum + variable.size, 0);
  return (values + (quantiserOf(network.codeLayers)?.codebook.size ?? 0)) * Float32Array.BYTES_PER_ELEMENT;
}

/** Everything a decoder computes with; of tied weights those it shares with the encoder. */
export function decoderWeights({ decoderLayers, weights, spec }: Decoder): readonly NetworkWeight[] {
  const own = new Set(decoderLayers.flatMap(namesOf));
  return weights.filter(({ name }) => {
    const [layer = '', weight] = name.split('/');
    return own.has(layer) || (spec.tiedWeights === true && weight === 'kernel');
  });
}
