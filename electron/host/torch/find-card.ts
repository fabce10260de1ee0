import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TorchBuild } from '../../contract/torch-calls.ts';
import { buildsFor } from './torch-builds.ts';

export interface FoundCard {
  readonly build: TorchBuild;
  /** Its name, where the system says it. */
  readonly card?: string;
}

/** What a system says of its graphics. */
export interface Graphics {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  /** NVIDIA's cards by name, as its driver lists them. */
  readonly nvidia: readonly string[];
  /** The interface of AMD's driver for computing is there. */
  readonly amd: boolean;
  /** Vendor and device of each card, hexadecimal: "8086:e20b". */
  readonly pci: readonly string[];
  /** What Windows calls its cards. */
  readonly names: readonly string[];
}

/**
 * Those of Intel's that PyTorch supports, by their numbers in Linux's include/drm/intel/pciids.h: Arc A and B, Core Ultra with Arc
 * (Meteor Lake-H, Arrow Lake-H, Lunar Lake, Panther Lake), Data Center GPU Max.
 */
const INTEL_PCI = /^8086:(?:56[9abc].|e2..|7d(?:51|55|d1|d5)|64[2ab]0|b0[89ab].|0b(?:69|6e|d.|e.))$/;
const INTEL_NAME = /Intel.*(?:\bArc\b|Data Center GPU Max)/i;

/** The card that PyTorch has a build for; the processor's build where there is none. */
export function cardAmong({ platform, arch, nvidia, amd, pci, names }: Graphics): FoundCard {
  const builds = buildsFor(platform, arch);
  const [first] = nvidia;
  if (builds.includes('mps')) return { build: 'mps', card: 'Apple graphics' };
  if (first !== undefined && builds.includes('cuda')) return { build: 'cuda', card: first };
  if (amd && builds.includes('rocm')) return { build: 'rocm' };
  const arc = names.find((name) => INTEL_NAME.test(name));
  if (builds.includes('xpu') && (arc !== undefined || pci.some((card) => INTEL_PCI.test(card)))) {
    return { build: 'xpu', card: arc ?? 'Intel graphics' };
  }
  return { build: 'cpu' };
}

/** Looks at this computer; what does not answer is taken for not there. */
export async function findCard(): Promise<FoundCard> {
  const { platform, arch } = process;
  const [nvidia, pci, names] = await Promise.all([
    linesOf('nvidia-smi', ['--query-gpu=name', '--format=csv,noheader']),
    platform === 'linux' ? pciCards() : [],
    platform === 'win32'
      ? linesOf('powershell', ['-NoProfile', '-Command', '(Get-CimInstance Win32_VideoController).Name'])
      : [],
  ]);
  return cardAmong({ platform, arch, nvidia, amd: existsSync('/dev/kfd'), pci, names });
}

async function linesOf(program: string, args: readonly string[]): Promise<readonly string[]> {
  const options = { timeout: 10_000, windowsHide: true };
  const { stdout } = await promisify(execFile)(program, [...args], options).catch(() => ({ stdout: '' }));
  return stdout
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

async function pciCards(): Promise<readonly string[]> {
  const folder = '/sys/class/drm';
  const cards = (await readdir(folder).catch(() => [])).filter((name) => /^card\d+$/.test(name));
  const number = async (card: string, what: string): Promise<string> =>
    (await readFile(join(folder, card, 'device', what), 'utf8').catch(() => '')).trim().replace(/^0x/, '');
  return Promise.all(cards.map(async (card) => `${await number(card, 'vendor')}:${await number(card, 'device')}`));
}
