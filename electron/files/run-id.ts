import { randomBytes } from 'node:crypto';

/** Such as "2026-11-23-141503-article-7f3a": sorts by time, names a folder on every system. */
export function newRunId(word: string, now: Date): string {
  const time = now.toISOString().slice(0, 19).replace('T', '-').replaceAll(':', '');
  const plain = word
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40);
  return `${time}-${plain === '' ? 'run' : plain}-${randomBytes(2).toString('hex')}`;
}
