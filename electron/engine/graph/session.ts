import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TensorMetadata } from '@tensorflow/tfjs-node/dist/tfjs_binding.js';
import { StudioError } from '../../domain/errors.ts';
import { scratchFolder } from '../../files/scratch-folder.ts';
import { nativeBackend, type tf } from '../tensorflow.ts';
import { DataType, savedModelMessage, type GraphFunction, type GraphNode } from './graph-def.ts';

const TAG = 'serve';

/** Values fed to a placeholder: their type follows from the array's. */
export interface Feed {
  readonly placeholder: string;
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array | Uint8Array;
}

/** A tensor fed to a placeholder: its values stay where they lie. */
export interface TensorFeed {
  readonly placeholder: string;
  readonly tensor: tf.Tensor;
}

/** What of tfjs-node's backend turns tensors into the binding's numbers and back; its declarations hide both. */
interface TensorBackend {
  getInputTensorIds(tensors: readonly tf.Tensor[]): number[];
  createOutputTensor(metadata: TensorMetadata): tf.Tensor;
}

/** A graph loaded into TensorFlow, with its own variables; `dispose` frees both. */
export class GraphSession {
  private readonly id: number;
  private disposed = false;

  private constructor(id: number) {
    this.id = id;
  }

  /** @throws StudioError `engine-failed` with TensorFlow's own words */
  static async load(nodes: readonly GraphNode[], functions: readonly GraphFunction[]): Promise<GraphSession> {
    const folder = await scratchFolder('graph');
    try {
      await writeFile(join(folder, 'saved_model.pb'), savedModelMessage(nodes, functions, TAG).finish());
      return new GraphSession(nativeBackend().binding.loadSavedModel(folder, TAG));
    } catch (cause) {
      throw new StudioError('engine-failed', `TensorFlow refused the compiled graph: ${firstLine(cause)}`, { cause });
    } finally {
      // TensorFlow has read it; nothing refers to the folder any more.
      await rm(folder, { recursive: true, force: true });
    }
  }

  /**
   * Runs the graph up to the fetched outputs.
   * @param feeds the arrays are shared with TensorFlow until this returns
   * @returns the fetched values, in their order
   * @throws StudioError `engine-failed` with TensorFlow's own words
   */
  run(feeds: readonly (Feed | TensorFeed)[], fetches: readonly string[]): Float32Array[] {
    const { binding } = nativeBackend();
    return this.execute(feeds, fetches, ({ id }) => {
      const values = binding.tensorDataSync(id) as Float32Array;
      binding.deleteTensor(id);
      return values;
    });
  }

  /** As `run`, but the values stay in TensorFlow: whoever asks for the tensors disposes of them. */
  fetch(fetches: readonly string[]): tf.Tensor[] {
    return this.execute([], fetches, (metadata) => tensorBackend().createOutputTensor(metadata));
  }

  private execute<T>(
    feeds: readonly (Feed | TensorFeed)[],
    fetches: readonly string[],
    take: (output: TensorMetadata) => T,
  ): T[] {
    const { binding } = nativeBackend();
    const made: number[] = [];
    const idOf = (feed: Feed | TensorFeed): number => {
      if ('tensor' in feed) return tensorBackend().getInputTensorIds([feed.tensor])[0]!;
      const id = binding.createTensor([...feed.shape], typeOf(feed.values), feed.values);
      made.push(id);
      return id;
    };
    try {
      const ids = feeds.map(idOf);
      const placeholders = feeds.map(({ placeholder }) => `${placeholder}:0`).join(',');
      return binding.runSavedModel(this.id, ids, placeholders, fetches.join(',')).map(take);
    } catch (cause) {
      throw new StudioError('engine-failed', `TensorFlow could not run the compiled graph: ${firstLine(cause)}`, {
        cause,
      });
    } finally {
      made.forEach((id) => binding.deleteTensor(id));
    }
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    nativeBackend().binding.deleteSavedModel(this.id);
  }
}

const tensorBackend = (): TensorBackend => nativeBackend() as unknown as TensorBackend;

function typeOf(values: Feed['values']): number {
  if (values instanceof Float32Array) return DataType.float32;
  return values instanceof Int32Array ? DataType.int32 : DataType.uint8;
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n')[0]?.trim() ?? text;
}
