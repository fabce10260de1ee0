import { app, type RelaunchOptions } from 'electron';
import { filesNamed } from './opened-files.ts';

/** The app's window, as far as it takes files. */
export interface Receiver {
  take(paths: readonly string[]): void;
  show(): void;
}

/**
 * Files that the system hands over, and starts of the app that find it running. Until the app is open they wait for it; then it takes
 * them; once it closes, which may take until a run is saved, they begin the app anew when it has ended. Made before the app is ready.
 */
export class HandOver {
  #receiver: Receiver | undefined;
  #isClosing = false;
  #waiting: string[] = [];
  #wantsStart = false;

  constructor() {
    // A Mac names the file that it starts the app with before the app is ready.
    app.on('open-file', (event, path) => {
      event.preventDefault();
      this.#receive([path]);
    });
    app.on('second-instance', (_, argv, folder) => this.#receive(filesNamed(argv.slice(1), folder)));
    app.on('will-quit', () => {
      if (this.#wantsStart) app.relaunch(nextStart(process.argv, process.env, this.#waiting));
    });
  }

  /** The app is open: what this start was named and what waits comes first. */
  open(receiver: Receiver): void {
    receiver.take([...this.#waiting.splice(0), ...filesNamed(process.argv.slice(1), process.cwd())]);
    this.#receiver = receiver;
  }

  /** Nothing takes files any more. */
  close(): void {
    this.#isClosing = true;
  }

  #receive(paths: readonly string[]): void {
    if (this.#isClosing) this.#wantsStart = true;
    if (this.#isClosing || this.#receiver === undefined) return void this.#waiting.push(...paths);
    this.#receiver.take(paths);
    this.#receiver.show();
  }
}

/** As this start, but with other files. An AppImage's program lies where it is mounted only as long as it runs. */
export function nextStart(argv: readonly string[], env: NodeJS.ProcessEnv, paths: readonly string[]): RelaunchOptions {
  const own = argv.slice(1).filter((word) => filesNamed([word], '/').length === 0);
  const image = env['APPIMAGE'];
  return { args: [...own, ...new Set(paths)], ...(image === undefined ? {} : { execPath: image }) };
}
