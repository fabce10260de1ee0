import type { Command } from 'commander';
import type { FoundPython, TorchDevice } from '../contract/pythons.ts';
import { PYTHON_LEAST, TORCH_VERSIONS } from '../contract/torch.ts';
import { defaultDataFolder } from '../files/data-folder.ts';
import { findPythons } from '../host/torch/find-pythons.ts';
import { firstPlaces } from '../host/torch/own-environment.ts';
import { pythonPath } from './device-options.ts';
import type { Places } from './places.ts';

interface DevicesOptions {
  readonly python?: string;
  readonly json?: boolean;
}

export function addDevices(program: Command, places: Places): void {
  program
    .command('devices')
    .description('say what can be trained on through PyTorch: the Pythons of this computer, and their devices')
    .option('--python <path>', 'one more Python, to be looked at first', pythonPath)
    .option('--json', 'one JSON object on stdout')
    .action((options: DevicesOptions) => devices(options, places));
}

async function devices({ python, json }: DevicesOptions, { clusterSources: sources }: Places): Promise<void> {
  const own = await firstPlaces(defaultDataFolder());
  const first = python === undefined ? own : [python, ...own];
  const found = await findPythons({ sources, first });
  const supported = { python: PYTHON_LEAST, torch: TORCH_VERSIONS };
  process.stdout.write(json === true ? `${JSON.stringify({ supported, pythons: found })}\n` : words(found));
}

function words(found: readonly FoundPython[]): string {
  const { least, below } = TORCH_VERSIONS;
  const needs = `Needed: Python ${PYTHON_LEAST} or newer with torch ${least} or newer, below ${below}, numpy and safetensors.\n`;
  if (found.length === 0) return `No Python was found where it usually is.\n${needs}`;
  return `${found.map(pythonWords).join('\n')}\n${needs}`;
}

function pythonWords({ path, version, torch, devices: own, problem }: FoundPython): string {
  const what = [version === '' ? [] : [`Python ${version}`], torch === undefined ? [] : [`torch ${torch}`]].flat();
  const lines = problem === undefined ? own.map(deviceWords) : [`  ${problem}`];
  return [[path, ...what].join(', '), ...lines].join('\n');
}

function deviceWords({ device, name, totalBytes, bfloat16 }: TorchDevice): string {
  const option = device === 'cpu' ? 'torch-cpu' : device;
  const memory = totalBytes === undefined ? '' : `, ${(totalBytes / 1e9).toFixed(1)} GB`;
  return `  --device ${option}  ${name}${memory}${bfloat16 === true ? ', bfloat16' : ''}`;
}
