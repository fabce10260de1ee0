import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Artifact } from '../../electron/contract/cluster.ts';

export const TOKEN = 'let-me-in';
/** Of the recorded answers: a node's id as Ray gives it. */
const NODE = 'c0ffee'.repeat(9);

export interface FakeJob {
  status: 'PENDING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'STOPPED';
  message: string;
  log: string;
  readonly request: Record<string, unknown>;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
}

/**
 * A Ray head as the client sees it, with the answers that Ray 2.60.0 was recorded to give: browsers refused, addresses with and
 * without their slash, a live log that begins anew with each connection.
 */
export class FakeRay {
  version = '2.60.0';
  token: string | undefined = TOKEN;
  /** Bytes of one body. */
  mostBytes = 104_857_600;
  /** Whether the live log may be had at all, as through a proxy that knows no WebSockets. */
  isLive = true;
  /** Characters after which a live log closes cleanly, as Ray's does. */
  closesAfter = Number.POSITIVE_INFINITY;
  /** Uploads are taken and never answered, as on a network that has stalled. */
  holdsUploads = false;
  /** Answers to come that are dropped in the middle. */
  hangUps = 0;
  readonly packages = new Map<string, Buffer>();
  readonly jobs = new Map<string, FakeJob>();
  readonly files = new Map<string, Buffer>();
  readonly asked: Asked[] = [];
  private readonly server: Server;
  private readonly sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  private readonly tails = new Set<{ readonly socket: WebSocket; readonly job: FakeJob; sent: number }>();
  private waiting: (() => void)[] = [];

  private constructor() {
    this.server = createServer((request, response) => void this.answer(request, response));
    this.server.on('upgrade', (request, socket, head) => {
      const job = this.jobs.get(/^\/api\/jobs\/([^/]+)\/logs\/tail$/.exec(request.url ?? '')?.[1] ?? '');
      this.note(request);
      if (job === undefined || !this.isLive || this.refusal(request) !== undefined) return void socket.destroy();
      // Ray's stream comes out empty where compression was agreed on.
      const isEmpty = request.headers['sec-websocket-extensions'] !== undefined;
      this.sockets.handleUpgrade(request, socket, head, (open) => {
        if (isEmpty) return open.close(1000);
        const tail = { socket: open, job, sent: 0 };
        this.tails.add(tail);
        open.on('close', () => this.tails.delete(tail));
        this.stream(tail);
      });
    });
  }

  static async start(): Promise<FakeRay> {
    const ray = new FakeRay();
    ray.server.listen(0, '127.0.0.1');
    await once(ray.server, 'listening');
    return ray;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** As a head that is started anew: all it knew is gone. */
  forget(): void {
    for (const { socket } of this.tails) socket.terminate();
    for (const known of [this.packages, this.jobs, this.files]) known.clear();
    this.wake();
  }

  async close(): Promise<void> {
    for (const { socket } of this.tails) socket.terminate();
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  get onlyJob(): FakeJob {
    const [job] = this.jobs.values();
    if (job === undefined) throw new Error('Expected a job, found none.');
    return job;
  }

  addJob(submission: string, log = ''): FakeJob {
    const job: FakeJob = { status: 'RUNNING', message: '', log, request: {} };
    this.jobs.set(submission, job);
    return job;
  }

  /** The job prints messages. */
  print(job: FakeJob, ...messages: readonly (readonly [kind: string, fields?: object])[]): void {
    job.log += messages.map(([kind, fields = {}]) => `@@${kind} ${JSON.stringify(fields)}\n`).join('');
    for (const tail of this.tails) this.stream(tail);
  }

  end(job: FakeJob, status: FakeJob['status'], message = ''): void {
    job.status = status;
    job.message = message;
    for (const tail of this.tails) if (tail.job === job) tail.socket.close(1000);
  }

  /** Puts weights where the node's log endpoint serves them. @returns what the job says of them */
  leave(weights: Artifact['weights'], epoch: number, content: Uint8Array): Artifact {
    const file = `studio-${weights}-${epoch}.safetensors`;
    this.files.set(file, Buffer.from(content));
    const sha256 = createHash('sha256').update(content).digest('hex');
    return { weights, epoch, file, bytes: content.byteLength, sha256, node: NODE };
  }

  /** Resolves when something was asked that the test waits for. */
  async untilAsked(matches: (asked: Asked) => boolean): Promise<void> {
    while (!this.asked.some(matches)) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  private stream(tail: { readonly socket: WebSocket; readonly job: FakeJob; sent: number }): void {
    const text = tail.job.log.slice(tail.sent, this.closesAfter);
    if (text !== '') tail.socket.send(text);
    tail.sent += text.length;
    if (tail.sent >= this.closesAfter || tail.job.status !== 'RUNNING') tail.socket.close(1000);
  }

  private note({ method = '', url = '', headers }: IncomingMessage): void {
    this.asked.push({ method, path: url, headers });
    this.wake();
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  private refusal({ headers, method }: IncomingMessage): readonly [number, string] | undefined {
    if (this.token !== undefined && headers.authorization !== `Bearer ${this.token}`) {
      return headers.authorization === undefined ? [401, 'Unauthorized'] : [403, 'Forbidden'];
    }
    const isBrowser = headers['sec-fetch-mode'] !== undefined || (headers['user-agent'] ?? '').startsWith('Mozilla');
    if (isBrowser && method !== 'GET') return [405, `'${method}' method not allowed for browser traffic.`];
    return undefined;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    this.note(request);
    if (this.hangUps > 0) {
      this.hangUps -= 1;
      return void response.destroy();
    }
    if (this.holdsUploads && request.method === 'PUT') return;
    const [status, body] = this.refusal(request) ?? this.found(request, Buffer.concat(chunks));
    response.writeHead(status);
    response.end(typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body));
  }

  private found({ method, url = '' }: IncomingMessage, body: Buffer): readonly [number, object | string] {
    const { pathname, searchParams } = new URL(url, this.address);
    const [, packaged] = /^\/api\/packages\/gcs\/([^/]+)$/.exec(pathname) ?? [];
    if (pathname === '/api/version') return [200, { version: '4', ray_version: this.version, ray_commit: 'recorded' }];
    if (pathname === '/api/v0/nodes') return [200, nodes];
    if (pathname === '/api/cluster_status') return [200, usage];
    if (pathname === '/api/v0/logs/file') {
      const file = this.files.get(searchParams.get('filename') ?? '');
      if (file === undefined) return [500, 'Internal Server Error'];
      return [200, searchParams.get('lines') === '-1' ? file : file.subarray(-100)];
    }
    if (packaged !== undefined) return this.package(method ?? '', packaged, body);
    if (pathname === '/api/jobs/' && method === 'POST') return this.submit(JSON.parse(body.toString()) as never);
    const submission = pathname.split('/')[3] ?? '';
    const job = this.jobs.get(submission);
    if (!pathname.startsWith('/api/jobs/') || job === undefined) return [404, `Job ${submission} does not exist`];
    if (pathname.endsWith('/logs')) return [200, { logs: job.log }];
    if (pathname.endsWith('/stop')) {
      this.end(job, 'STOPPED', 'Job was intentionally stopped.');
      return [200, { stopped: true }];
    }
    if (method === 'DELETE') return [200, { deleted: this.jobs.delete(submission) }];
    return [200, { status: job.status, message: job.message, submission_id: submission }];
  }

  private package(method: string, name: string, body: Buffer): readonly [number, object | string] {
    if (method === 'PUT') {
      if (body.byteLength > this.mostBytes) return [413, 'Maximum request body size exceeded'];
      this.packages.set(name, body);
      return [200, 'OK'];
    }
    return this.packages.has(name) ? [200, 'OK'] : [404, 'Not Found'];
  }

  private submit(request: {
    readonly submission_id: string;
    readonly runtime_env: { readonly py_modules?: readonly string[] };
  }): readonly [number, object | string] {
    if (this.jobs.has(request.submission_id)) return [500, 'already exists'];
    const job: FakeJob = { status: 'RUNNING', message: '', log: '', request: { ...request } };
    this.jobs.set(request.submission_id, job);
    if (request.runtime_env.py_modules?.length === 0) this.end(job, 'FAILED', 'runtime_env setup failed');
    return [200, { job_id: request.submission_id, submission_id: request.submission_id }];
  }
}

const node = (state: string, cpus: number, gpus: number) => ({
  node_id: NODE,
  state,
  resources_total: { CPU: cpus, memory: 8e9, ...(gpus > 0 ? { GPU: gpus } : {}) },
});
const nodes = {
  result: true,
  data: { result: { total: 3, result: [node('ALIVE', 4, 0), node('ALIVE', 8, 2), node('DEAD', 64, 8)] } },
};
const usage = {
  result: true,
  data: {
    clusterStatus: {
      loadMetricsReport: { usage: { CPU: [3, 12], GPU: [0, 2], memory: [1e9, 16e9] }, resourceDemand: [] },
    },
  },
};
