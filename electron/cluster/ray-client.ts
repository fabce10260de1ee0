import type { FileHandle } from 'node:fs/promises';
import * as v from 'valibot';
import { RAY_VERSIONS, TOKEN_VARIABLE, type Artifact, type ClusterDescription } from '../contract/cluster.ts';
import { ClusterError } from './cluster-error.ts';
import { receive, send, type HttpAnswer, type HttpRequest } from './http.ts';

/** Ray's own limit for one body. */
export const MOST_PACKAGE_BYTES = 104_857_600;

const VersionSchema = v.object({ ray_version: v.string() });
const JobSchema = v.object({
  status: v.picklist(['PENDING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'STOPPED']),
  message: v.nullish(v.string()),
});
const LogSchema = v.object({ logs: v.string() });
const Resources = v.record(v.string(), v.unknown());
const NodesSchema = v.object({
  data: v.object({
    result: v.object({ result: v.array(v.object({ state: v.string(), resources_total: v.nullish(Resources) })) }),
  }),
});
const UsageSchema = v.object({
  data: v.object({
    clusterStatus: v.object({
      loadMetricsReport: v.object({ usage: v.record(v.string(), v.tuple([v.number(), v.number()])) }),
    }),
  }),
});

export type JobStatus = v.InferOutput<typeof JobSchema>['status'];
export interface JobState {
  readonly status: JobStatus;
  readonly message: string;
}

export interface JobRequest {
  readonly submission: string;
  readonly entrypoint: string;
  /** Package names, as `uploadPackage` was given them. */
  readonly workingDirectory: string;
  readonly modules: readonly string[];
}

/**
 * A cluster's Jobs REST API (docs.ray.io, "Ray Jobs REST API"). All its calls throw a ClusterError: `unreachable`, `token-missing`,
 * `token-wrong`, `not-ray` or `refused`, besides what they name themselves.
 */
export class RayClient {
  readonly address: string;
  private readonly token: string | undefined;

  /** @param address the dashboard's; a path in it (of a proxy) is kept */
  constructor(address: string, token: string | undefined) {
    this.address = address.replace(/\/+$/, '');
    this.token = token;
  }

  /** @throws ClusterError `wrong-version` outside the range that is supported */
  async checkVersion(): Promise<string> {
    const { ray_version: found } = await this.json(VersionSchema, { method: 'GET', path: 'api/version' });
    if (isSupported(found)) return found;
    const { least, below } = RAY_VERSIONS;
    throw new ClusterError(
      'wrong-version',
      `${this.address}: expected Ray from ${least} to before ${below}, found ${found}.`,
    );
  }

  /** Ray's version, and what the nodes have. Throws as `checkVersion`. */
  async describe(): Promise<ClusterDescription> {
    const rayVersion = await this.checkVersion();
    const { data } = await this.json(NodesSchema, { method: 'GET', path: 'api/v0/nodes?detail=true&limit=10000' });
    const alive = data.result.result.filter(({ state }) => state === 'ALIVE');
    const sum = (name: string): number =>
      alive.reduce((total, { resources_total: own }) => total + Number(own?.[name] ?? 0), 0);
    const whole = { address: this.address, rayVersion, nodes: alive.length, cpus: sum('CPU'), gpus: sum('GPU') };
    return { ...whole, ...(await this.free()) };
  }

  /** What is not in use; a cluster that does not say keeps nobody from training there. */
  private async free(): Promise<Partial<ClusterDescription>> {
    const status = await this.json(UsageSchema, { method: 'GET', path: 'api/cluster_status' }).catch(
      (error: unknown) => {
        if (error instanceof ClusterError && error.problem === 'not-ray') return undefined;
        throw error;
      },
    );
    if (status === undefined) return {};
    const { usage } = status.data.clusterStatus.loadMetricsReport;
    const left = (name: string): number => {
      const [used, total] = usage[name] ?? [0, 0];
      return total - used;
    };
    return { freeCpus: left('CPU'), freeGpus: left('GPU'), freeMemoryBytes: left('memory') };
  }

  /** Whether the cluster holds a package of this name (which tells its content) already. */
  async hasPackage(name: string): Promise<boolean> {
    const { status } = await this.ask({ method: 'GET', path: packagePath(name) }, [200, 404]);
    return status === 200;
  }

  /** @throws ClusterError `too-large` beyond what the cluster takes at once */
  async uploadPackage(name: string, zip: Uint8Array, signal?: AbortSignal): Promise<void> {
    const tooLarge = (): ClusterError =>
      new ClusterError(
        'too-large',
        `${this.address}: expected a package of at most ${MOST_PACKAGE_BYTES.toLocaleString('en')} bytes, found ${zip.byteLength.toLocaleString('en')}.`,
      );
    if (zip.byteLength > MOST_PACKAGE_BYTES) throw tooLarge();
    const question = { method: 'PUT', path: packagePath(name), body: zip, ...(signal ? { signal } : {}) } as const;
    const { status } = await this.ask(question, [200, 413]);
    // A proxy on the way may take less than Ray itself.
    if (status === 413) throw tooLarge();
  }

  /** Submits a job under a name of our own, so that one whose answer was lost is found again. */
  async submit({ submission, entrypoint, workingDirectory, modules }: JobRequest): Promise<void> {
    const body = Buffer.from(
      JSON.stringify({
        entrypoint,
        submission_id: submission,
        runtime_env: {
          working_dir: `gcs://${workingDirectory}`,
          // Ray cannot make an environment of an empty list.
          ...(modules.length === 0 ? {} : { py_modules: modules.map((name) => `gcs://${name}`) }),
          env_vars: { PYTHONUNBUFFERED: '1', RAY_DEDUP_LOGS: '0' },
        },
        metadata: { app: 'autoencoder-studio' },
      }),
    );
    // Without the slash at its end Ray knows no such address.
    await this.ask({ method: 'POST', path: 'api/jobs/', body, headers: { 'content-type': 'application/json' } });
  }

  /** @throws ClusterError `gone` where the cluster does not know the job */
  async job(submission: string): Promise<JobState> {
    const { status, message } = await this.json(JobSchema, { method: 'GET', path: jobPath(submission) }, submission);
    return { status, message: message ?? '' };
  }

  /** The whole log so far. @throws ClusterError `gone` */
  async log(submission: string): Promise<string> {
    return (await this.json(LogSchema, { method: 'GET', path: `${jobPath(submission)}/logs` }, submission)).logs;
  }

  /** Asks the job to stop; one that has ended stays as it is. @throws ClusterError `gone` */
  async stop(submission: string): Promise<void> {
    await this.ofJob({ method: 'POST', path: `${jobPath(submission)}/stop` }, submission);
  }

  /** Makes the cluster forget an ended job. @throws ClusterError `gone` */
  async delete(submission: string): Promise<void> {
    await this.ofJob({ method: 'DELETE', path: jobPath(submission) }, submission);
  }

  /** Fetches what a job has left in its node's log folder. @throws ClusterError `gone`, or `damaged` where it is not what was announced */
  async download({ node, file, bytes, sha256 }: Artifact, into: FileHandle): Promise<void> {
    // Without `lines=-1` Ray sends the end of the file only.
    const query = new URLSearchParams({ node_id: node, filename: file, lines: '-1', timeout: '60' });
    const request = { method: 'GET', path: `api/v0/logs/file?${query.toString()}` } as const;
    const got = await receive(this.request(request), into, bytes);
    if (got.status !== 200) {
      const answer = { status: got.status, body: Buffer.alloc(0) };
      if (got.status === 404 || got.status === 500) {
        throw new ClusterError(
          'gone',
          `${this.address}: expected the file ${file}, found none (status ${got.status}).`,
        );
      }
      throw this.refusal(request.path, answer);
    }
    if (got.bytes === bytes && got.sha256 === sha256) return;
    throw new ClusterError(
      'damaged',
      `${this.address}: ${file}: expected ${bytes} bytes with SHA-256 ${sha256}, found ${got.bytes} with ${got.sha256}.`,
    );
  }

  /** Where the job's log comes live, and what to say there. */
  tail(submission: string): { readonly url: string; readonly headers: Readonly<Record<string, string>> } {
    const url = this.url(`${jobPath(submission)}/logs/tail`);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    return { url: url.href, headers: this.headers() };
  }

  private async json<T extends v.GenericSchema>(
    schema: T,
    question: Question,
    submission?: string,
  ): Promise<v.InferOutput<T>> {
    const answer = submission === undefined ? await this.ask(question) : await this.ofJob(question, submission);
    const parsed = v.safeParse(schema, parseJson(answer.body));
    if (parsed.success) return parsed.output;
    throw new ClusterError(
      'not-ray',
      `${this.address}/${question.path}: expected Ray's answer, found something else.`,
      {
        detail: answer.body.toString('utf8', 0, 2_000),
      },
    );
  }

  private async ofJob(question: Question, submission: string): Promise<HttpAnswer> {
    const answer = await this.ask(question, [200, 404]);
    if (answer.status !== 404) return answer;
    throw new ClusterError(
      'gone',
      `${this.address}: expected the job ${submission}, found none. Its head may have been started anew: jobs do not outlive it.`,
    );
  }

  private async ask(question: Question, expected: readonly number[] = [200]): Promise<HttpAnswer> {
    const answer = await send(this.request(question));
    if (expected.includes(answer.status)) return answer;
    throw this.refusal(question.path, answer);
  }

  private request({ method, path, body, headers, signal }: Question): HttpRequest {
    const own = { ...this.headers(), ...headers };
    const url = this.url(path);
    return { method, url, headers: own, ...(body === undefined ? {} : { body }), ...(signal ? { signal } : {}) };
  }

  private refusal(path: string, { status, body }: HttpAnswer): ClusterError {
    const detail = body.toString('utf8', 0, 2_000);
    const { address } = this;
    if (status === 401 || status === 403) {
      return this.token === undefined
        ? new ClusterError(
            'token-missing',
            `${address}: expected a token, found none. Give it beside the address, or in ${TOKEN_VARIABLE}.`,
          )
        : new ClusterError(
            'token-wrong',
            `${address}: expected the cluster's token, found another (status ${status}).`,
          );
    }
    if (status >= 502 && status <= 504) {
      return new ClusterError(
        'unreachable',
        `${address}: expected a Ray cluster, found a proxy that does not reach it (status ${status}).`,
      );
    }
    if (status === 404 || (status >= 300 && status < 400)) {
      return new ClusterError('not-ray', `${address}/${path}: expected Ray's Jobs API, found status ${status}.`, {
        detail,
      });
    }
    return new ClusterError('refused', `${address}/${path}: the cluster refused (status ${status}).`, { detail });
  }

  private headers(): Record<string, string> {
    return this.token === undefined ? {} : { authorization: `Bearer ${this.token}` };
  }

  private url(path: string): URL {
    return new URL(`${this.address}/${path}`);
  }
}

interface Question {
  readonly method: HttpRequest['method'];
  readonly path: string;
  readonly body?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

const packagePath = (name: string): string => `api/packages/gcs/${name}`;
const jobPath = (submission: string): string => `api/jobs/${submission}`;

function isSupported(version: string): boolean {
  const number = (text: string): number => {
    const [major = 0, minor = 0] = text.split('.').map((part) => Number.parseInt(part, 10));
    return major * 1_000 + minor;
  };
  const { least, below } = RAY_VERSIONS;
  return number(version) >= number(least) && number(version) < number(below);
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
