import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import type { MenuItemSeen } from '../stand-in/link.ts';
import { installedElectron } from '../../../scripts/electron-binary.ts';
import { sampleRecipes } from '../../../scripts/samples/recipes.ts';
import { projectRoot } from '../../../scripts/step.ts';

/** The built desktop app under test, whatever runs it. */
export interface StudioApp {
  readonly page: Page;
  readonly dataFolder: string;
  /** How many windows are open. */
  windowCount(): number;
  /** The next save dialog answers with this path; with nothing it is cancelled. */
  chooseWhereToSave(path: string | undefined): Promise<void>;
  /** The next open dialog answers with these paths. */
  chooseWhatToOpen(paths: readonly string[]): Promise<void>;
  /** The item of the menu that these labels lead to: "File", "Open recent". */
  menuItem(way: readonly string[]): Promise<MenuItemSeen | undefined>;
  /** Chooses it. */
  chooseFromMenu(way: readonly string[]): Promise<void>;
  /** As the system's file manager opens files with the app that runs. */
  openWith(paths: readonly string[]): Promise<void>;
  /** Says where files and folders lie that are about to be dropped or chosen: the stand-in's browser does not tell. */
  filesLieAt(paths: readonly string[]): Promise<void>;
  /** The engine's process id, as soon as it runs. */
  enginePid(): Promise<number>;
  /** The next question the app asks is answered with this button, counted from 0. */
  answerNextQuestion(button: number): Promise<void>;
  /** Closes the window as a person would; the app may ask, and stay. */
  askToClose(): Promise<void>;
  /** Waits until the app has gone by itself. */
  gone(): Promise<void>;
  /** Closes the window as a person would who wants to quit, and waits until the app has gone. */
  close(): Promise<void>;
}

export const builtApp = join(projectRoot, 'out', 'main', 'index.js');

/** The packaged app's program, where that is to be tested in place of the built one. */
export const packagedProgram = (env: NodeJS.ProcessEnv = process.env): string | undefined =>
  env['AUTOENCODER_STUDIO_TEST_PROGRAM'];

/**
 * The one switch: Electron itself where its program is installed and there is a screen, else the stand-in. The variable
 * `AUTOENCODER_STUDIO_TEST_ON` set to `electron` or `stand-in` decides instead; a packaged program is Electron.
 */
export function testedOn(env: NodeJS.ProcessEnv = process.env): 'electron' | 'stand-in' {
  if (packagedProgram(env) !== undefined) return 'electron';
  const wanted = env['AUTOENCODER_STUDIO_TEST_ON'];
  if (wanted === 'electron' || wanted === 'stand-in') return wanted;
  const hasScreen = process.platform !== 'linux' || Boolean(env['DISPLAY'] ?? env['WAYLAND_DISPLAY']);
  return hasScreen && installedElectron(env) !== undefined ? 'electron' : 'stand-in';
}

export interface LaunchOptions {
  readonly dataFolder: string;
  /** Modules the app's main process imports first, to measure it. */
  readonly imports?: readonly string[];
  /** Added to the environment of its processes where they are plain Node: on the stand-in. */
  readonly env?: Readonly<Record<string, string>>;
  /** The browser whose context its window is to be, on the stand-in; without it there is one of its own. */
  readonly chromium?: () => Promise<Browser>;
  /** Whether its person wants less motion, on the stand-in. */
  readonly lessMotion?: boolean;
}

export async function launchApp(options: LaunchOptions): Promise<StudioApp> {
  if (testedOn() === 'electron') return (await import('./electron-app.ts')).launchElectron(options);
  return (await import('./stand-in-app.ts')).launchStandIn(options);
}

/** A data folder of its own for one test, removed after it. The samples are not among its runs: it is told that they have been. */
export async function temporaryFolder(): Promise<{ readonly path: string; readonly remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'autoencoder-studio-test-'));
  const given = sampleRecipes.map(({ id }) => id);
  await writeFile(join(path, 'samples.json'), JSON.stringify({ version: 1, given }));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}
