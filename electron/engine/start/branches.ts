import type { ImageColumns } from '../../domain/words.ts';
import { forwardInference } from '../forward.ts';
import type { Breathe } from '../inference.ts';
import { statelessNormal } from '../native-ops.ts';
import type { Network } from '../network.ts';
import { tf } from '../tensorflow.ts';
import type { LinearPath, PathLayer } from './linear-path.ts';
import { fitRidge, type EachBlock, type Ridge } from './ridge.ts';
import { inBlocks, rowsOf } from './rows.ts';

/** Layer i draws from the seed pair [seed, BRANCH_STREAM + i]: beyond initial weights' and machines' (initial-weights.ts, rbm.ts). */
const BRANCH_STREAM = 0x70000000;

/**
 * Gives the hidden units beside the linear path random directions of their own: what comes in has deviation one on the sample, and
 * each unit bends at one of its images. No later layer reads them yet.
 * @param sample images in random order, as rows [n, values]
 */
export function placeBranches(network: Network, path: LinearPath, sample: tf.Tensor2D, seed: number): void {
  const { code } = network.spec;
  const coding = [...network.encoderLayers, ...network.codeLayers];
  const codes = forwardInference(coding, tf.reshape(sample, [-1, ...network.spec.inputShape])) as tf.Tensor2D;
  [path.encoder, path.decoder].forEach((layers, part) => {
    let x = part === 0 ? sample : codes;
    layers.forEach((layer, index) => {
      const beside = layer.units - 2 * code.size;
      if (beside > 0) bendAtImages(layer, x, beside, tf.tensor1d([seed, BRANCH_STREAM + 64 * part + index], 'int32'));
      x = pathThrough(network, layer, x);
    });
  });
}

function bendAtImages({ kernel, bias, units }: PathLayer, x: tf.Tensor2D, beside: number, stream: tf.Tensor1D): void {
  const [count, inputs] = x.shape;
  const drawn = statelessNormal([inputs, beside], stream) as tf.Tensor2D;
  const { variance } = tf.moments(tf.matMul(x, drawn), 0);
  const directions = tf.mul(drawn, tf.rsqrt(tf.maximum(variance, 1e-12))) as tf.Tensor2D;
  // The sample is shuffled already.
  const places = Int32Array.from({ length: beside }, (_, unit) => unit % count);
  const at = tf.gather(x, tf.tensor1d(places, 'int32'));
  const bends = tf.neg(tf.sum(tf.mul(at, tf.transpose(directions)), 1)) as tf.Tensor1D;
  kernel.assign(tf.concat([tf.slice(kernel as tf.Tensor2D, [0, 0], [-1, units - beside]), directions], 1));
  bias.assign(tf.concat([tf.slice(bias as tf.Tensor1D, [0], [units - beside]), bends]));
}

/** What a hidden layer makes of rows. */
function pathThrough(network: Network, layer: PathLayer, x: tf.Tensor2D): tf.Tensor2D {
  const all = [...network.encoderLayers, ...network.codeLayers, ...network.decoderLayers];
  const first = placeOf(all, layer);
  // Its activation may be a layer of its own.
  const next = all.findIndex(({ weights }, index) => index > first && weights.length > 0);
  return forwardInference(all.slice(first, next), x) as tf.Tensor2D;
}

export interface BranchWork {
  /** What the regression may be fitted to: the images, or these and their changed copies. */
  readonly candidates: readonly ImageColumns[];
  /** Held-out images, which choose. */
  readonly judges: ImageColumns;
  /** Indices of some of the first candidate's images. */
  readonly sample: Int32Array;
  readonly breathe: Breathe;
}

/**
 * Lets the decoder's last hidden units beside the linear path predict, by ridge regression, what that path leaves; not where it
 * does not surely help on the judges: a few unlike the others can be told better by chance alone.
 * @returns which of the candidates it is fitted to; nothing where there is no such prediction
 */
export async function fitBranch(network: Network, path: LinearPath, work: BranchWork): Promise<number | undefined> {
  const last = path.decoder.at(-1);
  const passing = 2 * network.spec.code.size;
  if (last === undefined || last.units === passing) return undefined;
  const { kernel, bias } = path.output;
  const all = [...network.encoderLayers, ...network.codeLayers, ...network.decoderLayers];
  const hiddenLayers = all.slice(0, placeOf(all, path.output));
  const hidden = (rows: tf.Tensor2D): tf.Tensor2D =>
    forwardInference(hiddenLayers, tf.reshape(rows, [-1, ...network.spec.inputShape])) as tf.Tensor2D;
  // What stands beside it has no weights yet.
  const linearPath = (): tf.Tensor2D => tf.slice(kernel as tf.Tensor2D, [0, 0], [passing, -1]);
  const beside = (units: tf.Tensor2D): tf.Tensor2D => tf.slice(units, [0, passing], [-1, -1]);
  const blocksOf =
    (images: ImageColumns): EachBlock =>
    (visit) =>
      inBlocks(images, work.breathe, (rows) => {
        const units = hidden(rows);
        const linear = tf.add(tf.matMul(tf.slice(units, [0, 0], [-1, passing]), linearPath()), bias);
        visit({ predictors: beside(units), targets: tf.sub(rows, linear) as tf.Tensor2D });
      });
  const [first] = work.candidates as [ImageColumns];
  const centre = tf.tidy(() => tf.mean(beside(hidden(rowsOf(first, work.sample))), 0) as tf.Tensor1D);
  let best: { readonly ridge: Ridge; readonly of: number } | undefined;
  try {
    for (const [of, images] of work.candidates.entries()) {
      const ridge = await fitRidge(blocksOf(images), blocksOf(work.judges), centre);
      const better = ridge.helps && ridge.error < (best?.ridge.error ?? Infinity);
      (better ? best?.ridge : ridge)?.dispose();
      if (better) best = { ridge, of };
    }
    const found = best;
    if (found === undefined) return undefined;
    tf.tidy(() => {
      const weights = found.ridge.weights();
      kernel.assign(tf.concat([linearPath(), weights.kernel], 0));
      bias.assign(tf.add(bias, weights.bias));
    });
    return found.of;
  } finally {
    centre.dispose();
    best?.ridge.dispose();
  }
}

/** Which of a network's layers has a layer's kernel. */
const placeOf = (all: readonly tf.layers.Layer[], { kernel }: PathLayer): number =>
  all.findIndex((layer) => layer.weights[0]?.read() === kernel);
