import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bytesEachStep } from '../../electron/contract/cluster-traffic.ts';
import { layOut } from '../../electron/domain/model-layout.ts';
import { presetExperiment, presets } from '../../electron/domain/presets.ts';
import { jobSources } from '../../electron/cluster/package-job.ts';
import { traineeSources } from '../../electron/training/torch/trainee-folder.ts';

const ROOT = join(import.meta.dirname, '../..');

it('docs/cluster.md has the figures that follow from the presets', () => {
  const rows = readFileSync(join(ROOT, 'docs/cluster.md'), 'utf8').matchAll(/^\| ([^|]+?) +\| ([\d,]+) +\|(.*)\|$/gm);
  const found = [...rows].map(([, name, parameters, megabytes]) => [
    name,
    parameters,
    megabytes!.split('|').map((cell) => cell.trim()),
  ]);
  expect(found).toHaveLength(5);
  for (const [name, parameters, megabytes] of found) {
    const preset = presets.find((each) => each.name === name)!;
    const { model } = presetExperiment(preset, 'mnist', [28, 28, 1]);
    expect(parameters).toBe(layOut(model).parameters.toLocaleString('en'));
    expect(megabytes).toEqual([2, 4, 8].map((workers) => (bytesEachStep(model, workers) / 1e6).toFixed(2)));
  }
});

it('a job is sent with all the modules that it imports, and so is a trainee on this computer', () => {
  const folder = join(ROOT, 'resources/cluster/studio');
  const files = readdirSync(folder).filter((name) => name.endsWith('.py'));
  const importedBy = (names: readonly string[]): string[] =>
    names.flatMap((name) => {
      const source = readFileSync(join(folder, `${name}.py`), 'utf8');
      const lists = [...source.matchAll(/^ *from \.(?:(\w+))? import ([\w, ]+)/gm)];
      return lists.flatMap(([, module, things]) => (module === undefined ? things!.split(', ') : [module]));
    });
  for (const sources of [jobSources, traineeSources]) {
    expect(new Set([...sources, ...importedBy(sources)])).toEqual(new Set(sources));
  }
  // The probe is given to Python by its text.
  const known = new Set([...jobSources, ...traineeSources, 'probe'].map((name) => `${name}.py`));
  expect(new Set(files)).toEqual(known);
});
