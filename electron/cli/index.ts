import { fileURLToPath } from 'node:url';
import { launchEngine } from './launch-engine.ts';
import { runCommandLine } from './program.ts';

await runCommandLine({ args: process.argv.slice(2), entry: fileURLToPath(import.meta.url), launchEngine });
