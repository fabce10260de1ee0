import { StudioError } from '../domain/errors.ts';

const MOST_CHARACTERS = 4_096;

/** What Windows forbids in a name, besides the separators. */
// eslint-disable-next-line no-control-regex
const forbidden = /[<>:"|?*\u0000-\u001f]/g;
const reserved = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;

/**
 * The folders and the name in a path that a window gives for a file it hands over ("cats/1.png"): always below where it is
 * put. Names that this platform does not take are changed a little.
 * @throws StudioError `bad-request` for a path that is absolute, climbs, or is no path.
 */
export function stagedPath(path: string, platform: NodeJS.Platform = process.platform): readonly string[] {
  const refuse = (found: string) =>
    new StudioError(
      'bad-request',
      `${JSON.stringify(path.slice(0, 200))}: expected a path such as "cats/1.png", ${found}.`,
    );
  if (path.length > MOST_CHARACTERS) throw refuse(`found ${path.length} characters`);
  if (path.includes('\0')) throw refuse('found a zero byte');
  if (path.includes('\\') && platform === 'win32') throw refuse('found a backslash');
  const parts = path.split('/');
  for (const part of parts) {
    if (part === '') throw refuse(path === '' ? 'found none' : 'found an empty name');
    if (part === '.' || part === '..') throw refuse(`found "${part}"`);
  }
  return platform === 'win32' ? parts.map(nameForWindows) : parts;
}

function nameForWindows(name: string): string {
  const cleaned = name.replace(forbidden, '_').replace(/[. ]+$/, '_');
  return reserved.test(cleaned) ? `_${cleaned}` : cleaned;
}
