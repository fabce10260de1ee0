import { EventEmitter } from 'node:events';
import type { EngineChannel, Events, EventName, Handlers } from '../../electron/contract/contract.ts';
import { sendEvent, serveCalls, type Port } from '../../electron/contract/rpc.ts';
import type { EngineChild, EngineEnd } from '../../electron/host/engine-process.ts';
import { engineHandlers } from '../contract/engine-handlers.ts';
import { portPair } from '../contract/port-pair.ts';

/** An engine process in memory: answers as it is told, ends when it is told. */
export class FakeEngine {
  readonly child: EngineChild;
  readonly kills: boolean[] = [];
  readonly #far: Port;
  readonly #exit = new EventEmitter();

  constructor(handlers: Partial<Handlers<EngineChannel>> = {}, options: { deafToKill?: boolean } = {}) {
    const [near, far] = portPair();
    this.#far = far;
    serveCalls<EngineChannel>(
      far,
      engineHandlers({
        'image-set:list': () => Promise.resolve([]),
        'engine:describe': () => Promise.resolve({ tensorflow: '2.21.0', threads: 2, residentBytes: 1 }),
        ...handlers,
      }),
    );
    this.child = {
      ...near,
      onExit: (listener) => void this.#exit.on('exit', listener),
      kill: (force) => {
        this.kills.push(force);
        if (force || !options.deafToKill) this.end({ code: null, signal: force ? 'SIGKILL' : 'SIGTERM' });
      },
    };
  }

  send<E extends EventName>(name: E, payload: Events[E]): void {
    sendEvent(this.#far, name, payload);
  }

  end(end: EngineEnd): void {
    this.#exit.emit('exit', end);
  }
}

/** Lets every message that is under way arrive. */
export const settled = () => new Promise((resolve) => setImmediate(resolve));
