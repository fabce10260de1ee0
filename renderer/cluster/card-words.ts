import type { FoundPython, TorchDevice } from '../../electron/contract/pythons.ts';
import type { DeviceOrder } from '../../electron/contract/torch.ts';
import type { EnvironmentPlan, TorchBuild, TorchState } from '../../electron/contract/torch-calls.ts';
import type { Experiment } from '../../electron/domain/experiment.ts';
import { torchProblems } from '../../electron/domain/torch-limits.ts';
import { formatBytes } from '../widgets/format-number.ts';
import { formatDuration } from '../widgets/format-time.ts';

/** Why PyTorch cannot train an experiment here; nothing where it can. */
export function cardRefusal(experiment: Experiment): string | undefined {
  const [first] = torchProblems(experiment);
  return first?.message;
}

/** "NVIDIA RTX 4070, 12.6 GB": one device of a Python. */
export function deviceWords({ device, name, totalBytes }: TorchDevice): string {
  if (device === 'cpu') return 'The processor, through PyTorch';
  return totalBytes === undefined || totalBytes === 0 ? name : `${name}, ${formatBytes(totalBytes)}`;
}

/** "Python 3.12.4, PyTorch 2.15.0". */
export function pythonWords({ version, torch }: FoundPython): string {
  return [...(version === '' ? [] : [`Python ${version}`]), ...(torch === undefined ? [] : [`PyTorch ${torch}`])].join(
    ', ',
  );
}

/** What runs are trained on: "NVIDIA RTX 4070, mixed precision"; by PyTorch's name where the card has not been seen since. */
export function orderWords({ device, precision }: DeviceOrder, { pythons, chosen }: TorchState): string {
  const known = pythons.find(({ id }) => id === chosen)?.devices.find((each) => each.device === device);
  const name = known ? deviceWords(known) : device === 'cpu' ? 'The processor, through PyTorch' : device;
  return precision === 'mixed' ? `${name}, mixed precision` : name;
}

/** Whose cards a build of PyTorch is for. */
export const buildWords: Readonly<Record<TorchBuild, string>> = {
  cuda: 'for NVIDIA’s cards (CUDA)',
  rocm: 'for AMD’s cards (ROCm)',
  xpu: 'for Intel’s cards (XPU)',
  mps: 'for Apple’s',
  cpu: 'for the processor',
};

const NO_CARD = 'none was found that PyTorch has a build for';

/** What making an environment takes, a line each. */
export function environmentWords(plan: EnvironmentPlan): readonly (readonly [name: string, value: string])[] {
  const seconds = (plan.downloadBytes * 8) / 100e6;
  return [
    ['Card', plan.card ?? NO_CARD],
    ['Made of', `Python ${plan.python}`],
    ['To fetch', `about ${formatBytes(plan.downloadBytes)}: ${formatDuration(seconds)} at 100 Mbit/s`],
    ['On the disk', `about ${formatBytes(plan.diskBytes)} of ${formatBytes(plan.freeBytes)} free`],
    ['Where', plan.folder],
  ];
}
