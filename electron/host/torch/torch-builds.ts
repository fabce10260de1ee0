import type { TorchBuild } from '../../contract/torch-calls.ts';
import { TORCH_VERSIONS } from '../../contract/torch.ts';

export interface BuildSource {
  /** Bytes to fetch and on the disk: of PyTorch 2.15 where it was installed here (CUDA on Linux), else as its makers' files are, rounded up. */
  readonly downloadBytes: number;
  readonly diskBytes: number;
  /** PyTorch's own index; the usual one where its build is there. */
  readonly index?: string;
}

const WHEELS = 'https://download.pytorch.org/whl';

/**
 * The builds that PyTorch has for a system, the processor's last; none for Macs with Intel's processors, which it left after 2.2.
 * https://pytorch.org/get-started/locally/, https://docs.pytorch.org/docs/stable/notes/get_start_xpu.html
 */
export function buildsFor(platform: NodeJS.Platform, arch: string): readonly TorchBuild[] {
  if (platform === 'darwin') return arch === 'arm64' ? ['mps'] : [];
  if (arch !== 'x64') return platform === 'linux' ? ['cuda', 'cpu'] : ['cpu'];
  return platform === 'win32' ? ['cuda', 'xpu', 'cpu'] : ['cuda', 'rocm', 'xpu', 'cpu'];
}

/** Where the build for a card is, on a system. Only CUDA's on Linux was tried. */
export function sourceOf(build: TorchBuild, platform: NodeJS.Platform = process.platform): BuildSource {
  switch (build) {
    case 'cuda':
      return platform === 'win32'
        ? { downloadBytes: 3e9, diskBytes: 6e9, index: `${WHEELS}/cu130` }
        : { downloadBytes: 3e9, diskBytes: 5.5e9 };
    case 'rocm':
      return { downloadBytes: 5e9, diskBytes: 16e9, index: `${WHEELS}/rocm6.4` };
    case 'xpu':
      return { downloadBytes: 3e9, diskBytes: 8e9, index: `${WHEELS}/xpu` };
    case 'mps':
      return { downloadBytes: 0.15e9, diskBytes: 0.7e9 };
    case 'cpu':
      return { downloadBytes: 0.3e9, diskBytes: 1.2e9, index: `${WHEELS}/cpu` };
  }
}

/** What pip is told to install, one call after the other. */
export function installs(build: TorchBuild, platform?: NodeJS.Platform): readonly (readonly string[])[] {
  const { least, below } = TORCH_VERSIONS;
  const { index } = sourceOf(build, platform);
  const torch = [`torch>=${least},<${below}`, ...(index === undefined ? [] : ['--index-url', index])];
  return [torch, ['numpy', 'safetensors']];
}
