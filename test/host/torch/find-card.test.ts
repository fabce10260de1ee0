import { describe, expect, it } from 'vitest';
import { cardAmong, type Graphics } from '../../../electron/host/torch/find-card.ts';
import { buildsFor, installs, sourceOf } from '../../../electron/host/torch/torch-builds.ts';
import { torchBuilds } from '../../../electron/contract/torch-calls.ts';

const linux: Graphics = { platform: 'linux', arch: 'x64', nvidia: [], amd: false, pci: [], names: [] };
const windows: Graphics = { ...linux, platform: 'win32' };

describe('the card of a computer', () => {
  it.each<[string, Graphics, string, string | undefined]>([
    [
      'NVIDIA, before the processor’s own graphics',
      { ...linux, nvidia: ['RTX 4070'], pci: ['8086:7d55'] },
      'cuda',
      'RTX 4070',
    ],
    ['AMD on Linux', { ...linux, amd: true, pci: ['1002:744c'] }, 'rocm', undefined],
    ['Arc A770', { ...linux, pci: ['8086:56a0'] }, 'xpu', 'Intel graphics'],
    ['Arc B580', { ...linux, pci: ['1a03:2000', '8086:e20b'] }, 'xpu', 'Intel graphics'],
    ['Lunar Lake', { ...linux, pci: ['8086:64a0'] }, 'xpu', 'Intel graphics'],
    ['Data Center GPU Max', { ...linux, pci: ['8086:0bd5'] }, 'xpu', 'Intel graphics'],
    ['older graphics of Intel’s, which PyTorch has nothing for', { ...linux, pci: ['8086:9a49'] }, 'cpu', undefined],
    ['another maker’s device of the same number', { ...linux, pci: ['1234:e20b'] }, 'cpu', undefined],
    [
      'Arc on Windows',
      { ...windows, names: ['Intel(R) Arc(TM) 140V GPU (16GB)'] },
      'xpu',
      'Intel(R) Arc(TM) 140V GPU (16GB)',
    ],
    ['UHD on Windows', { ...windows, names: ['Intel(R) UHD Graphics 630'] }, 'cpu', undefined],
    [
      'AMD on Windows, where PyTorch has no build for it',
      { ...windows, names: ['AMD Radeon RX 7900'] },
      'cpu',
      undefined,
    ],
    ['a Mac of Apple’s', { ...linux, platform: 'darwin', arch: 'arm64' }, 'mps', 'Apple graphics'],
    ['nothing', linux, 'cpu', undefined],
  ])('%s', (_, graphics, build, card) => {
    expect(cardAmong(graphics)).toEqual({ build, ...(card === undefined ? {} : { card }) });
  });
});

describe('what is installed for it', () => {
  const torch = 'torch>=2.5,<3.0';
  const index = 'https://download.pytorch.org/whl';

  it.each([
    ['cuda', 'linux', []],
    ['cuda', 'win32', [`${index}/cu130`]],
    ['rocm', 'linux', [`${index}/rocm6.4`]],
    ['xpu', 'linux', [`${index}/xpu`]],
    ['xpu', 'win32', [`${index}/xpu`]],
    ['mps', 'darwin', []],
    ['cpu', 'linux', [`${index}/cpu`]],
  ] as const)('%s on %s', (build, platform, from) => {
    const args = from.length === 0 ? [torch] : [torch, '--index-url', ...from];
    expect(installs(build, platform)).toEqual([args, ['numpy', 'safetensors']]);
  });

  it('is said to take more room than it is fetched in', () => {
    for (const build of torchBuilds) {
      const { downloadBytes, diskBytes } = sourceOf(build);
      expect(diskBytes).toBeGreaterThan(downloadBytes);
    }
  });

  it('is none on a Mac with a processor of Intel’s, and the processor’s at least elsewhere', () => {
    expect(buildsFor('darwin', 'x64')).toEqual([]);
    expect(buildsFor('win32', 'arm64')).toEqual(['cpu']);
    expect(buildsFor('linux', 'x64').at(-1)).toBe('cpu');
  });
});
