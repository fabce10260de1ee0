import { extname, join } from 'node:path';
import { app, dialog, type BrowserWindow, type FileFilter } from 'electron';
import type { ExportPlace, ExportWish } from '../host/export.ts';

const filters: Readonly<Record<string, FileFilter>> = {
  '.aestudio': { name: 'Autoencoder Studio run', extensions: ['aestudio'] },
  '.html': { name: 'HTML page', extensions: ['html'] },
  '.json': { name: 'JSON', extensions: ['json'] },
  '.safetensors': { name: 'Compressed images', extensions: ['safetensors'] },
};

/** Asks for the name of a new folder, or of a file; the dialog itself asks before a file is replaced. */
export async function chooseExportPlace(window: BrowserWindow, wish: ExportWish): Promise<ExportPlace | undefined> {
  const { kind, name, title } = wish;
  const filter = kind === 'file' ? filters[extname(name)] : undefined;
  const { canceled, filePath } = await dialog.showSaveDialog(window, {
    title,
    ...(kind === 'folder'
      ? {
          message: 'What is written becomes a new folder of this name.',
          nameFieldLabel: 'Folder',
          buttonLabel: 'Export',
        }
      : { buttonLabel: 'Save' }),
    ...(filter === undefined ? {} : { filters: [filter] }),
    defaultPath: join(app.getPath('documents'), name),
    properties: ['createDirectory', 'showOverwriteConfirmation'],
  });
  if (canceled || filePath === '') return undefined;
  return {
    path: filePath,
    finish: () => Promise.resolve({ kind: 'saved', folder: filePath }),
    abandon: () => Promise.resolve(),
  };
}
