import type { CompiledRunner } from '../../electron/engine/graph/compiled-runner.ts';

/** Processor seconds of all threads since then. */
export function secondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** From now on counts what training's own calls take. @returns the processor seconds so far */
export function timeSteps(Runner: typeof CompiledRunner): () => number {
  let steps = 0;
  const { run: bare } = Runner.prototype;
  Runner.prototype.run = function (call) {
    const before = process.cpuUsage();
    const costs = bare.call(this, call);
    steps += secondsSince(before);
    return costs;
  };
  return () => steps;
}
