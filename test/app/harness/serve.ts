import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { projectRoot } from '../../../scripts/step.ts';
import { expect } from './expect.ts';
import { NetworkWatch } from './network-watch.ts';

export interface Served {
  /** With its token. */
  readonly address: string;
  close(): Promise<void>;
}

/** `serve` from the built app, on a free port: all it may ask of a network is to listen on this machine. */
export async function serve(dataFolder: string): Promise<Served> {
  const cli = join(projectRoot, 'out', 'main', 'cli.js');
  const network = await NetworkWatch.begin();
  const child = spawn(process.execPath, [cli, 'serve', '--data', dataFolder], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...network.env },
  });
  const gone = once(child, 'exit');
  const first = once(createInterface({ input: child.stdout }), 'line').then(([line]) => String(line));
  const address = await Promise.race([first, gone.then(() => undefined)]);
  if (address === undefined) throw new Error(`serve ended before it printed its address: exit code ${child.exitCode}.`);
  return {
    address,
    close: async () => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
      await gone;
      clearTimeout(timer);
      if (child.exitCode !== 0) throw new Error(`serve did not end as it should: exit code ${child.exitCode}.`);
      expect(await network.end()).toEqual(['listen 127.0.0.1:0']);
    },
  };
}

/** The status of a request with any headers, its Host included. */
export async function statusOf(address: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  const sent = request(address, { headers });
  sent.end();
  const [response] = (await once(sent, 'response')) as [{ statusCode: number; resume(): void }];
  response.resume();
  return response.statusCode;
}
