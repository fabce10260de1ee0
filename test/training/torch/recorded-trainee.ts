// Stands in for the Python that trains: answers as one was seen to (resources/cluster/studio/card.py), as its arguments say.
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from '../../../electron/files/safetensors.ts';

interface Asked {
  readonly do: string;
  readonly first?: number;
  readonly batch?: number;
  readonly rates?: readonly number[];
  readonly file?: string;
}

const { values: given } = parseArgs({
  options: {
    /** Dies, has no room, or loses its card, at this step of the run. */
    dieAt: { type: 'string' },
    fullAt: { type: 'string' },
    lostAt: { type: 'string' },
    /** Answers no more from this step of the run on. */
    silentAt: { type: 'string' },
    /** A file that is there while the disk is full. */
    noSpace: { type: 'string' },
    lacks: { type: 'string' },
    /** Starts a program that outlives it, and holds its output open. */
    leaves: { type: 'boolean', default: false },
    /** Of each call's costs, so many. */
    costs: { type: 'string' },
    /** Steps change nothing. */
    frozen: { type: 'boolean', default: false },
    /** A file to which what was asked is appended. */
    log: { type: 'string' },
  },
});

const tell = (kind: string, fields: object): void => void process.stdout.write(`@@${kind} ${JSON.stringify(fields)}\n`);
const read = (file: string): Record<string, StoredTensor> => ({
  ...decodeSafetensors(readFileSync(file), file).tensors,
});

let state = read('initial.safetensors');
const isSlot = (name: string): boolean => name.startsWith('slot-');
for (const slot of [1, 2]) {
  for (const [name, { shape, data }] of Object.entries(state)) {
    if (!isSlot(name)) state[`slot-${slot}/${name}`] = { shape, data: new Float32Array(data.length).fill(slot) };
  }
}

const write = (file: string, wanted: (name: string) => boolean): void => {
  if (given.noSpace !== undefined && existsSync(given.noSpace)) {
    return tell('UNWRITTEN', { full: true, message: '[Errno 28] No space left on device' });
  }
  const tensors = Object.fromEntries(Object.entries(state).filter(([name]) => wanted(name)));
  const bytes = encodeSafetensors(tensors);
  writeFileSync(file, bytes);
  tell('WRITTEN', { bytes: bytes.byteLength });
};

function steps({ first = 0, batch = 0, rates = [] }: Asked): void {
  const last = first + rates.length;
  if (given.dieAt !== undefined && last > Number(given.dieAt)) {
    process.stderr.write('CUDA error: the launch timed out and was terminated\n');
    process.exit(1);
  }
  if (given.fullAt !== undefined && last > Number(given.fullAt)) {
    const memory = { totalBytes: 8_000_000_000, freeBytes: 1_000_000_000 };
    tell('FAILED', { kind: 'memory', message: 'CUDA out of memory.', batch, fits: batch / 4, ...memory });
    process.exit(1);
  }
  if (given.lostAt !== undefined && last > Number(given.lostAt)) {
    tell('FAILED', { kind: 'lost', message: 'CUDA error: unspecified launch failure' });
    process.exit(1);
  }
  if (given.silentAt !== undefined && last > Number(given.silentAt)) return;
  // What libraries print is none of ours.
  process.stdout.write('@@STEPS of something else\nWarning: 1\n');
  const moved = given.frozen ? [] : Object.values(state);
  for (const tensor of moved) (tensor.data as Float32Array).forEach((_, at, all) => (all[at]! += 1 / 64));
  const costs = rates.map((_, step) => 1 / (1 + first + step));
  tell('STEPS', { costs: given.costs === undefined ? costs : costs.slice(0, Number(given.costs)) });
}

if (given.leaves) spawn('sleep', ['600'], { stdio: 'inherit' }).unref();
if (given.lacks !== undefined) {
  tell('FAILED', { kind: 'package', message: `${given.lacks}: No module named '${given.lacks}'` });
  process.exit(1);
}
const device = { device: 'cuda:0', name: 'Card', precision: 'float32', threads: 1, imagesOnDevice: true };
tell('READY', { torch: '2.15.0', python: '3.12.4', ...device, totalBytes: 8e9, freeBytes: 6e9 });
for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line) as Asked;
  if (given.log !== undefined) appendFileSync(given.log, `${JSON.stringify({ ...asked, indices: undefined })}\n`);
  const { file = '' } = asked;
  if (asked.do === 'steps') steps(asked);
  else if (asked.do === 'validate') tell('VALIDATED', { mse: 0.125 });
  else if (asked.do === 'weights') write(file, (name) => !isSlot(name));
  else if (asked.do === 'state') write(file, () => true);
  else if (asked.do === 'load') {
    state = read(file);
    tell('LOADED', {});
  }
}
