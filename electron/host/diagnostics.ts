import { arch, cpus, freemem, homedir, release, totalmem, userInfo } from 'node:os';
import type { AppDescription } from '../contract/app.ts';
import type { SettingsAnswer } from '../contract/settings.ts';
import type { LogFile } from './log-file.ts';

const LOG_LINES = 40;

export interface DiagnosticsFacts {
  readonly app: AppDescription;
  readonly settings: SettingsAnswer;
  readonly runs: number;
  readonly imageSets: number;
  readonly log: LogFile | undefined;
}

/** What helps whoever looks for a fault: versions, machine, state and the log's end, without the person's names and places. */
export function diagnosticsText({ app, settings, runs, imageSets, log }: DiagnosticsFacts): string {
  const { electron, chrome, node } = process.versions;
  const gibibytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  const lines = [
    `Autoencoder Studio ${app.version}, ${app.host === 'desktop' ? 'desktop app' : 'served to a browser'}`,
    `${process.platform} ${release()}, ${arch()}`,
    `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${settings.cores} cores`,
    `Memory: ${gibibytes(freemem())} of ${gibibytes(totalmem())} free`,
    `Node ${node}${electron === undefined ? '' : `, Electron ${electron}, Chromium ${chrome}`}`,
    `Engine: ${engineWords(app)}`,
    `Settings: ${JSON.stringify(settings.settings)}${settings.problem === undefined ? '' : `; ${settings.problem}`}`,
    `Runs: ${runs}; image sets: ${imageSets}; training now: ${app.activeRun === undefined ? 'no' : 'yes'}`,
    ...(log ? ['', 'End of the log:', ...log.lastLines(LOG_LINES)] : []),
  ];
  return withoutPrivateWords(`${lines.join('\n')}\n`);
}

function engineWords({ engine }: AppDescription): string {
  if (engine.kind === 'ready') return `TensorFlow ${engine.tensorflow}, threads: ${engine.threads}`;
  return engine.kind === 'starting' ? 'starting' : `stopped: ${engine.message}`;
}

/**
 * A path of any system, with the spaces in it: up to an ending that a sentence goes on after, else to the next quotation mark,
 * colon or comma, or the line's end. Rather a word too much than a name too many.
 */
const PATH =
  /(?<![\w.])(?:[A-Za-z]:[\\/]|file:\/+|~[\\/]|[\\/]{1,2}(?=[^\s\\/]))[^"'<>|\n]*?(?:(\.[A-Za-z][\w-]{0,19})(?=["':,;)\]]|\.?$|\. )|(?=: |, |\)|["'<>|]|$))/gm;

interface Person {
  readonly home: string;
  readonly user: string;
}

/** The text with each path reduced to its ending ("<path>.png"), and the person's name taken out. */
export function withoutPrivateWords(
  text: string,
  person: Person = { home: homedir(), user: userInfo().username },
): string {
  const reduced = text.replaceAll(person.home, '~').replace(PATH, (_, ending?: string) => `<path>${ending ?? ''}`);
  // A name of one or two letters is part of too many words, and root is nobody's.
  if (person.user.length < 3 || person.user === 'root') return reduced;
  return reduced.replaceAll(person.user, '<user>');
}
