import * as v from 'valibot';
import { Index } from '../domain/ids.ts';

/** PyTorch's versions that the trainee is written for: the errors it tells memory by exist from the first on. */
export const TORCH_VERSIONS = { least: '2.5', below: '3.0' } as const;
/** Python's: the trainee's own syntax needs the first. */
export const PYTHON_LEAST = '3.10';

/** The kinds of devices PyTorch trains on; ROCm's cards are called "cuda" there too. */
export const deviceKinds = ['cpu', 'cuda', 'mps', 'xpu'] as const;
export type DeviceKind = (typeof deviceKinds)[number];

/** PyTorch's name of a device: "cpu", "cuda:0", "mps", "xpu:1". */
export const DeviceNameSchema = v.pipe(v.string(), v.regex(/^(cpu|cuda|mps|xpu)(:\d{1,2})?$/, 'must be a device'));

export const kindOfDevice = (name: string): DeviceKind => name.split(':')[0] as DeviceKind;

/**
 * float32: full precision, in which a run repeats itself bit for bit where the device can. mixed: bfloat16 where the card has it,
 * else float16 with scaled costs; TensorFloat-32 where it has that.
 */
export const PrecisionSchema = v.picklist(['float32', 'mixed']);
export type Precision = v.InferOutput<typeof PrecisionSchema>;

/** On which device an experiment is to be trained through PyTorch; the Python that does it is the host's affair. */
export const DeviceOrderSchema = v.strictObject({ device: DeviceNameSchema, precision: PrecisionSchema });
export type DeviceOrder = v.InferOutput<typeof DeviceOrderSchema>;

const Memory = { totalBytes: v.exactOptional(Index), freeBytes: v.exactOptional(Index) };
const Cost = v.nullable(v.number());

/** What the trainee answers, one line a message: "@@KIND {json}" (resources/cluster/studio/card.py). */
export const traineeMessages = {
  READY: v.object({
    torch: v.string(),
    python: v.string(),
    device: DeviceNameSchema,
    /** The card's, or the processor's. */
    name: v.string(),
    /** Of activations: "float32", "bfloat16" or "float16". */
    precision: v.picklist(['float32', 'bfloat16', 'float16']),
    threads: Index,
    imagesOnDevice: v.boolean(),
    ...Memory,
  }),
  STEPS: v.object({ costs: v.array(Cost) }),
  VALIDATED: v.object({ mse: Cost }),
  WRITTEN: v.object({ bytes: Index }),
  /** `full`: the disk has no room. */
  UNWRITTEN: v.object({ full: v.boolean(), message: v.string() }),
  LOADED: v.object({}),
  /** `fits`: of a batch that had no room, the largest part that has; 0 where none has. */
  FAILED: v.object({
    /** lost: the card no longer answers. */
    kind: v.picklist(['package', 'images', 'memory', 'lost', 'error']),
    message: v.string(),
    batch: v.exactOptional(Index),
    fits: v.exactOptional(Index),
    ...Memory,
  }),
} as const;

export type TraineeFields<K extends keyof typeof traineeMessages> = v.InferOutput<(typeof traineeMessages)[K]>;
