/** Where the step's messages go: standard error, so that a command's own output stays clean. */
export interface ReportStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface Report {
  /** One whole line. */
  line(text: string): void;
  /** How far a piece of work is; `fraction` is 0-1. A terminal shows one bar, anything else a line every quarter. */
  progress(label: string, fraction: number, detail?: string): void;
  /** The same of work whose whole is not known. A terminal shows one line, anything else one every ten seconds. */
  working(label: string, detail: string): void;
}

const barWidth = 18;
const redrawEveryMs = 100;
const sayEveryMs = 10_000;

/** A report on `stream`, drawing a bar where it is a terminal. */
export function createReport(stream: ReportStream): Report {
  return stream.isTTY === true ? terminalReport(stream) : plainReport(stream);
}

function terminalReport(stream: ReportStream): Report {
  let drawnAt = 0;
  let open = false;
  const clear = (): void => {
    if (open) stream.write('\r\u001b[K');
    open = false;
  };
  return {
    line(text) {
      clear();
      stream.write(`${text}\n`);
    },
    progress(label, fraction, detail = '') {
      const now = Date.now();
      if (fraction < 1 && now - drawnAt < redrawEveryMs) return;
      drawnAt = now;
      stream.write(`\r\u001b[K${bar(label, fraction, detail).slice(0, (stream.columns ?? 80) - 1)}`);
      open = true;
      if (fraction >= 1) {
        stream.write('\n');
        open = false;
      }
    },
    working(label, detail) {
      stream.write(`\r\u001b[K${`${label}: ${detail}`.slice(0, (stream.columns ?? 80) - 1)}`);
      open = true;
    },
  };
}

function plainReport(stream: ReportStream): Report {
  let label = '';
  let quarter = 0;
  let saidAt = 0;
  return {
    line: (text) => stream.write(`${text}\n`),
    progress(nextLabel, fraction, detail = '') {
      const nextQuarter = Math.floor(fraction * 4);
      if (nextLabel === label && nextQuarter <= quarter) return;
      label = nextLabel;
      quarter = nextQuarter;
      stream.write(`${label}: ${percent(fraction)}${detail && ` (${detail})`}\n`);
    },
    working(nextLabel, detail) {
      if (Date.now() - saidAt < sayEveryMs) return;
      saidAt = Date.now();
      stream.write(`${nextLabel}: ${detail}\n`);
    },
  };
}

function bar(label: string, fraction: number, detail: string): string {
  const filled = Math.round(clamp(fraction) * barWidth);
  return `[${'#'.repeat(filled)}${'.'.repeat(barWidth - filled)}] ${percent(fraction)} ${label} ${detail}`.trimEnd();
}

const percent = (fraction: number): string => `${String(Math.floor(clamp(fraction) * 100)).padStart(3)} %`;
const clamp = (fraction: number): number => Math.min(1, Math.max(0, fraction));

/** Bytes as people read them: `274 MB`. */
export function megabytes(bytes: number): string {
  return `${String(Math.round(bytes / 1e6))} MB`;
}
