import type { Browser, CDPSession } from '@playwright/test';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** In microseconds. */
  readonly ts: number;
  readonly dur?: number;
}

const script = /^(FunctionCall|EvaluateScript|RunMicrotasks|FireAnimationFrame|TimerFire|EventDispatch|[vV]8\.)/;

/** Records what a window's main thread does between two moments. */
export class ScriptTrace {
  readonly #session: CDPSession;
  readonly #events: TraceEvent[] = [];

  private constructor(session: CDPSession) {
    this.#session = session;
    session.on('Tracing.dataCollected', ({ value }) => this.#events.push(...(value as unknown as TraceEvent[])));
  }

  static async start(browser: Browser): Promise<ScriptTrace> {
    const session = await browser.newBrowserCDPSession();
    const trace = new ScriptTrace(session);
    const includedCategories = ['devtools.timeline', 'v8.execute'];
    await session.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories } });
    return trace;
  }

  /** The script time of each frame, in milliseconds: all of it between two frames' beginnings. */
  async stop(): Promise<number[]> {
    const complete = new Promise<void>((resolve) => this.#session.once('Tracing.tracingComplete', () => resolve()));
    await this.#session.send('Tracing.end');
    await complete;
    return scriptTimes(this.#events);
  }
}

function scriptTimes(events: readonly TraceEvent[]): number[] {
  const own = busiestThread(events);
  const starts = own.filter(({ name }) => name === 'BeginMainThreadFrame').map(({ ts }) => ts);
  const busy = merged(own.filter(({ name, ph }) => ph === 'X' && script.test(name)));
  const frames = starts.sort((a, b) => a - b);
  return frames.slice(0, -1).map((from, index) => {
    const to = frames[index + 1]!;
    const within = busy.map(([start, end]) => Math.max(0, Math.min(end, to) - Math.max(start, from)));
    return within.reduce((sum, part) => sum + part, 0) / 1_000;
  });
}

/** The page's main thread is the one that runs most script. */
function busiestThread(events: readonly TraceEvent[]): readonly TraceEvent[] {
  const threads = Map.groupBy(events, ({ pid, tid }) => `${pid}/${tid}`);
  const scripts = (thread: readonly TraceEvent[]) => thread.filter(({ name }) => script.test(name)).length;
  return [...threads.values()].sort((a, b) => scripts(b) - scripts(a))[0] ?? [];
}

/** The events' spans without overlaps: a call inside a call counts once. */
function merged(events: readonly TraceEvent[]): (readonly [number, number])[] {
  const spans: [number, number][] = [];
  for (const { ts, dur = 0 } of [...events].sort((a, b) => a.ts - b.ts)) {
    const last = spans.at(-1);
    if (last && ts <= last[1]) last[1] = Math.max(last[1], ts + dur);
    else spans.push([ts, ts + dur]);
  }
  return spans;
}
