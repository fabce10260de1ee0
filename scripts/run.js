// `node scripts/run.js [--native] SCRIPT …`: runs a script of ours in TypeScript, on a Node that can; with --native, TensorFlow is made
// ready before. npm's `pre…` scripts cannot do it: .npmrc has npm run no scripts but those that are named.
import { spawn, spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { missingPackages, noSuitableNode, projectRoot, suitableNode } from './suitable-node.js';

const missing = missingPackages();
if (missing !== undefined) {
  process.stderr.write(`${missing}\n`);
  process.exit(1);
}
const node = suitableNode();
if (node === undefined) {
  process.stderr.write(`${noSuitableNode()}\n`);
  process.exit(1);
}

const wantsNative = process.argv[2] === '--native';
const [script, ...args] = process.argv.slice(wantsNative ? 3 : 2);
if (script === undefined) {
  process.stderr.write('run.js: expected the script to run, found none.\n');
  process.exit(1);
}

if (wantsNative) {
  const ensure = join(projectRoot, 'scripts', 'native', 'ensure.ts');
  const { status } = spawnSync(node, [ensure, '--quiet'], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

if (node === process.execPath) {
  process.argv.splice(1, process.argv.length, resolve(script), ...args);
  await import(pathToFileURL(resolve(script)).href);
} else {
  const child = spawn(node, [...process.execArgv, script, ...args], { stdio: 'inherit' });
  // Ctrl-C reaches the child by itself, being in our group; what it makes of it decides how we end.
  process.on('SIGTERM', () => child.kill('SIGTERM')).on('SIGINT', () => undefined);
  child.on('error', (error) => {
    process.stderr.write(`${node}: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on('exit', (status, signal) => {
    process.exitCode = status ?? (signal === 'SIGINT' ? 130 : 143);
  });
}
