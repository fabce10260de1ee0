import type { AppAnswers, AppDescription, AppFolder } from '../contract/app.ts';
import type { Handlers } from '../contract/contract.ts';
import { StudioError } from '../domain/errors.ts';
import type { SettingsAnswer } from '../contract/settings.ts';
import { diagnosticsText } from './diagnostics.ts';
import type { LogFile } from './log-file.ts';

export interface AppSurroundings {
  describe(): AppDescription;
  settings(): SettingsAnswer;
  countRuns(): Promise<number>;
  countImageSets(): Promise<number>;
  readonly log: LogFile | undefined;
  readonly desktop: DesktopServices | undefined;
}

/** What the host does on the person's own desktop; nobody does where the window may be on another machine. */
export interface DesktopServices {
  /** Opens a folder in the system's file manager. */
  showFolder(folder: string): Promise<void>;
  copyText(text: string): Promise<void>;
  /** Whether the page may have the camera when it asks. */
  allowCamera(allowed: boolean): Promise<void>;
  /** Asks for a Python's program. @returns nothing where it was cancelled */
  choosePython(): Promise<string | undefined>;
  /** Told of experiments and runs that were opened from files or saved into them, where they lie. */
  filesUsed(paths: readonly string[]): void;
}

/** Answers what a window asks of the app itself. */
export function appHandlers(around: AppSurroundings): Handlers<Extract<keyof AppAnswers, `app:${string}`>> {
  return {
    'app:describe': () => Promise.resolve(around.describe()),
    'app:diagnose': async () => {
      // An engine that is starting, or is gone, counts no sets; the rest is of more use then.
      const imageSets = await around.countImageSets().catch(() => 0);
      const facts = { app: around.describe(), settings: around.settings(), runs: await around.countRuns(), imageSets };
      const text = diagnosticsText({ ...facts, log: around.log });
      await around.desktop?.copyText(text);
      return { text, copied: around.desktop !== undefined };
    },
    'app:show-folder': async ({ folder }) => {
      const path = folderPath(around, folder);
      if (!around.desktop || path === undefined) {
        throw new StudioError('refused', 'Only the desktop app can open a folder: it is on the machine that serves.');
      }
      await around.desktop.showFolder(path);
      return {};
    },
    'app:camera': async ({ wanted }) => {
      // A browser asks its person itself.
      await around.desktop?.allowCamera(wanted);
      return {};
    },
  };
}

function folderPath({ describe, log }: AppSurroundings, folder: AppFolder): string | undefined {
  return folder === 'data' ? describe().dataFolder : log?.folder;
}
