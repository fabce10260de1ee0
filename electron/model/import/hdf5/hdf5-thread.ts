import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { fromErrorData, StudioError } from '../../../domain/errors.ts';
import { bad, COPY_AGAIN } from '../read-chain.ts';
import type { FromHdf5Thread, Hdf5Answers, Hdf5Question, ToHdf5Thread, WantedFloats } from './hdf5-messages.ts';
import { checkStructure } from './structure.ts';

/** Beside this file, in the sources and in the built app. */
const entry = join(import.meta.dirname, `hdf5-worker${extname(import.meta.filename)}`);

/** What the library may take for one question. */
export interface Hdf5Limits {
  readonly ms: number;
  readonly msPerByte: number;
  /** Of its own memory, beside once the file's size for a dataset. */
  readonly memoryBytes: number;
}

/** Each question takes milliseconds; a machine that trains beside it is given time. The library begins with 16 MB. */
const usualLimits: Hdf5Limits = { ms: 10_000, msPerByte: 50 / 2 ** 20, memoryBytes: 48 * 2 ** 20 };
/** Of JavaScript's own objects in the thread: names and a model's description. */
const MOST_HEAP_MEGABYTES = 512;

interface Waiting {
  readonly resolve: (value: Hdf5Answers[keyof Hdf5Answers]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * An HDF5 file in a thread of its own. The library can be kept busy for ever, or brought to its end, by a damaged file: it gets
 * time and memory by the file's size, and is then ended.
 */
export class Hdf5Thread {
  private readonly worker: Worker;
  private readonly name: string;
  private readonly mostMs: number;
  private readonly waiting: Waiting[] = [];
  private started = false;
  /** Why the thread has ended. */
  private ended: StudioError | undefined;

  private constructor(name: string, mostMs: number) {
    this.name = name;
    this.mostMs = mostMs;
    const resourceLimits = { maxOldGenerationSizeMb: MOST_HEAP_MEGABYTES };
    // What the process itself was started with is not for this thread: it may be one of a thread's.
    this.worker = new Worker(entry, { resourceLimits, execArgv: [] });
    this.worker.on('message', (answer: FromHdf5Thread) => {
      const next = this.waiting.shift();
      if (answer.ok) next?.resolve(answer.value);
      else next?.reject(fromErrorData(answer.error));
    });
    this.worker.on('error', (cause) => {
      this.ended ??= this.started
        ? bad(name, 'a whole HDF5 file', `a damaged one (its library gave up): ${COPY_AGAIN}`, cause)
        : new StudioError('engine-failed', `${name}: the thread that reads it could not be started.`, { cause });
    });
    this.worker.on('exit', () => {
      this.ended ??= new StudioError('engine-failed', `${name}: the thread that reads it has ended.`);
      for (const { reject } of this.waiting.splice(0)) reject(this.ended);
    });
  }

  /**
   * @param bytes are the thread's afterwards
   * @param name what messages call it
   * @throws StudioError `bad-file` where the bytes are no whole HDF5 file, or keep the library busy for too long
   */
  static async open(bytes: Uint8Array, name: string, limits = usualLimits): Promise<Hdf5Thread> {
    checkStructure(bytes, name);
    const size = bytes.byteLength;
    const thread = new Hdf5Thread(name, limits.ms + size * limits.msPerByte);
    try {
      // Until it has started, no damage has been seen: that takes as long as it takes.
      await thread.answer();
      thread.started = true;
      const isAlone = bytes.byteOffset === 0 && bytes.buffer.byteLength === size;
      const own = isAlone && bytes.buffer instanceof ArrayBuffer ? bytes : Uint8Array.from(bytes);
      const mostMemoryBytes = limits.memoryBytes + size;
      await thread.ask({ kind: 'open', bytes: own, name, mostMemoryBytes }, [own.buffer as ArrayBuffer]);
      return thread;
    } catch (error) {
      await thread.close();
      throw error;
    }
  }

  /** A text; undefined where there is no such attribute. @throws StudioError `bad-file` where it is no text, or damaged */
  async text(group: string, attribute: string): Promise<string | undefined> {
    return (await this.ask({ kind: 'text', group, attribute })) as Hdf5Answers['text'];
  }

  /** A list of texts, none where there is no such attribute. Throws as `text`. */
  async texts(group: string, attribute: string): Promise<readonly string[]> {
    return (await this.ask({ kind: 'texts', group, attribute })) as Hdf5Answers['texts'];
  }

  /** What lies directly in a group; undefined where there is no such group. Throws as `text`. */
  async keys(group: string): Promise<readonly string[] | undefined> {
    return (await this.ask({ kind: 'keys', group })) as Hdf5Answers['keys'];
  }

  /** @throws StudioError `bad-file` where one is not there, of another shape, or not float32 */
  async floats(wanted: readonly WantedFloats[]): Promise<readonly Float32Array[]> {
    return (await this.ask({ kind: 'floats', wanted })) as Hdf5Answers['floats'];
  }

  async close(): Promise<void> {
    this.ended ??= new StudioError('internal', `${this.name}: expected an open file.`);
    await this.worker.terminate();
  }

  private async ask(message: ToHdf5Thread | Hdf5Question, moved: readonly ArrayBuffer[] = []) {
    if (this.ended !== undefined) throw this.ended;
    const tooLong = setTimeout(() => {
      const seconds = Math.round(this.mostMs / 1_000);
      this.ended ??= bad(
        this.name,
        'a whole HDF5 file',
        `a damaged one (its library was still busy after ${seconds} seconds): ${COPY_AGAIN}`,
      );
      void this.worker.terminate();
    }, this.mostMs);
    try {
      this.worker.postMessage(message, moved);
      return await this.answer();
    } finally {
      clearTimeout(tooLong);
    }
  }

  private answer(): Promise<Hdf5Answers[keyof Hdf5Answers]> {
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
  }
}
