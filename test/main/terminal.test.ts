import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commandLineArguments, runInTerminal } from '../../electron/main/terminal.ts';

/** What the app has asked of Electron, which is not there, in order. */
const asked = vi.hoisted(() => [] as string[]);

vi.mock('electron', () => ({
  app: {
    disableHardwareAcceleration: () => asked.push('no acceleration'),
    whenReady: () => Promise.resolve(asked.push('ready')),
    exit: (status: number) => asked.push(`exit ${status}`),
  },
  utilityProcess: {},
}));

describe('the arguments of a command line', () => {
  it.each([
    [
      ['/opt/autoencoder-studio', 'cli', 'train', '--epochs', '2'],
      ['train', '--epochs', '2'],
    ],
    [['/opt/autoencoder-studio', '--no-sandbox', 'cli', 'export'], ['export']],
    [['/opt/autoencoder-studio', 'cli'], []],
    [['/opt/autoencoder-studio', 'cli', 'cli'], ['cli']],
    [['/opt/autoencoder-studio'], undefined],
    [['/opt/autoencoder-studio', '--data=cli'], undefined],
    [['/opt/autoencoder-studio', '/home/ada/cli'], undefined],
    [['/opt/autoencoder-studio', '/home/ada/digits.aestudio', 'cli'], undefined],
  ])('of the installed app: %j', (argv, expected) => {
    expect(commandLineArguments(argv, true)).toEqual(expected);
  });

  it('follow the app’s folder before it is packaged', () => {
    expect(commandLineArguments(['electron', '.', 'cli', 'train'], false)).toEqual(['train']);
    expect(commandLineArguments(['electron', 'cli'], false)).toBeUndefined();
  });
});

describe('the app as a command line', () => {
  let folder: string;
  /** What the program makes of an exception, or of a rejection, that nobody catches. */
  let uncaught: Map<string | symbol, (error: Error) => void>;

  beforeEach(() => {
    asked.length = 0;
    folder = mkdtempSync(join(tmpdir(), 'terminal-'));
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    uncaught = new Map();
    vi.spyOn(process, 'on').mockImplementation((name, listener) => {
      uncaught.set(name, listener);
      return process;
    });
    vi.spyOn(process.stdout, 'write').mockImplementation((...args: unknown[]) => {
      (args.at(-1) as () => void)();
      return true;
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
    process.exitCode = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  const program = (body: string) =>
    writeFileSync(join(folder, 'command-line.js'), `export async function runCommandLine({ args, entry }) { ${body} }`);

  it('opens no window, and ends with the program’s status', async () => {
    program(
      'if (args.join() !== "train,--json" || !entry.endsWith("command-line.js")) throw args; process.exitCode = 3;',
    );
    await runInTerminal(['train', '--json'], folder);
    expect(asked).toEqual(['no acceleration', 'ready', 'exit 3']);
  });

  it('says what went wrong in the program, and ends with 1', async () => {
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    program('throw new Error("out of luck");');
    await runInTerminal([], folder);
    expect(said.mock.calls.flat().join('')).toContain('out of luck');
    expect(asked.at(-1)).toBe('exit 1');
  });

  it.each(['uncaughtException', 'unhandledRejection'])('ends with 1, without a box, on an %s', async (event) => {
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    program('');
    await runInTerminal([], folder);
    uncaught.get(event)!(new Error('nobody caught it'));
    expect(said.mock.calls.flat().join('')).toContain('nobody caught it');
    expect(asked.at(-1)).toBe('exit 1');
  });
});
