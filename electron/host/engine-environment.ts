import { availableParallelism } from 'node:os';

/**
 * The environment of a process that loads TensorFlow. Only its errors, not its notes, reach stderr. glibc keeps a memory arena
 * for each thread unless told otherwise: two of them hold 70 MB less and cost no speed that could be measured.
 *
 * Both numbers of threads are needed. Measured on two cores as threads that ran or waited for a core, on average over 80 steps
 * of the article's model: with the first alone at 1, XLA's loop keeps to 1.00 but TensorFlow's own takes 1.75, because it runs
 * ops side by side; with both at 1 each keeps to 1.00.
 * @param threads without them what the person's own environment says, else one for each core that this process may use
 */
export function engineEnvironment(threads?: number): NodeJS.ProcessEnv {
  const count = String(threads ?? ownThreads() ?? availableParallelism());
  return {
    TF_CPP_MIN_LOG_LEVEL: '2',
    MALLOC_ARENA_MAX: '2',
    ...process.env,
    TF_NUM_INTRAOP_THREADS: count,
    TF_NUM_INTEROP_THREADS: count,
  };
}

/**
 * The environment of a process that trains: oneDNN's kernels are asked for, which TensorFlow takes by itself only on some
 * processors (those with AVX-512 VNNI, on Linux). A step of convolutions then takes 10 to 35 % less processor time, but of small
 * ones in batches of 16 some 40 % more (docs/benchmarks.md). TensorFlow greets on stderr about it, whatever its log level: the
 * engine's is filtered (engine-stderr.ts). What the person's own environment says of it stands.
 * @param threads as in `engineEnvironment`
 */
export function trainingEnvironment(threads?: number): NodeJS.ProcessEnv {
  return { TF_ENABLE_ONEDNN_OPTS: '1', ...engineEnvironment(threads) };
}

function ownThreads(): number | undefined {
  const value = Number(process.env['TF_NUM_INTRAOP_THREADS']);
  return Number.isInteger(value) && value > 0 ? value : undefined;
}
