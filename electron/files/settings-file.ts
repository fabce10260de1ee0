import { join } from 'node:path';
import * as v from 'valibot';
import { StudioError } from '../domain/errors.ts';
import { SettingsSchema, type Settings } from '../contract/settings.ts';
import { writeJson } from './atomic.ts';
import { readChecked } from './run-folder.ts';

const SettingsFileSchema = v.strictObject({ version: v.literal(1), ...SettingsSchema.entries });

export function settingsPath(dataFolder: string): string {
  return join(dataFolder, 'settings.json');
}

/**
 * The settings kept in the data folder; none are kept before one was changed.
 * @throws StudioError `bad-file` or `not-found` (it cannot be read), naming the file
 */
export async function readSettings(dataFolder: string): Promise<Settings> {
  try {
    const settings: Settings & { version?: 1 } = {
      ...(await readChecked(settingsPath(dataFolder), SettingsFileSchema)),
    };
    delete settings.version;
    return settings;
  } catch (error) {
    if (isMissing(error)) return {};
    throw error;
  }
}

export async function writeSettings(dataFolder: string, settings: Settings): Promise<void> {
  await writeJson(settingsPath(dataFolder), { version: 1, ...settings });
}

function isMissing(error: unknown): boolean {
  return error instanceof StudioError && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
}
