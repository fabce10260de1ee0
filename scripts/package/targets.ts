import { PackageError } from './package-error.ts';

/** What can be made, on which system, and whether electron-builder has to download a tool for it. */
const targets = [
  { name: 'dir', systems: ['linux', 'darwin', 'win32'], downloads: false },
  { name: 'tar.gz', systems: ['linux'], downloads: false },
  { name: 'deb', systems: ['linux'], downloads: false },
  { name: 'AppImage', systems: ['linux'], downloads: true },
  { name: 'nsis', systems: ['win32'], downloads: true },
  { name: 'dmg', systems: ['darwin'], downloads: true },
] as const;

export type TargetName = (typeof targets)[number]['name'];

/** What is made where nothing is asked for: all that needs no download on Linux, the installer elsewhere. */
const usual: Readonly<Partial<Record<NodeJS.Platform, readonly TargetName[]>>> = {
  linux: ['dir', 'tar.gz', 'deb'],
  darwin: ['dmg'],
  win32: ['nsis'],
};

/**
 * The targets to make, each once.
 * @param asked names as on the command line; none: the system's usual ones
 * @throws PackageError for a name that is no target, or not one of this system
 */
export function targetsFor(asked: readonly string[], system: NodeJS.Platform): readonly TargetName[] {
  if (asked.length === 0) return usual[system] ?? ['dir'];
  return [...new Set(asked.map((name) => oneTarget(name, system)))];
}

function oneTarget(name: string, system: NodeJS.Platform): TargetName {
  const target = targets.find((known) => known.name.toLowerCase() === name.toLowerCase());
  const possible = targets.filter(({ systems }) => systems.some((one) => one === system)).map((known) => known.name);
  if (target === undefined || !possible.includes(target.name)) {
    throw new PackageError(`Target "${name}": expected one of ${possible.join(', ')} on this system (${system}).`);
  }
  return target.name;
}

/** Those for which electron-builder downloads a tool from outside the package registries. */
export function downloadingTargets(asked: readonly TargetName[]): readonly TargetName[] {
  return targets.filter(({ name, downloads }) => downloads && asked.includes(name)).map(({ name }) => name);
}

/** One sentence for tools that could not be had, in place of the downloader's stack. */
export function noToolsSentence(names: readonly TargetName[]): string {
  return (
    `${names.join(' and ')}: electron-builder downloads the tools for ${names.length > 1 ? 'these' : 'this'} and could not. ` +
    'Run this on a machine that reaches github.com, or make dir, tar.gz or deb, which need no download.'
  );
}
