import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { zipSync } from 'fflate';
import { StudioError } from '../../electron/domain/errors.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { below, randomFrom } from '../random.ts';
import { mutated } from './mutate.ts';

/** Files by their paths. */
export type Files = Readonly<Record<string, Buffer>>;

/** A whole input, before it is damaged. */
export interface Seed {
  readonly files: Files;
  /** The files are the content of one zip of this name. */
  readonly zip?: string;
}

/** A reader of files from elsewhere. */
export interface FuzzedReader {
  readonly seeds: readonly Seed[];
  /** Files made from chance alone, in place of damaged seeds. */
  make?(random: () => number): Promise<Files>;
  /**
   * Reads what lies in a folder.
   * @returns how many bytes came out
   */
  read(folder: string): Promise<number>;
  /** How many bytes the folder's files say they hold when decoded, where that may be far more than what comes out. */
  claimed?(folder: string): Promise<number>;
}

export interface FuzzOutcome {
  readonly inputs: number;
  /** Those that gave something; the rest were refused by a StudioError. */
  readonly read: number;
  /** The most that the process grew by while it read one, in bytes; undefined where the system does not tell. */
  readonly peakBytes: number | undefined;
  readonly seconds: number;
  readonly slowestMs: number;
  /** A sentence for each input that gave neither, or took too much. */
  readonly problems: readonly string[];
}

/** Beside four times what was decoded. */
const MOST_BYTES = 64 * 2 ** 20;

/** Reads damaged inputs one after another; the same seed damages in the same way. */
export async function fuzz(
  { seeds, make, read, claimed = async () => 0 }: FuzzedReader,
  inputs: number,
  seed: number,
  onInput: (index: number) => void = () => undefined,
): Promise<FuzzOutcome> {
  using folder = new TemporaryFolder();
  const place = join(folder.path, 'tried');
  const problems: string[] = [];
  let [whole, peak, slowest] = [0, 0, 0];
  const start = performance.now();
  // What is loaded by the first is no input's fault.
  for (const each of seeds) {
    write(place, packed(each));
    await read(place);
  }
  for (let index = 0; index < inputs; index += 1) {
    onInput(index);
    const random = randomFrom(seed * 1_000_003 + index);
    const files = make === undefined ? damaged(seeds, random) : await make(random);
    write(place, files);
    const sizes = Object.values(files).reduce((sum, bytes) => sum + bytes.length, 0);
    let decoded = Math.max(sizes, await claimed(place));
    const memory = watchMemory();
    const begun = performance.now();
    try {
      decoded = Math.max(decoded, await read(place));
      whole += 1;
    } catch (error) {
      const isTold = error instanceof StudioError && error.code !== 'internal' && error.message.length < 2_000;
      if (!isTold) problems.push(`input ${index}: ${String((error as Error).stack ?? error).slice(0, 600)}`);
    }
    slowest = Math.max(slowest, performance.now() - begun);
    const grown = memory();
    peak = Math.max(peak, grown);
    if (grown > MOST_BYTES + 4 * decoded) problems.push(`input ${index}: ${grown} bytes for ${decoded} decoded.`);
  }
  const seconds = (performance.now() - start) / 1_000;
  return { inputs, read: whole, peakBytes: peak > 0 ? peak : undefined, seconds, slowestMs: slowest, problems };
}

function damaged(seeds: readonly Seed[], random: () => number): Files {
  const seed = seeds[below(random, seeds.length)]!;
  // An archive is damaged inside, its checksums right again, or as a whole.
  const files = seed.zip !== undefined && random() < 0.3 ? packed(seed) : seed.files;
  const names = Object.keys(files);
  const name = names[below(random, names.length)]!;
  const lost = random() < 0.02 && names.length > 1 ? names[below(random, names.length)] : undefined;
  const changed = Object.entries({ ...files, [name]: mutated(files[name]!, random) }).filter(([each]) => each !== lost);
  return files === seed.files ? packed({ ...seed, files: Object.fromEntries(changed) }) : Object.fromEntries(changed);
}

function packed({ files, zip }: Seed): Files {
  return zip === undefined ? files : { [zip]: Buffer.from(zipSync(files, { level: 1 })) };
}

function write(place: string, files: Files): void {
  rmSync(place, { recursive: true, force: true });
  for (const [name, bytes] of Object.entries(files)) {
    const path = join(place, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
}

/** Begins to watch this process's memory. @returns asks for the most that it has grown by since; 0 where it is not told */
function watchMemory(): () => number {
  if (process.platform !== 'linux') return () => 0;
  // 5 sets the mark of the most memory back to what there is now (proc_pid_clear_refs).
  writeFileSync('/proc/self/clear_refs', '5');
  const before = residentBytes('VmRSS');
  return () => Math.max(0, residentBytes('VmHWM') - before);
}

function residentBytes(line: 'VmRSS' | 'VmHWM'): number {
  const found = new RegExp(`${line}:\\s+(\\d+) kB`).exec(readFileSync('/proc/self/status', 'utf8'));
  return Number(found?.[1] ?? 0) * 1_024;
}
