import { join } from 'node:path';
import { SettingsSchema, type Settings } from '../contract/settings.ts';
import { JsonFile } from './json-file.ts';

/** The settings kept in the data folder; there is no file before one was changed. */
export function settingsFile(dataFolder: string): JsonFile<Settings> {
  return new JsonFile(join(dataFolder, 'settings.json'), 1, SettingsSchema);
}
