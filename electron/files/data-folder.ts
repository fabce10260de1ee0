import { homedir } from 'node:os';
import { join } from 'node:path';

const FOLDER_NAME = 'Autoencoder Studio';

/** Where the app keeps its runs unless told otherwise: the same folder for the desktop app, `serve` and scripts. */
export function defaultDataFolder(): string {
  const { APPDATA, XDG_CONFIG_HOME } = process.env;
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', FOLDER_NAME);
  if (process.platform === 'win32') return join(APPDATA ?? join(homedir(), 'AppData', 'Roaming'), FOLDER_NAME);
  return join(XDG_CONFIG_HOME ?? join(homedir(), '.config'), FOLDER_NAME);
}
