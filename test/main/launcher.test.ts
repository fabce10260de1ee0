import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect, it, vi } from 'vitest';
import type { EngineEnd } from '../../electron/host/engine-process.ts';
import { launchEngine } from '../../electron/main/launcher.ts';

/** As Electron's: it tells of the end, then lets go of stderr, whatever of it has been read. */
class UtilityProcess extends EventEmitter {
  readonly pipe = new PassThrough();
  readonly sent: unknown[] = [];
  stderr: PassThrough | null = this.pipe;
  pid: number | undefined;
  kills = 0;

  end(code: number): void {
    this.emit('exit', code);
    this.pid = undefined;
    this.pipe.removeAllListeners();
    this.stderr = null;
  }

  postMessage(message: unknown): void {
    this.sent.push(message);
  }

  kill(): boolean {
    this.kills += 1;
    return true;
  }
}

const electron = vi.hoisted(() => ({ forked: [] as unknown[] }));

vi.mock('electron', () => ({
  utilityProcess: {
    fork: () => {
      const child = new UtilityProcess();
      electron.forked.push(child);
      return child;
    },
  },
}));

function launch() {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const engine = launchEngine('/app/engine.js', '/data', undefined);
  const child = electron.forked.at(-1) as UtilityProcess;
  const ended = new Promise<EngineEnd>((resolve) => engine.onExit(resolve));
  return { engine, child, ended };
}

it('has an engine’s last words, though they come after its end was told', async () => {
  const { child, ended } = launch();
  child.pipe.write('terminate called after throwing\n');
  child.end(134);
  setTimeout(() => child.pipe.end('Aborted: out of luck'), 20);
  expect(await ended).toEqual({ code: 134, lastWords: 'terminate called after throwing\nAborted: out of luck' });
});

it('waits a second at most for what never ends', async () => {
  const { child, ended } = launch();
  child.pipe.write('a child of it goes on\n');
  child.end(1);
  expect(await ended).toEqual({ code: 1, lastWords: 'a child of it goes on' });
});

it('tells where V8 could not go on, and is not ended by it', async () => {
  const { child, ended } = launch();
  child.emit('error', 'FatalError', 'v8::ToLocalChecked', '{}');
  child.pipe.end();
  child.end(132);
  expect(await ended).toEqual({ code: 132, lastWords: 'FatalError: V8 could not go on in v8::ToLocalChecked.' });
});

it('ends by force what has an id, and asks what has none yet', () => {
  const { engine, child } = launch();
  engine.kill(true);
  expect(child.kills).toBe(1);
  const killed = vi.spyOn(process, 'kill').mockReturnValue(true);
  child.pid = 4_321;
  engine.kill(true);
  expect(killed).toHaveBeenCalledWith(4_321, 'SIGKILL');
  killed.mockImplementation(() => {
    throw Object.assign(new Error('no such process'), { code: 'ESRCH' });
  });
  engine.kill(true);
  expect(child.kills).toBe(1);
  killed.mockRestore();
});

it('sends the engine no more than a view shows of its buffer', () => {
  const { engine, child } = launch();
  engine.post({ pixels: new Uint8Array(new ArrayBuffer(1_000), 0, 10) });
  expect((child.sent[0] as { pixels: Uint8Array }).pixels.buffer.byteLength).toBe(10);
});
