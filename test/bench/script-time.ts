import type { Browser, CDPSession } from '@playwright/test';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** In microseconds. */
  readonly ts: number;
  readonly dur?: number;
  /** The part of it that the thread really ran. */
  readonly tdur?: number;
}

/** Milliseconds of script in one frame: by the clock, and those in which the thread really ran. */
export interface FrameScript {
  readonly wall: number;
  readonly ran: number;
}

const script = /^(FunctionCall|EvaluateScript|RunMicrotasks|FireAnimationFrame|TimerFire|EventDispatch|[vV]8\.)/;

/** The window does its work in animation frames, so that each frame begins with one. */
const startsFrame = ({ name, ph }: TraceEvent) => name === 'FireAnimationFrame' && ph === 'X';

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

  /** The script time of each frame, all of it between two frames' beginnings. */
  async stop(): Promise<readonly FrameScript[]> {
    const complete = new Promise<void>((resolve) => this.#session.once('Tracing.tracingComplete', () => resolve()));
    await this.#session.send('Tracing.end');
    await complete;
    return scriptTimes(this.#events);
  }
}

function scriptTimes(events: readonly TraceEvent[]): FrameScript[] {
  const own = pageThread(events);
  const starts = own.filter(startsFrame).map(({ ts }) => ts);
  const calls = outermost(own.filter(({ name, ph }) => ph === 'X' && script.test(name)));
  const frames = starts.sort((a, b) => a - b);
  return frames.slice(0, -1).map((from, index) => {
    const within = calls.filter(({ ts }) => ts >= from && ts < frames[index + 1]!);
    const sum = (part: (call: TraceEvent) => number) => within.reduce((total, call) => total + part(call), 0) / 1_000;
    return { wall: sum(({ dur = 0 }) => dur), ran: sum(({ tdur = 0 }) => tdur) };
  });
}

/** The page's main thread is the one that draws. */
function pageThread(events: readonly TraceEvent[]): readonly TraceEvent[] {
  const threads = Map.groupBy(events, ({ pid, tid }) => `${pid}/${tid}`);
  const frames = (thread: readonly TraceEvent[]) => thread.filter(startsFrame).length;
  return [...threads.values()].sort((a, b) => frames(b) - frames(a))[0] ?? [];
}

/** The calls that lie in no other call. */
function outermost(calls: readonly TraceEvent[]): readonly TraceEvent[] {
  let end = Number.NEGATIVE_INFINITY;
  return [...calls]
    .sort((a, b) => a.ts - b.ts)
    .filter(({ ts, dur = 0 }) => {
      if (ts < end) return false;
      end = ts + dur;
      return true;
    });
}
