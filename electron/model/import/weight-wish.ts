import type { LayerShape } from '../../domain/layer-settings.ts';
import type { PlainWeight } from '../export/plain-model.ts';
import type { ConfigLayer } from './keras-config.ts';

/** Which of a layer's weights is asked for. */
export interface WeightWish {
  readonly layer: ConfigLayer;
  readonly name:
    | 'kernel'
    | 'bias'
    | 'depthwise_kernel'
    | 'pointwise_kernel'
    | 'alpha'
    | 'gamma'
    | 'beta'
    | 'moving_mean'
    | 'moving_variance'
    | 'mean'
    | 'variance';
  /** Among those that the layer has. */
  readonly index: number;
  readonly shape: LayerShape;
}

/** Gives a weight of exactly that shape. @throws StudioError `bad-file` naming the weight */
export type FindWeight = (wish: WeightWish) => PlainWeight;
