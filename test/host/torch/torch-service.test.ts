import { existsSync } from 'node:fs';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { FoundPython } from '../../../electron/contract/pythons.ts';
import type { TorchState } from '../../../electron/contract/torch-calls.ts';
import { Downloads, problemIn } from '../../../electron/host/torch/make-environment.ts';
import { TorchService, type TorchServiceOptions } from '../../../electron/host/torch/torch-service.ts';
import { buildsFor, sourceOf } from '../../../electron/host/torch/torch-builds.ts';
import { addRun, dataFolders } from '../studio-samples.ts';

const data = dataFolders();
afterEach(() => vi.restoreAllMocks());

const card = { device: 'cuda:0', name: 'Card', totalBytes: 8e9 };
const able: FoundPython = { path: '/with/python', version: '3.12.4', torch: '2.15.0', devices: [card] };
const bare: FoundPython = { path: '/bare/python', version: '3.13.0', devices: [], problem: 'It has no PyTorch.' };

interface Around {
  readonly service: TorchService;
  readonly asked: unknown[];
  readonly told: TorchState[];
  /** What each search was to look at first. */
  readonly firsts: (readonly string[])[];
  looks: number;
}

function around(
  pythons: readonly FoundPython[] = [able, bare],
  options: Pick<TorchServiceOptions, 'choosePython' | 'probe'> = {},
): Around {
  const asked: unknown[] = [];
  const told: TorchState[] = [];
  const found: Around = {
    asked,
    told,
    firsts: [],
    looks: 0,
    service: new TorchService({
      dataFolder: data.path,
      sources: '/sources',
      ask: ((channel: string, request: unknown) => {
        asked.push([channel, request]);
        return Promise.resolve({});
      }) as TorchServiceOptions['ask'],
      emit: (name, payload) => {
        if (name === 'torch:changed') told.push(payload as TorchState);
      },
      find: ({ onFound, first }) => {
        found.looks += 1;
        found.firsts.push(first);
        pythons.forEach((python) => onFound?.(python));
        return Promise.resolve(pythons);
      },
      ...options,
    }),
  };
  return found;
}

const experiment = {} as never;

describe('the Pythons that reach a graphics card', () => {
  it('are told as they are found, by ids and not by what a page could name', async () => {
    const { service, told } = around();
    const state = await service.handlers['torch:look']({});
    expect(told.map(({ pythons, looking }) => [pythons.length, looking])).toEqual([
      [0, true],
      [1, true],
      [2, true],
      [2, false],
    ]);
    expect(state.pythons.map(({ path, problem }) => [path, problem])).toEqual([
      ['/with/python', undefined],
      ['/bare/python', 'It has no PyTorch.'],
    ]);
    expect(state.pythons.every(({ id }) => /^python-[0-9a-f]{16}$/.test(id))).toBe(true);
  });

  it('are remembered where one was chosen, over the app’s end', async () => {
    const { service } = around();
    const { pythons } = await service.handlers['torch:look']({});
    expect((await service.handlers['torch:choose']({ python: pythons[0]!.id })).chosen).toBe(pythons[0]!.id);
    await expect(service.handlers['torch:choose']({ python: pythons[1]!.id })).rejects.toThrow('It has no PyTorch.');
    await expect(service.handlers['torch:choose']({ python: 'python-0' })).rejects.toThrow('no longer there');

    const again = around([]);
    await again.service.prepareFor({ experiment, device: { device: 'cuda:0', precision: 'float32' } });
    expect(again.asked).toEqual([['engine:trainee', { python: '/with/python', sources: '/sources' }]]);
    expect(again.looks).toBe(0);
  });

  it('are looked for before the first run, and refused by name where none has the device', async () => {
    const here = around();
    await here.service.prepareFor({ experiment });
    expect([here.asked, here.looks]).toEqual([[], 0]);
    await here.service.prepareFor({ experiment, device: { device: 'cuda:0', precision: 'float32' } });
    expect([here.asked.length, here.looks]).toEqual([1, 1]);
    const mps = { experiment, device: { device: 'mps', precision: 'float32' } } as const;
    await expect(here.service.prepareFor(mps)).rejects.toThrow('No Python of this computer trains on mps.');
  });

  it('take up what they have trained before, unless the engine is to', async () => {
    const torch = {
      version: '2.15.0',
      device: 'cuda:0',
      name: 'Card',
      precision: 'float32',
      activations: 'float32',
    } as const;
    await addRun(data.path, 'by-card', { status: 'stopped', path: { kind: 'torch', stepsPerCall: 1, torch } });
    await addRun(data.path, 'by-engine', { status: 'stopped' });
    const { service, asked } = around();
    await service.prepareFor({ runId: 'by-engine' });
    await service.prepareFor({ runId: 'by-card', device: 'engine' });
    expect(asked).toEqual([]);
    await service.prepareFor({ runId: 'by-card' });
    expect(asked).toHaveLength(1);
  });

  it('do not include what a killed making has left', async () => {
    const left = join(data.path, 'torch');
    await mkdir(left);
    await writeFile(join(left, 'half'), 'a file');
    await around().service.handlers['torch:look']({});
    expect(existsSync(left)).toBe(false);
  });

  it('are said to be damaged where their file is, and can be chosen anew', async () => {
    await writeFile(join(data.path, 'graphics-card.json'), '{');
    const { service } = around();
    expect((await service.handlers['torch:read']({})).problem).toContain('graphics-card.json: expected JSON');
    const { pythons } = await service.handlers['torch:look']({});
    const state = await service.handlers['torch:choose']({ python: pythons[0]!.id });
    expect(state.problem).toBeUndefined();
    expect(await readFile(join(data.path, 'graphics-card.json'), 'utf8')).toContain('/with/python');
  });
});

/** What a program is found to be, by its name. */
const probe: TorchServiceOptions['probe'] = (path) =>
  Promise.resolve(path.endsWith('python3.13') ? { ...bare, path } : { ...able, path });

describe('a Python that the person names', () => {
  const elsewhere = dataFolders();
  const program = async (...way: readonly string[]): Promise<string> => {
    const path = join(elsewhere.path, ...way);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, '');
    return path;
  };

  it('by the system’s dialog is looked at, and can be chosen', async () => {
    const path = await program('an environment', 'bin', 'python');
    const answers = [path, undefined];
    const choosePython = (): Promise<string | undefined> => Promise.resolve(answers.shift());
    const { service } = around([], { choosePython, probe });
    const { pythons } = await service.handlers['torch:browse']({});
    expect(pythons.map((python) => python.path)).toEqual([path]);
    await service.handlers['torch:choose']({ python: pythons[0]!.id });
    expect(await readFile(join(data.path, 'graphics-card.json'), 'utf8')).toContain(JSON.stringify(path));
    // Cancelled.
    expect((await service.handlers['torch:browse']({})).pythons).toHaveLength(1);
    await expect(around([]).service.handlers['torch:browse']({})).rejects.toThrow('Type the path');
  });

  it('by its path, or by its environment’s folder, comes first, and is looked at again by every search', async () => {
    await program('venv', 'bin', 'python3');
    const { service, firsts } = around([able], { probe });
    await service.handlers['torch:look']({});
    const { pythons } = await service.handlers['torch:add']({ path: join(elsewhere.path, 'venv') });
    expect(pythons.map(({ path }) => path)).toEqual([join(elsewhere.path, 'venv', 'bin', 'python3'), able.path]);
    await service.handlers['torch:look']({});
    expect(firsts.at(-1)![0]).toBe(join(elsewhere.path, 'venv', 'bin', 'python3'));
  });

  it('that cannot train is said to, and listed', async () => {
    const path = await program('python3.13');
    const { service } = around([], { probe });
    await expect(service.handlers['torch:add']({ path })).rejects.toThrow(`${path}: It has no PyTorch.`);
    expect((await service.handlers['torch:read']({})).pythons[0]?.problem).toBe('It has no PyTorch.');
  });

  it('is not started where it is none by its name, lies in the app’s data, or is not there', async () => {
    const probes: string[] = [];
    const { service } = around([], {
      probe: (path) => {
        probes.push(path);
        return Promise.resolve({ ...able, path });
      },
    });
    const add = (path: string): Promise<unknown> => service.handlers['torch:add']({ path });
    await expect(add('python3')).rejects.toThrow('Expected a path from the root on, found python3.');
    await expect(add(await program('calculator'))).rejects.toThrow('expected a Python');
    await expect(add(await program('python.sh'))).rejects.toThrow('expected a Python');
    await expect(add(join(elsewhere.path, 'python3'))).rejects.toThrow('expected a Python, found nothing');
    await mkdir(join(elsewhere.path, 'empty'));
    await expect(add(join(elsewhere.path, 'empty'))).rejects.toThrow('found one without a Python');
    const uploaded = join(data.path, 'staged', 'python3');
    await mkdir(dirname(uploaded), { recursive: true });
    await writeFile(uploaded, '');
    await expect(add(uploaded)).rejects.toThrow('outside of the app');
    await symlink(dirname(uploaded), join(elsewhere.path, 'by a link'));
    await expect(add(join(elsewhere.path, 'by a link', 'python3'))).rejects.toThrow('outside of the app');
    expect(probes).toEqual([]);
    const own = join(data.path, 'torch', 'bin', 'python');
    await mkdir(dirname(own), { recursive: true });
    await writeFile(own, '');
    await add(own);
    expect(probes).toEqual([own]);
  });

  it('is asked again what it reaches after the app’s end, and no other', async () => {
    const { service } = around();
    const { pythons } = await service.handlers['torch:look']({});
    await service.handlers['torch:choose']({ python: pythons[0]!.id });
    const again = around([], { probe });
    await again.service.handlers['torch:read']({});
    await expect.poll(() => again.told.at(-1)?.pythons.map(({ path }) => path)).toEqual(['/with/python']);
    expect([again.looks, again.told.at(-1)?.looked]).toEqual([0, false]);
  });
});

describe('an environment of the app’s own', () => {
  it('says beforehand what it takes', async () => {
    const { service } = around();
    const plan = await service.handlers['torch:plan']({});
    expect(plan.builds).toEqual(buildsFor(process.platform, process.arch));
    expect(plan.python).toBe('3.12.4');
    expect(plan.folder).toBe(join(data.path, 'torch'));
    expect(plan.downloadBytes).toBe(sourceOf(plan.build).downloadBytes);
    expect(plan.freeBytes).toBeGreaterThan(0);
    const other = await service.handlers['torch:plan']({ build: 'cpu' });
    expect([other.build, other.downloadBytes]).toEqual(['cpu', sourceOf('cpu').downloadBytes]);
    // Apple's, which this is not.
    await expect(service.handlers['torch:plan']({ build: 'mps' })).rejects.toThrow('has no such build');
  });

  it('needs a Python to be made of', async () => {
    await expect(around([]).service.handlers['torch:plan']({})).rejects.toThrow('There is no Python 3.10 or newer');
  });

  it('is no more than begun where pip’s lines say so', () => {
    const told: [number, string][] = [];
    const downloads = new Downloads(1_000, (fraction, message) => told.push([fraction, message]));
    for (const line of [
      'Collecting torch<3.0,>=2.5',
      '  Downloading torch-2.15.0-cp312-manylinux.whl (539.1 MB)',
      'Progress 0 of 600',
      'Progress 300 of 600',
      'Progress 600 of 600',
      '  Downloading https://somewhere/numpy-2.4.6-cp312.whl (16 MB)',
      'Progress 200 of 200',
      'Installing collected packages: numpy, torch',
    ]) {
      downloads.read(line);
    }
    expect(told).toEqual([
      [0, 'Fetching torch'],
      [0, 'Fetching torch'],
      [0.3, 'Fetching torch'],
      [0.6, 'Fetching torch'],
      [0.6, 'Fetching numpy'],
      [0.8, 'Fetching numpy'],
      [0.8, 'Unpacking'],
    ]);
  });

  it.each([
    ['OSError: [Errno 28] No space left on device', 'disk-full', 'no room'],
    ['Failed to establish a new connection: Temporary failure in name resolution', 'not-found', 'does not reach them'],
    [
      'The virtual environment was not created successfully because ensurepip is not available.',
      'refused',
      'python3-venv',
    ],
    ['ERROR: No matching distribution found for torch<3.0,>=2.5', 'refused', 'There is no torch<3.0,>=2.5'],
    ['something\nelse', 'refused', 'exit code 1. else'],
  ])('fails with %j as %s', (log, code, words) => {
    const problem = problemIn(log, '/a/python', 1);
    expect([problem.code, problem.message.includes(words), problem.detail]).toEqual([code, true, log]);
  });
});
