import type { EventName, Events } from '../contract/contract.ts';

/** What the log keeps of an event, and nothing of most: no names that a person has given. */
export function logWords<E extends EventName>(name: E, payload: Events[E]): string | undefined {
  const event = { name, payload } as { [N in EventName]: { name: N; payload: Events[N] } }[EventName];
  switch (event.name) {
    case 'engine:state-changed': {
      const state = event.payload;
      if (state.kind === 'ready')
        return `The engine is ready: TensorFlow ${state.tensorflow}, threads: ${state.threads}.`;
      return state.kind === 'lost' ? `The engine is lost: ${state.message}` : 'The engine starts.';
    }
    case 'run:started':
      return `The run ${event.payload.summary.id} trains.`;
    case 'run:ended': {
      const { runId, status, problem } = event.payload;
      return `The run ${runId} has ended: ${status}.${problem === undefined ? '' : ` ${problem}`}`;
    }
    case 'import:ended':
      return `An import has ended: ${event.payload.kind}.`;
    default:
      return undefined;
  }
}
