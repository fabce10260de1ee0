import { basename, resolve } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import * as v from 'valibot';
import type { FoundPython } from '../contract/pythons.ts';
import { DeviceNameSchema, type Precision } from '../contract/torch.ts';
import { StudioError } from '../domain/errors.ts';
import type { TorchPath } from '../domain/words.ts';
import { defaultDataFolder } from '../files/data-folder.ts';
import { findPythons } from '../host/torch/find-pythons.ts';
import { probePython } from '../host/torch/probe.ts';
import { firstPlaces } from '../host/torch/own-environment.ts';
import type { TorchPlace } from '../training/torch/torch-runner.ts';
import type { Places } from './places.ts';

export interface DeviceOptions {
  /** As PyTorch names it. */
  readonly device?: string;
  readonly python?: string;
  readonly precision?: Precision;
}

const deviceWords = `
With --device the run is trained through PyTorch by a Python of this computer (docs/graphics-card.md); \`devices\` lists what there is.`;

/** The app's own engine, for a run that PyTorch has begun. */
const BUILT_IN = 'built-in';

/** @param conflicting options that mean nothing there */
export function addDeviceOptions(command: Command, conflicting: string[]): Command {
  return command
    .addOption(
      new Option(
        '--device <device>',
        'trains through PyTorch: cuda, mps, xpu (:n for the n-th), or torch-cpu; built-in has a resumed run go on without it',
      )
        .argParser(deviceName)
        .conflicts(conflicting),
    )
    .addOption(
      new Option('--python <path>', 'the Python that does it (default: the first found that has the device)')
        .argParser(pythonPath)
        .conflicts(conflicting),
    )
    .addOption(
      new Option('--precision <name>', 'mixed is quicker on cards and repeats no run bit for bit (default: float32)')
        .choices(['float32', 'mixed'])
        .conflicts(conflicting),
    )
    .addHelpText('after', deviceWords);
}

/** A path from where the command is given, as it is started elsewhere; a name alone is looked for on `PATH`. */
export function pythonPath(text: string): string {
  return basename(text) === text ? text : resolve(text);
}

function deviceName(text: string): string {
  if (text === BUILT_IN) return text;
  const name = text.startsWith('torch-') ? text.slice('torch-'.length) : text;
  if (v.is(DeviceNameSchema, name)) return name;
  throw new InvalidArgumentError('Expected torch-cpu, cuda, mps or xpu, and for a certain card its number, as cuda:1.');
}

/**
 * Which Python trains on what; nothing where the engine does.
 * @param before how a resumed run was trained: it goes on there unless told otherwise
 * @throws StudioError `not-found` saying what was looked at, `bad-request` for options of PyTorch's where the engine trains
 */
export async function torchPlace(
  options: DeviceOptions,
  { clusterSources: sources }: Places,
  before?: TorchPath,
): Promise<TorchPlace | undefined> {
  const { device = before?.device, python, precision = before?.precision ?? 'float32' } = options;
  if (device === undefined || device === BUILT_IN) {
    const idle = options.python === undefined ? options.precision && '--precision' : '--python';
    if (idle === undefined) return undefined;
    throw new StudioError(
      'bad-request',
      `${idle}: expected --device with a device of PyTorch's beside it, found none.`,
    );
  }
  const found =
    python === undefined
      ? await findPythons({ sources, first: await firstPlaces(defaultDataFolder()) })
      : [await probePython(python, { sources })];
  for (const each of found) {
    const named = deviceOf(each, device);
    if (named !== undefined) return { python: each.path, sources, device: named, precision };
  }
  throw new StudioError('not-found', `No Python was found that trains on ${device}. ${foundWords(found)}`);
}

/** "cuda" is the first of them. */
function deviceOf({ devices }: FoundPython, device: string): string | undefined {
  return devices.find((each) => each.device === device || each.device.split(':')[0] === device)?.device;
}

function foundWords(found: readonly FoundPython[]): string {
  if (found.length === 0) return 'There is no Python where it usually is; name one with --python.';
  return found
    .map(({ path, devices, problem }) => `${path}: ${problem ?? devices.map(({ device }) => device).join(', ')}`)
    .join(' ');
}
