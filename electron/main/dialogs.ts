import { join } from 'node:path';
import { app, dialog, type BrowserWindow } from 'electron';
import type { ExportPlace } from '../host/export.ts';

/** Asks for the name of a new folder for an exported model. */
export async function chooseExportFolder(window: BrowserWindow, suggested: string): Promise<ExportPlace | undefined> {
  const { canceled, filePath } = await dialog.showSaveDialog(window, {
    title: 'Export model',
    message: 'The model is written as a new folder of this name.',
    nameFieldLabel: 'Folder',
    buttonLabel: 'Export',
    defaultPath: join(app.getPath('documents'), suggested),
    properties: ['createDirectory'],
  });
  if (canceled || filePath === '') return undefined;
  return {
    folder: filePath,
    finish: () => Promise.resolve({ kind: 'saved', folder: filePath }),
    abandon: () => Promise.resolve(),
  };
}
