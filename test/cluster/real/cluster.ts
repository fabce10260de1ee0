import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, openSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StudioError } from '../../../electron/domain/errors.ts';
import { RayClient } from '../../../electron/cluster/ray-client.ts';

const PATIENCE_MS = 300_000;

/** A Ray head and a second node, both on this machine, with a token: one core each, so that two workers lie on two nodes. */
export class RealCluster {
  readonly address: string;
  readonly token: string;
  private readonly nodes: ChildProcess[] = [];
  private readonly logs: string[] = [];

  private constructor(port: number, token: string) {
    this.address = `http://127.0.0.1:${port}`;
    this.token = token;
  }

  /**
   * @param python of an environment that has Ray
   * @param folder for what the nodes write; a node whose folder another shares would lose its files to it
   */
  static async start(python: string, folder: string): Promise<RealCluster> {
    const [head, dashboard, agent] = (await Promise.all([freePort(), freePort(), freePort()])) as [
      number,
      number,
      number,
    ];
    const cluster = new RealCluster(dashboard, randomBytes(32).toString('hex'));
    const tokenPath = join(folder, 'token');
    writeFileSync(tokenPath, cluster.token, { mode: 0o600 });
    const common = ['--num-cpus', '1', '--object-store-memory', '200000000', '--disable-usage-stats', '--block'];
    const begin = (name: string, args: readonly string[]): void => {
      const own = join(folder, name);
      mkdirSync(own);
      const logPath = join(folder, `${name}.log`);
      cluster.logs.push(logPath);
      const log = openSync(logPath, 'w');
      const env = { ...process.env, PATH: `${dirname(python)}:${process.env['PATH']}` };
      const auth = { RAY_AUTH_MODE: 'token', RAY_AUTH_TOKEN_PATH: tokenPath };
      const node = spawn(join(dirname(python), 'ray'), ['start', ...args, ...common, '--temp-dir', own], {
        env: { ...env, ...auth },
        stdio: ['ignore', log, log],
      });
      cluster.nodes.push(node);
    };
    const dashboardAt = ['--dashboard-host', '127.0.0.1', '--dashboard-port', String(dashboard)];
    begin('head', ['--head', '--port', String(head), ...dashboardAt]);
    try {
      await cluster.untilNodes(1);
      begin('second', ['--address', `127.0.0.1:${head}`, '--dashboard-agent-listen-port', String(agent)]);
      await cluster.untilNodes(2);
      return cluster;
    } catch (error) {
      await cluster.close();
      throw error;
    }
  }

  get client(): RayClient {
    return new RayClient(this.address, this.token);
  }

  /** The processes that train, by Ray's own name for them. */
  workerProcesses(): readonly number[] {
    return this.ownProcesses()
      .filter(({ command }) => command.startsWith('ray::RayTrainWorker'))
      .map(({ id }) => id);
  }

  /** Memory of both nodes and their jobs, what processes share counted once. */
  memoryBytes(): number {
    return this.ownProcesses().reduce((sum, { id }) => sum + proportionalBytes(id), 0);
  }

  private ownProcesses(): readonly Process[] {
    const all = processes();
    const parents = new Map(all.map(({ id, parent }) => [id, parent]));
    const roots = new Set(this.nodes.map(({ pid }) => pid));
    const isOurs = (id: number | undefined): boolean => id !== undefined && (roots.has(id) || isOurs(parents.get(id)));
    return all.filter(({ id }) => isOurs(id));
  }

  /** Ends both nodes, and with each all that it has started. */
  async close(): Promise<void> {
    for (const node of this.nodes.reverse()) {
      if (node.exitCode !== null || node.signalCode !== null) continue;
      node.kill('SIGTERM');
      const force = setTimeout(() => node.kill('SIGKILL'), 30_000);
      await once(node, 'exit');
      clearTimeout(force);
    }
  }

  private async untilNodes(count: number): Promise<void> {
    const until = Date.now() + PATIENCE_MS;
    for (;;) {
      const found = await this.client.describe().catch(() => undefined);
      if (found !== undefined && found.nodes >= count && (found.freeCpus ?? 0) >= count) return;
      const dead = this.nodes.find(({ exitCode }) => exitCode !== null);
      if (dead !== undefined || Date.now() > until) {
        throw new StudioError('not-found', `Expected ${count} nodes of Ray, found ${found?.nodes ?? 'none'}.`, {
          detail: this.logs.map((path) => readFileSync(path, 'utf8').slice(-2_000)).join('\n'),
        });
      }
      await sleep(500);
    }
  }
}

interface Process {
  readonly id: number;
  readonly parent: number;
  readonly command: string;
}

/** From Linux's /proc. */
function processes(): readonly Process[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      return [{ id: Number(name), parent, command: readFileSync(`/proc/${name}/cmdline`, 'utf8') }];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });
}

function proportionalBytes(id: number): number {
  try {
    const kilobytes = /^Pss: +(\d+) kB$/m.exec(readFileSync(`/proc/${id}/smaps_rollup`, 'utf8'))?.[1];
    return Number(kilobytes ?? 0) * 1_024;
  } catch {
    return 0;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
