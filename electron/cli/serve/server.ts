import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { StudioError } from '../../domain/errors.ts';
import type { Port, Report } from '../../contract/rpc.ts';
import { UPLOAD_PREFIX } from '../../contract/upload.ts';
import { pageFile, pageHeaders } from '../../host/page-files.ts';
import type { Downloads } from './downloads.ts';
import { Gate } from './gate.ts';
import { serveLimits, type ServeLimits } from './limits.ts';
import { socketPort } from './socket-port.ts';
import type { Uploads } from './uploads.ts';

/** The only address that is listened on: a person elsewhere comes through a tunnel of their own. */
const LOOPBACK = '127.0.0.1';

export interface StudioServerOptions {
  readonly port: number;
  readonly pageFolder: string;
  readonly downloads: Downloads;
  readonly uploads: Uploads;
  /** Answers a window until the returned function is called. */
  readonly serveWindow: (port: Port) => () => void;
  readonly report: Report;
  readonly limits?: Partial<ServeLimits>;
}

/** The page and its socket on this machine only, for those who have the address with its token. */
export class StudioServer {
  readonly #options: StudioServerOptions;
  readonly #server: Server;
  readonly #limits: ServeLimits;
  readonly #sockets: WebSocketServer;
  readonly #gate: Gate;

  private constructor(options: StudioServerOptions, limits: ServeLimits, server: Server) {
    this.#options = options;
    this.#limits = limits;
    this.#server = server;
    this.#sockets = new WebSocketServer({ noServer: true, maxPayload: limits.messageBytes, perMessageDeflate: false });
    this.#gate = new Gate(this.#port, limits.wrongTokensPerMinute);
    server.on('request', (request, response) => void this.#answer(request, response));
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** @throws StudioError `refused` when the port is taken. */
  static async listen(options: StudioServerOptions): Promise<StudioServer> {
    const limits = { ...serveLimits, ...options.limits };
    const server = createServer({
      headersTimeout: limits.headMilliseconds,
      connectionsCheckingInterval: limits.headMilliseconds / 4,
      // A large upload through a slow tunnel takes as long as it takes.
      requestTimeout: 0,
    });
    server.timeout = limits.idleMilliseconds;
    server.maxConnections = limits.connections;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause: NodeJS.ErrnoException) => {
        const taken = cause.code === 'EADDRINUSE' ? 'is taken' : `cannot be listened on (${cause.code})`;
        const message = `Port ${options.port} ${taken}: name another with --port, or leave it out.`;
        reject(new StudioError('refused', message, { cause }));
      });
      server.listen(options.port, LOOPBACK, resolve);
    });
    return new StudioServer(options, limits, server);
  }

  /** The address that lets a browser in. */
  get address(): string {
    return `http://${LOOPBACK}:${this.#port}/?token=${this.#gate.token}`;
  }

  async close(): Promise<void> {
    for (const client of this.#sockets.clients) client.terminate();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get #port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(pageHeaders)) response.setHeader(name, value);
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
    try {
      await this.#answerChecked(request, response);
    } catch (error) {
      this.#options.report(`${request.method} ${request.url?.split('?')[0]}: ${String(error)}`);
      if (response.headersSent) response.destroy();
      else end(response, 500, 'Something went wrong; the terminal says what.');
    }
  }

  async #answerChecked(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gate = this.#gate;
    const { headers } = request;
    if (!gate.isForUs(headers)) return refuse(response, 403, 'This address is not one of this machine.');
    if (!gate.isFromUs(headers)) return refuse(response, 403, 'Another page may not ask this.');
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    if (request.method === 'POST' && pathname.startsWith(UPLOAD_PREFIX)) {
      if (!gate.admitsAct(headers)) return refuse(response, 403, 'Only the app’s own page may upload.');
      return this.#options.uploads.receive(pathname, request, response);
    }
    if (request.method !== 'GET') return refuse(response, 405, 'Only GET is answered here.');
    const token = searchParams.get('token');
    if (token !== null) return this.#letIn(token, response);
    if (!gate.hasCookie(headers))
      return refuse(response, 403, 'Open the whole address the app printed, token included.');
    if (pathname.startsWith('/download/')) {
      if (await this.#options.downloads.send(pathname, response)) return;
      return end(response, 404, 'This download is over: export it again.');
    }
    const file = pageFile(this.#options.pageFolder, pathname);
    const bytes = file && (await readFile(file.path).catch(() => undefined));
    if (!bytes) return end(response, 404, 'Not found.');
    response.writeHead(200, { 'Content-Type': file.contentType }).end(bytes);
  }

  #letIn(token: string, response: ServerResponse): void {
    const verdict = this.#gate.judgeToken(token);
    if (verdict === 'too-many') {
      response.setHeader('Retry-After', '60');
      return refuse(response, 429, 'Too many wrong tokens were tried: wait a minute.');
    }
    if (verdict === 'wrong') return refuse(response, 403, 'The token in this address is not the right one.');
    response.setHeader('Set-Cookie', this.#gate.cookieHeader());
    response.writeHead(303, { Location: '/' }).end();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const turnAway = (status: string) =>
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
    if (request.url !== '/socket' || !this.#gate.admitsAct(request.headers)) return void turnAway('403 Forbidden');
    if (this.#sockets.clients.size >= this.#limits.windows) return void turnAway('503 Service Unavailable');
    this.#sockets.handleUpgrade(request, socket, head, (client) => {
      const leave = this.#options.serveWindow(socketPort(client, this.#limits.waitingBytes, this.#options.report));
      client.on('close', leave);
      client.on('error', (error) => this.#options.report(`A window's socket broke: ${error.message}`));
    });
  }
}

function end(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${sentence}\n`);
}

/** To a stranger: what else they send is not read. */
function refuse(response: ServerResponse, status: number, sentence: string): void {
  response.setHeader('Connection', 'close');
  end(response, status, sentence);
}
