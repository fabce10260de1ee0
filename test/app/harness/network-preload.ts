// NODE_OPTIONS=--import=…/network-preload.ts: a Node process, its threads and its children then write down, a line each, what
// they ask of a network. Sockets that lie in the file system are no network.
import dgram from 'node:dgram';
import dns from 'node:dns';
import { appendFileSync } from 'node:fs';
import net from 'node:net';

export const LOG_VARIABLE = 'AUTOENCODER_STUDIO_NETWORK_LOG';

type Method = (this: unknown, ...args: unknown[]) => unknown;

function note(what: string): void {
  const log = process.env[LOG_VARIABLE];
  if (log !== undefined) appendFileSync(log, `${what}\n`);
}

/** Calls `seen` before each call of a method, which is found by its name. */
function watch(holder: object, name: string, seen: (args: readonly unknown[]) => string | undefined): void {
  const methods = holder as Record<string, Method>;
  const original = methods[name]!;
  methods[name] = function (...args) {
    const what = seen(args);
    if (what !== undefined) note(what);
    return original.apply(this, args);
  };
}

/** Of what `connect` and `listen` take: options, a port and a host, or either already sorted into an array by Node. */
function place(args: readonly unknown[]): string | undefined {
  const [first, second] = (Array.isArray(args[0]) ? args[0] : args) as unknown[];
  if (typeof first === 'object' && first !== null) {
    const { path, fd, host, port } = first as Record<string, unknown>;
    return path === undefined && fd === undefined && port !== undefined
      ? `${String(host ?? '')}:${String(port)}`
      : undefined;
  }
  if (typeof first === 'number' || /^\d+$/.test(String(first))) {
    return `${typeof second === 'string' ? second : ''}:${String(first)}`;
  }
  return undefined;
}

const named = (verb: string) => (args: readonly unknown[]) => {
  const where = place(args);
  return where === undefined ? undefined : `${verb} ${where}`;
};

watch(net.Socket.prototype, 'connect', named('connect'));
watch(net.Server.prototype, 'listen', named('listen'));
watch(dgram.Socket.prototype, 'send', () => 'send by UDP');
watch(dgram.Socket.prototype, 'connect', () => 'connect by UDP');
// An address needs no look-up, though Node calls it for one.
const lookUp = ([name]: readonly unknown[]) => (net.isIP(String(name)) ? undefined : `look up ${String(name)}`);
for (const holder of [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype]) {
  for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6', 'resolveAny', 'reverse']) {
    if (name in holder) watch(holder, name, lookUp);
  }
}
