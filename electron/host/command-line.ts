import type { EngineChild } from './engine-process.ts';

/** Starts an engine process. @param entry the engine's own file; @param threads that compute, all where left out */
export type LaunchEngineAt = (entry: string, dataFolder: string, threads: number | undefined) => EngineChild;

export interface CommandLineRequest {
  /** What a person typed after the program's name. */
  readonly args: readonly string[];
  /** A file of the built program or of its sources, beside which the others lie. */
  readonly entry: string;
  /** As the process can that the program runs in: plain Node or Electron. */
  readonly launchEngine: LaunchEngineAt;
}

/** The command line (cli/program.ts), which the desktop app runs as well; settled when what was asked for is done. */
export type RunCommandLine = (request: CommandLineRequest) => Promise<void>;
