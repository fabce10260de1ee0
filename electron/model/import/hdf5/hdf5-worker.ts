import { parentPort } from 'node:worker_threads';
import { StudioError, toErrorData } from '../../../domain/errors.ts';
import { Hdf5File } from './hdf5-file.ts';
import type { FromHdf5Thread, Hdf5Answers, ToHdf5Thread } from './hdf5-messages.ts';

// A thread for one HDF5 file: what its library does with a damaged one costs this thread at most.
const port = parentPort;
if (port === null) throw new Error('hdf5-worker: expected to be started as a thread.');
let file: Hdf5File | undefined;

port.on('message', answer);
port.postMessage({ ok: true, value: undefined } satisfies FromHdf5Thread);

function answer(message: ToHdf5Thread): void {
  try {
    const value = message.kind === 'open' ? open(message) : answerOf(message);
    const moved = message.kind === 'floats' ? (value as Hdf5Answers['floats']).map(({ buffer }) => buffer) : [];
    port?.postMessage({ ok: true, value } satisfies FromHdf5Thread, moved);
  } catch (error) {
    port?.postMessage({ ok: false, error: toErrorData(error) } satisfies FromHdf5Thread);
  }
}

function open({ bytes, name, mostMemoryBytes }: ToHdf5Thread & { kind: 'open' }): undefined {
  limitMemory(mostMemoryBytes);
  file = new Hdf5File(bytes, name);
}

function answerOf(message: Exclude<ToHdf5Thread, { kind: 'open' }>): Hdf5Answers[keyof Hdf5Answers] {
  if (file === undefined) throw new StudioError('internal', 'hdf5-worker: expected a file to be opened first.');
  switch (message.kind) {
    case 'text':
      return file.text(message.group, message.attribute);
    case 'texts':
      return file.texts(message.group, message.attribute);
    case 'keys':
      return file.keys(message.group);
    case 'floats': {
      const opened = file;
      return message.wanted.map(({ path, shape }) => opened.floats(path, shape));
    }
  }
}

/** The library's memory is one piece that grows: where it may not, it says that there is none, and goes on. */
function limitMemory(most: number): void {
  const { prototype } = (globalThis as unknown as { readonly WebAssembly: { readonly Memory: { prototype: Memory } } })
    .WebAssembly.Memory;
  const { grow } = prototype;
  prototype.grow = function (this: Memory, pages: number): number {
    if (this.buffer.byteLength + pages * PAGE_BYTES > most) throw new RangeError(`More than ${most} bytes of memory.`);
    return grow.call(this, pages);
  };
}

/** WebAssembly.Memory, which Node has and its types leave to browsers. */
interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** Of WebAssembly. */
const PAGE_BYTES = 65_536;
