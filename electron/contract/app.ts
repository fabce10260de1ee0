import * as v from 'valibot';
import type { Staged } from './files.ts';
import type { EngineState } from '../domain/words.ts';

const Nothing = v.strictObject({});

export const appFolders = ['data', 'logs'] as const;
export type AppFolder = (typeof appFolders)[number];

/** What is asked of the app itself. */
export const appRequests = {
  'app:describe': Nothing,
  /** A text for a report of a fault: versions, settings, counts and the log's last lines, without names or places of files. */
  'app:diagnose': Nothing,
  /** In the system's file manager; refused in a browser, whose machine may be another. */
  'app:show-folder': v.strictObject({ folder: v.picklist(appFolders) }),
  /** The page is about to ask for the camera, or has been answered: the desktop app grants it only in between. */
  'app:camera': v.strictObject({ wanted: v.boolean() }),
  /** What the system or the menu has handed to the app since this was asked last. */
  'files:take': Nothing,
} as const;

export interface AppDescription {
  readonly host: 'desktop' | 'browser';
  readonly version: string;
  readonly dataFolder: string;
  readonly engine: EngineState;
  /** The run that is training now. */
  readonly activeRun?: string;
  /** The import that is running now. */
  readonly activeImport?: string;
}

/** Files that a person opened outside of the window: with the app's menu, the system's file manager, on the command line. */
export interface ArrivedFiles extends Staged {
  readonly kind: 'experiments' | 'runs' | 'images';
}

export interface AppAnswers {
  'app:describe': AppDescription;
  /** `copied`: it is on the clipboard already; a browser's page puts it there itself. */
  'app:diagnose': { readonly text: string; readonly copied: boolean };
  'app:show-folder': Record<string, never>;
  'app:camera': Record<string, never>;
  'files:take': readonly ArrivedFiles[];
}

export interface AppEvents {
  /** `files:take` has something to answer. */
  'files:arrived': Record<string, never>;
}
