import { once } from 'node:events';
import { _electron, type ElectronApplication } from '@playwright/test';
import { installedElectron } from '../../../scripts/electron-binary.ts';
import type { MenuItemSeen } from '../stand-in/link.ts';
import { builtApp, packagedProgram, type LaunchOptions, type StudioApp } from './app.ts';

const ENGINE_SERVICE = 'Autoencoder Studio engine';

/** Runs the built app in Electron itself, or the packaged one. */
export async function launchElectron(options: LaunchOptions): Promise<StudioApp> {
  const packaged = packagedProgram();
  const executablePath = packaged ?? installedElectron();
  if (executablePath === undefined) throw new Error("Electron's program is not installed: npx install-electron.");
  const app = await _electron.launch({
    executablePath,
    // Chromium's sandbox does not run as root.
    chromiumSandbox: process.platform !== 'linux' || process.getuid?.() !== 0,
    args: [...(packaged === undefined ? [builtApp] : []), `--data=${options.dataFolder}`],
  });
  const page = await app.firstWindow();
  return {
    page,
    dataFolder: options.dataFolder,
    windowCount: () => app.windows().length,
    chooseWhereToSave: async (path) => {
      await app.evaluate(({ dialog }, filePath) => {
        const answer = { canceled: filePath === undefined, filePath: filePath ?? '' };
        dialog.showSaveDialog = () => Promise.resolve(answer);
      }, path);
    },
    chooseWhatToOpen: async (paths) => {
      await app.evaluate(({ dialog }, filePaths) => {
        dialog.showOpenDialog = () => Promise.resolve({ canceled: filePaths.length === 0, filePaths: [...filePaths] });
      }, paths);
    },
    menuItem: (way) => lookInMenu(app, way, false),
    chooseFromMenu: async (way) => {
      if (!(await lookInMenu(app, way, true))) throw new Error(`The menu has no ${way.join(' → ')}.`);
    },
    openWith: async (paths) => {
      await app.evaluate(({ app: main }, opened) => {
        main.emit('second-instance', {}, ['autoencoder-studio', ...opened], process.cwd());
      }, paths);
    },
    // Electron knows.
    filesLieAt: () => Promise.resolve(),
    enginePid: async () => {
      for (;;) {
        const pids = await app.evaluate(
          ({ app: main }, service) =>
            main
              .getAppMetrics()
              .filter((process) => process.name === service || process.serviceName === service)
              .map((process) => process.pid),
          ENGINE_SERVICE,
        );
        if (pids.length > 0) return pids.at(-1)!;
      }
    },
    answerNextQuestion: async (button) => {
      await app.evaluate(({ dialog }, response) => {
        dialog.showMessageBox = () => Promise.resolve({ response, checkboxChecked: false });
      }, button);
    },
    askToClose: async () => {
      await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
    },
    gone: async () => {
      const child = app.process();
      if (child.exitCode === null) await once(child, 'exit');
    },
    close: async () => {
      if (app.process().exitCode !== null) return;
      // A run that trains is saved, as a person would answer.
      await app.evaluate(({ dialog }) => {
        dialog.showMessageBox = () => Promise.resolve({ response: 1, checkboxChecked: false });
      });
      await app.close();
    },
  };
}

function lookInMenu(
  app: ElectronApplication,
  way: readonly string[],
  click: boolean,
): Promise<MenuItemSeen | undefined> {
  return app.evaluate(
    ({ Menu }, { way: labels, click: chosen }) => {
      let items = Menu.getApplicationMenu()?.items ?? [];
      let found: (typeof items)[number] | undefined;
      for (const label of labels) {
        found = items.find((item) => item.label === label);
        items = found?.submenu?.items ?? [];
      }
      if (!found) return undefined;
      if (chosen) found.click();
      const { label, enabled, checked, accelerator } = found;
      return { label, enabled, checked, accelerator: accelerator ?? undefined, items: items.map((item) => item.label) };
    },
    { way, click },
  );
}
