import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import type { TorchBuild } from '../../contract/torch-calls.ts';
import { TORCH_VERSIONS } from '../../contract/torch.ts';

export interface FoundCard {
  readonly build: TorchBuild;
  /** Its name, where the system says it. */
  readonly card?: string;
}

interface BuildSource {
  /** Bytes to fetch and on the disk: of PyTorch 2.15 where it was installed here (CUDA on Linux), else as its makers' files are, rounded up. */
  readonly downloadBytes: number;
  readonly diskBytes: number;
  /** PyTorch's own index; the usual one where its build is there. */
  readonly index?: string;
}

const WHEELS = 'https://download.pytorch.org/whl';

/** Where the build for a card is, on this system. Only the first was tried. */
export function sourceOf(build: TorchBuild, platform: NodeJS.Platform = process.platform): BuildSource {
  switch (build) {
    case 'cuda':
      return platform === 'win32'
        ? { downloadBytes: 3e9, diskBytes: 6e9, index: `${WHEELS}/cu130` }
        : { downloadBytes: 3e9, diskBytes: 5.5e9 };
    case 'rocm':
      return { downloadBytes: 5e9, diskBytes: 16e9, index: `${WHEELS}/rocm6.4` };
    case 'mps':
      return { downloadBytes: 0.15e9, diskBytes: 0.7e9 };
    case 'cpu':
      return platform === 'darwin'
        ? { downloadBytes: 0.3e9, diskBytes: 1e9 }
        : { downloadBytes: 0.3e9, diskBytes: 1.2e9, index: `${WHEELS}/cpu` };
  }
}

/** What pip is told to install, one call after the other. */
export function installs(build: TorchBuild): readonly (readonly string[])[] {
  const { least, below } = TORCH_VERSIONS;
  const { index } = sourceOf(build);
  const torch = [`torch>=${least},<${below}`, ...(index === undefined ? [] : ['--index-url', index])];
  return [torch, ['numpy', 'safetensors']];
}

/** The card of this computer that PyTorch has a build for. Intel's are not looked for. */
export async function findCard(): Promise<FoundCard> {
  if (process.platform === 'darwin')
    return process.arch === 'arm64' ? { build: 'mps', card: 'Apple graphics' } : { build: 'cpu' };
  const options = { timeout: 10_000, windowsHide: true };
  const { stdout } = await promisify(execFile)(
    'nvidia-smi',
    ['--query-gpu=name', '--format=csv,noheader'],
    options,
  ).catch(() => ({ stdout: '' }));
  const [card] = stdout.split('\n').filter((line) => line.trim() !== '');
  if (card !== undefined) return { build: 'cuda', card: card.trim() };
  // The interface of AMD's cards.
  return existsSync('/dev/kfd') ? { build: 'rocm' } : { build: 'cpu' };
}
