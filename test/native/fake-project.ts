import { zipSync, strToU8 } from 'fflate';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createContext, type StepContext } from '../../scripts/native/context.ts';
import { platformRow, type PlatformRow } from '../../scripts/native/platforms.ts';
import type { Report } from '../../scripts/native/report.ts';

/** What the fakes below do; passed to them through the environment. */
export interface Behaviour {
  readonly FAKE_PIP?: 'ok' | 'missing' | 'no-network' | 'hash' | 'broken-off' | 'full' | 'absent' | 'hang' | 'odd';
  readonly FAKE_BUILD?: 'ok' | 'fails' | 'hang' | 'headers';
  readonly FAKE_INSTALLER?: 'ok' | 'fails';
  /** What the built binding is worth when it is loaded. */
  readonly FAKE_BINDING?: 'good' | 'wrong' | 'glibc' | 'sigill';
}

/** A folder of fakes: projects with a tfjs-node that is only a stand-in, and a PATH with fake tools. */
export class FakeMachine {
  readonly folder = mkdtempSync(join(tmpdir(), 'native-step-'));
  readonly cache = join(this.folder, 'cache');
  readonly tools = join(this.folder, 'bin');
  readonly calls = join(this.folder, 'calls.log');
  readonly ready = join(this.folder, 'ready');
  readonly lines: string[] = [];
  readonly wheel: Uint8Array;

  constructor(wheel = usualWheel()) {
    this.wheel = wheel;
    writeFileSync(join(this.folder, 'fake.whl'), wheel);
    for (const name of ['python3', 'g++', 'make']) this.addTool(name);
  }

  addTool(name: string): void {
    write(join(this.tools, name), `#!/bin/sh\n${name === 'python3' ? fakePython : ''}`);
    chmodSync(join(this.tools, name), 0o755);
  }

  removeTool(name: string): void {
    rmSync(join(this.tools, name));
  }

  /** A clone with node_modules as `npm install` leaves it. */
  project(name = 'clone'): string {
    const root = join(this.folder, name);
    const tfjs = join(root, 'node_modules/@tensorflow/tfjs-node');
    const binary = { napi_versions: [3, 8] };
    write(join(tfjs, 'package.json'), JSON.stringify({ version: '4.22.0', main: 'dist/index.js', binary }));
    write(join(tfjs, 'binding.gyp'), '{}');
    write(join(tfjs, 'binding/tfjs_binding.cc'), '');
    write(join(tfjs, 'dist/index.js'), fakeTensorFlow);
    write(join(tfjs, 'scripts/install.js'), fakeInstaller);
    const preGyp = join(root, 'node_modules/@mapbox/node-pre-gyp');
    write(join(preGyp, 'package.json'), '{}');
    write(join(preGyp, 'bin/node-pre-gyp'), fakePreGyp);
    // Headers beside it, so that nothing goes looking for them in a registry.
    const headers = `node_modules/node-${process.platform}-${process.arch}/include/node/node_version.h`;
    write(join(root, headers), `#define NODE_MAJOR_VERSION ${process.versions.node.split('.')[0] ?? ''}\n`);
    return root;
  }

  row(changes: Partial<NonNullable<PlatformRow['wheel']>> = {}): PlatformRow {
    const row = platformRow('linux', 'x64');
    if (row?.wheel === undefined) throw new Error('The table has no wheel for linux-x64.');
    const sha256 = createHash('sha256').update(this.wheel).digest('hex');
    return { ...row, wheel: { ...row.wheel, sha256, bytes: this.wheel.length, bytesNeeded: 1000, ...changes } };
  }

  env(behaviour: Behaviour = {}): NodeJS.ProcessEnv {
    return {
      PATH: this.tools,
      HOME: this.folder,
      AUTOENCODER_STUDIO_CACHE: this.cache,
      FAKE_WHEEL: join(this.folder, 'fake.whl'),
      FAKE_CALLS: this.calls,
      FAKE_READY: this.ready,
      ...keptCompiled(),
      ...behaviour,
    };
  }

  context(
    projectRoot: string,
    options: {
      readonly row?: PlatformRow;
      readonly behaviour?: Behaviour;
      readonly env?: NodeJS.ProcessEnv;
      readonly signal?: AbortSignal;
      readonly freeBytes?: number;
      readonly onLine?: (text: string) => void;
    } = {},
  ): StepContext {
    const report: Report = {
      line: (text) => {
        this.lines.push(text);
        options.onLine?.(text);
      },
      progress: (label) => this.lines.push(label),
      working: (label) => this.lines.push(label),
    };
    const { freeBytes } = options;
    return createContext({
      projectRoot,
      row: options.row ?? this.row(),
      env: { ...this.env(options.behaviour), ...options.env },
      report,
      signal: options.signal ?? new AbortController().signal,
      ...(freeBytes === undefined ? {} : { freeBytes: () => freeBytes }),
    });
  }

  /** A folder laid out as libtensorflow's own archive. */
  libtensorflow(name = 'libtensorflow'): string {
    const folder = join(this.folder, name);
    write(join(folder, 'lib/libtensorflow.so'), 'a library of one’s own');
    write(join(folder, 'lib/libtensorflow_framework.so'), 'its framework');
    write(join(folder, 'include/tensorflow/c/c_api.h'), '');
    write(join(folder, 'include/tensorflow/c/eager/c_api.h'), '');
    return folder;
  }

  /** How often a fake was run: `download`, `build` or `installer`. */
  count(call: string): number {
    if (!existsSync(this.calls)) return 0;
    return readFileSync(this.calls, 'utf8')
      .split('\n')
      .filter((line) => line === call).length;
  }

  /** Everything half-made: temporary folders, stages, locks, and a binding or library without a marker. */
  leftovers(root: string): readonly string[] {
    const tfjs = join(root, 'node_modules/@tensorflow/tfjs-node');
    const unmarked = existsSync(markerPath(root)) ? [] : ['deps', 'lib'].filter((name) => existsSync(join(tfjs, name)));
    const stages = readdirSync(dirname(tfjs)).filter((name) => name !== 'tfjs-node');
    const native = join(this.cache, 'native');
    const temporary = existsSync(native) ? readdirSync(native).filter((name) => /^(tmp-|lock)/.test(name)) : [];
    return [...unmarked, ...stages, ...temporary];
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** What lies here, put aside: the step goes by paths, times and links, so that all of them stay as they are. */
  keep(): KeptMachine {
    const folder = `${this.folder}-kept`;
    const lines = [...this.lines];
    copyWhole(this.folder, folder);
    return {
      restore: () => {
        this.remove();
        copyWhole(folder, this.folder);
        this.lines.splice(0, this.lines.length, ...lines);
      },
      remove: () => rmSync(folder, { recursive: true, force: true }),
    };
  }
}

export interface KeptMachine {
  /** Lays all of it out again where it was. */
  restore(): void;
  remove(): void;
}

/** Node's own copy makes two files of two links to one. */
function copyWhole(from: string, to: string): void {
  execFileSync('cp', ['-a', from, to]);
}

export function markerPath(root: string): string {
  return join(root, 'node_modules/@tensorflow/tfjs-node/.autoencoder-studio-native.json');
}

export function placedBinding(root: string): string {
  return join(root, 'node_modules/@tensorflow/tfjs-node/lib/napi-v8/tfjs_binding.node');
}

export function placedLibrary(root: string): string {
  return join(root, 'node_modules/@tensorflow/tfjs-node/deps/lib/libtensorflow_cc.so.2');
}

/** A wheel with small files under the names the real one has; a member set to undefined is left out. */
export function makeWheel(changes: Readonly<Record<string, string | undefined>> = {}): Uint8Array {
  const members: Record<string, string | undefined> = {
    'tensorflow/libtensorflow_cc.so.2': 'TensorFlow '.repeat(10_000),
    'tensorflow/libtensorflow_framework.so.2': 'its framework',
    'tensorflow/include/tensorflow/c/c_api.h': '// the C API',
    'tensorflow/include/tensorflow/c/eager/c_api.h': '// the eager API',
    'tensorflow/include/Eigen/Core': '// not wanted',
    'tensorflow/include/LICENSE': 'a licence',
    'tensorflow/THIRD_PARTY_NOTICES.txt': 'notices',
    ...changes,
  };
  const files = Object.entries(members).flatMap(([name, text]) =>
    text === undefined ? [] : [[name, strToU8(text)] as const],
  );
  return zipSync(Object.fromEntries(files));
}

/** Where Node keeps what it has compiled of the step's own programs (`vitest.config.ts`): each then starts in half the time. */
function keptCompiled(): NodeJS.ProcessEnv {
  const { NODE_COMPILE_CACHE } = process.env;
  return NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE };
}

let usual: Uint8Array | undefined;
const usualWheel = (): Uint8Array => (usual ??= makeWheel());

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** A Python whose pip does what FAKE_PIP says; the texts are what pip 23 prints. A shell script, because those start fast. */
const fakePython = `
PATH=/usr/bin:/bin
fail() { echo "$1" >&2; exit 1; }
half() { head -c 200 "$FAKE_WHEEL" > "$TMPDIR/half.whl"; }
[ "$FAKE_PIP" = missing ] && fail 'python3: No module named pip'
[ "$3" = --version ] && exit 0
echo download >> "$FAKE_CALLS"
hashes=no
while [ $# -gt 0 ]; do
  case "$1" in
    --requirement) requirements="$2" ;;
    --dest) target="$2" ;;
    --require-hashes) hashes=yes ;;
  esac
  shift
done
[ $hashes = yes ] && grep -q -e '--hash=sha256:' "$requirements" || fail 'ERROR: asked without hashes'
case "$FAKE_PIP" in
  no-network) half; fail "WARNING: Retrying after connection broken by 'NewConnectionError('<x>: Failed to establish a new connection: [Errno -3] Temporary failure in name resolution')': /simple/x/
ERROR: No matching distribution found for x" ;;
  hash) half; fail "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.
        Expected sha256 1
             Got        ${'ab'.repeat(32)}" ;;
  broken-off) half; fail "ProtocolError: ('Connection broken: IncompleteRead(5 bytes read, 9 more expected)')" ;;
  full) half; fail 'ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device' ;;
  absent) fail 'ERROR: No matching distribution found for tensorflow-cpu==2.21.0' ;;
  odd) fail 'ERROR: something else' ;;
  hang) half; echo $$ > "$FAKE_READY"; exec sleep 1000 ;;
  *) cp "$FAKE_WHEEL" "$target/tensorflow_cpu-fake.whl" ;;
esac
`;

const fakePreGyp = `
const fs = require('node:fs');
fs.appendFileSync(process.env.FAKE_CALLS, 'build\\n');
const mode = process.env.FAKE_BUILD ?? 'ok';
for (const name of ['deps/include/tensorflow/c/c_api.h', 'deps/lib/libtensorflow.so', 'deps/lib/libtensorflow_framework.so']) {
  if (!fs.existsSync(name)) { console.error('binding.cc:1:1: fatal error: ' + name + ' is not where binding.gyp looks'); process.exit(1); }
}
if (mode === 'fails') { console.error('binding.cc:7:3: error: nothing works\\nnode-pre-gyp ERR! not ok'); process.exit(1); }
if (mode === 'headers') { console.error('gyp ERR! stack is related to network connectivity. In most cases'); process.exit(1); }
if (mode === 'hang') {
  fs.writeFileSync(process.env.FAKE_READY, String(process.pid));
  setInterval(() => {}, 1000);
} else {
  fs.mkdirSync('lib/napi-v8', { recursive: true });
  fs.writeFileSync('lib/napi-v8/tfjs_binding.node', process.env.FAKE_BINDING ?? 'good');
}
`;

const fakeInstaller = `
const fs = require('node:fs');
fs.appendFileSync(process.env.FAKE_CALLS, 'installer\\n');
fs.writeFileSync('package.json', '{"rewritten": true}');
fs.mkdirSync('deps/lib', { recursive: true });
fs.writeFileSync('deps/lib/libtensorflow_cc.so.2', 'an older TensorFlow');
// As on Windows: beside the newest N-API's bindings, not beside this one.
fs.mkdirSync('lib/napi-v10', { recursive: true });
fs.writeFileSync('lib/napi-v10/tensorflow.dll', 'for Windows');
if (process.env.FAKE_INSTALLER !== 'ok') { console.error('Error: getaddrinfo ENOTFOUND somewhere'); process.exit(1); }
fs.mkdirSync('lib/napi-v8', { recursive: true });
fs.writeFileSync('lib/napi-v8/tfjs_binding.node', 'good');
`;

/** tfjs-node as far as the trial calls it; its binding's text says how it behaves. */
const fakeTensorFlow = `
const fs = require('node:fs'), path = require('node:path');
const binding = fs.readFileSync(path.join(__dirname, '../lib/napi-v8/tfjs_binding.node'), 'utf8');
fs.readdirSync(path.join(__dirname, '../deps/lib')).forEach((name) => fs.readFileSync(path.join(__dirname, '../deps/lib', name)));
if (binding === 'glibc') throw new Error("/lib/libm.so.6: version 'GLIBC_2.27' not found");
if (binding === 'sigill') process.kill(process.pid, 'SIGILL');
exports.tensor2d = (rows) => rows.flat();
exports.matMul = (a, b) => ({ dataSync: () => [binding === 'good' ? a[0] * b[0] + a[1] * b[1] : 0] });
exports.getBackend = () => 'tensorflow';
exports.backend = () => ({ binding: { TF_Version: '2.21.0' } });
`;
