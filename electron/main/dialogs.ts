import { extname, join } from 'node:path';
import {
  app,
  dialog,
  type BrowserWindow,
  type FileFilter,
  type MessageBoxOptions,
  type MessageBoxReturnValue,
  type OpenDialogOptions,
  type SaveDialogOptions,
  type SaveDialogReturnValue,
} from 'electron';
import type { ExportPlace, ExportWish } from '../host/export.ts';

const filters: Readonly<Record<string, FileFilter>> = {
  '.aestudio': { name: 'Autoencoder Studio run', extensions: ['aestudio'] },
  '.html': { name: 'HTML page', extensions: ['html'] },
  '.json': { name: 'JSON', extensions: ['json'] },
  '.safetensors': { name: 'Compressed images', extensions: ['safetensors'] },
};

/**
 * On a Mac a dialog hangs from its window: from one that is out of sight nobody would see it, and none hangs from one that is gone.
 */
const isSeen = (window: BrowserWindow): boolean => !window.isDestroyed() && window.isVisible() && !window.isMinimized();

/** Asks a question. */
export function askAt(window: BrowserWindow, question: MessageBoxOptions): Promise<MessageBoxReturnValue> {
  return isSeen(window) ? dialog.showMessageBox(window, question) : dialog.showMessageBox(question);
}

/** Asks for files or folders. @returns their paths, none where it was cancelled */
export async function choosePaths(window: BrowserWindow, options: OpenDialogOptions): Promise<readonly string[]> {
  const { canceled, filePaths } = await (isSeen(window)
    ? dialog.showOpenDialog(window, options)
    : dialog.showOpenDialog(options));
  return canceled ? [] : filePaths;
}

/** Asks for a Python's program. @returns nothing where it was cancelled */
export async function choosePython(window: BrowserWindow): Promise<string | undefined> {
  // Environments often lie in hidden folders.
  const properties = ['openFile', 'showHiddenFiles', 'dontAddToRecent'] as const;
  const message = 'The program of the Python, or of the virtual environment, that has PyTorch.';
  const [path] = await choosePaths(window, { title: 'Choose a Python', message, properties: [...properties] });
  return path;
}

function askWhereToSave(window: BrowserWindow, options: SaveDialogOptions): Promise<SaveDialogReturnValue> {
  return isSeen(window) ? dialog.showSaveDialog(window, options) : dialog.showSaveDialog(options);
}

/** Asks for the name of a new folder, or of a file; the dialog itself asks before a file is replaced. */
export async function chooseExportPlace(window: BrowserWindow, wish: ExportWish): Promise<ExportPlace | undefined> {
  const { kind, name, title } = wish;
  const filter = kind === 'file' ? filters[extname(name)] : undefined;
  const { canceled, filePath } = await askWhereToSave(window, {
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
