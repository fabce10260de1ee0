import { once } from 'node:events';
import { _electron } from '@playwright/test';
import { installedElectron } from '../../../scripts/electron-binary.ts';
import { builtApp, packagedProgram, type LaunchOptions, type StudioApp } from './app.ts';

const ENGINE_SERVICE = 'Autoencoder Studio engine';

/** Runs the built app in Electron itself, or the packaged one. */
export async function launchElectron(options: LaunchOptions): Promise<StudioApp> {
  const packaged = packagedProgram();
  const executablePath = packaged ?? installedElectron();
  if (executablePath === undefined) throw new Error("Electron's program is not installed: npx install-electron.");
  const sandbox = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const app = await _electron.launch({
    executablePath,
    args: [...sandbox, ...(packaged === undefined ? [builtApp] : []), `--data=${options.dataFolder}`],
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
