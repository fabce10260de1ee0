import * as v from 'valibot';
import { Index } from '../domain/ids.ts';
import { DeviceNameSchema, PYTHON_LEAST, TORCH_VERSIONS } from './torch.ts';

const DeviceSchema = v.object({
  device: DeviceNameSchema,
  name: v.string(),
  totalBytes: v.exactOptional(Index),
  /** Whether it computes in bfloat16 by itself. */
  bfloat16: v.exactOptional(v.boolean()),
});
export type TorchDevice = v.InferOutput<typeof DeviceSchema>;

/** What a Python says of itself (resources/cluster/studio/probe.py). */
export const pythonMessages = {
  PYTHON: v.object({
    python: v.string(),
    /** Where it is installed: a virtual environment's own folder. */
    prefix: v.string(),
    is64bit: v.boolean(),
    packages: v.record(v.string(), v.string()),
    /** CUDA's version that its PyTorch is built for, "rocm", or nothing. */
    build: v.exactOptional(v.string()),
    devices: v.array(DeviceSchema),
    /** Why its PyTorch cannot be used. */
    problem: v.exactOptional(v.string()),
  }),
} as const;
export type PythonWords = v.InferOutput<(typeof pythonMessages)['PYTHON']>;

/** A Python of this computer. */
export interface FoundPython {
  /** The program. */
  readonly path: string;
  readonly version: string;
  readonly torch?: string;
  /** What can be trained on; none where it cannot train. */
  readonly devices: readonly TorchDevice[];
  /** Why it cannot train, in a sentence. */
  readonly problem?: string;
}

/** -1, 0 or 1 as version `a` comes before `b`; "2.15.0+cu132" is 2.15. */
function order(a: string, b: string): number {
  const [one, other] = [a, b].map((text) => text.split('+')[0]!.split('.').slice(0, 2).map(Number));
  const at = [0, 1].find((place) => (one?.[place] ?? 0) !== (other?.[place] ?? 0));
  return at === undefined ? 0 : Math.sign((one?.[at] ?? 0) - (other?.[at] ?? 0));
}

/** Whether a Python can train, and if not why, of what it says of itself. */
export function judged(path: string, { python, packages, devices, problem, is64bit }: PythonWords): FoundPython {
  const { torch } = packages;
  const found = { path, version: python, ...(torch === undefined ? {} : { torch }) };
  const why = (text: string): FoundPython => ({ ...found, devices: [], problem: text });
  if (!is64bit) return why('It is a 32-bit Python; PyTorch needs one of 64 bits.');
  if (order(python, PYTHON_LEAST) < 0) return why(`Expected Python ${PYTHON_LEAST} or newer, found ${python}.`);
  if (problem !== undefined) return why(`Its PyTorch cannot be used: ${problem}`);
  if (torch === undefined) return why('It has no PyTorch.');
  const { least, below } = TORCH_VERSIONS;
  if (order(torch, least) < 0 || order(torch, below) >= 0) {
    return why(`Expected PyTorch ${least} or newer, below ${below}; found ${torch}.`);
  }
  const missing = ['numpy', 'safetensors'].filter((name) => packages[name] === undefined);
  if (missing.length > 0) return why(`It lacks ${missing.join(' and ')}: ${path} -m pip install ${missing.join(' ')}`);
  return { ...found, devices };
}
