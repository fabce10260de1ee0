import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { NetworkWatch } from './network-watch.ts';

/** Runs a script in a watched process. @returns what it asked of a network */
async function watched(script: string): Promise<readonly string[]> {
  const watch = await NetworkWatch.begin();
  const env = { ...process.env, ...watch.env };
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], { env });
  return watch.end();
}

const ignored = '.catch(() => undefined)';

describe('the watch on the network', () => {
  it.each([
    ['fetch', `await fetch('http://127.0.0.1:4/')${ignored}`, ['connect 127.0.0.1:4']],
    ['TLS', `(await import('node:tls')).connect(4, '127.0.0.1').on('error', () => undefined)`, ['connect 127.0.0.1:4']],
    [
      'a socket',
      `(await import('node:net')).connect({ port: 4, host: '::1' }).on('error', () => undefined)`,
      ['connect ::1:4'],
    ],
    ['a name', `await (await import('node:dns')).promises.lookup('localhost')`, ['look up localhost']],
    [
      'UDP',
      `const s = (await import('node:dgram')).createSocket('udp4'); s.send('x', 4, '127.0.0.1', () => s.close())`,
      ['send by UDP'],
    ],
    [
      'a server',
      `const s = (await import('node:net')).createServer().listen(0, '127.0.0.1', () => s.close())`,
      ['listen 127.0.0.1:0'],
    ],
    [
      'a thread',
      `new (await import('node:worker_threads')).Worker("fetch('http://127.0.0.1:4/')${ignored}", { eval: true })`,
      ['connect 127.0.0.1:4'],
    ],
    [
      'a child',
      `(await import('node:child_process')).execFileSync(process.execPath, ['-e', "fetch('http://127.0.0.1:4/')${ignored}"])`,
      ['connect 127.0.0.1:4'],
    ],
  ])('sees %s', async (_, script, asked) => {
    expect([...new Set(await watched(script))]).toEqual(asked);
  });

  it('sees nothing in a socket of the file system, nor in one of a process’s own pipes', async () => {
    const script = `
      import { createServer, connect } from 'node:net';
      import { execFileSync } from 'node:child_process';
      import { mkdtempSync, rmSync } from 'node:fs';
      import { tmpdir } from 'node:os';
      import { join } from 'node:path';
      const folder = mkdtempSync(join(tmpdir(), 'pipe-'));
      const path = process.platform === 'win32' ? '\\\\\\\\.\\\\pipe\\\\studio-' + process.pid : join(folder, 'socket');
      const server = createServer((socket) => socket.end());
      server.listen(path, () => connect(path).on('close', () => {
        server.close();
        rmSync(folder, { recursive: true });
      }).resume());
      execFileSync(process.execPath, ['--version']);`;
    expect(await watched(script)).toEqual([]);
  });
});
