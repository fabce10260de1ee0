import { readFile } from 'node:fs/promises';
import { protocol } from 'electron';
import { pageFile, pageHeaders } from '../host/page-files.ts';

const SCHEME = 'app';
const HOST = 'studio';

export const PAGE_ADDRESS = `${SCHEME}://${HOST}/`;

/** Must be called before the app is ready. */
export function registerPageScheme(): void {
  const privileges = { standard: true, secure: true, supportFetchAPI: true, codeCache: true };
  protocol.registerSchemesAsPrivileged([{ scheme: SCHEME, privileges }]);
}

/** Serves the window's page from its own folder, and nothing else. */
export function servePage(folder: string): void {
  protocol.handle(SCHEME, async (request) => {
    const { host, pathname } = new URL(request.url);
    const file = host === HOST && request.method === 'GET' ? pageFile(folder, pathname) : undefined;
    const bytes = file && (await readFile(file.path).catch(() => undefined));
    if (!bytes) return new Response('Not found', { status: 404, headers: pageHeaders });
    return new Response(bytes, { headers: { ...pageHeaders, 'Content-Type': file.contentType } });
  });
}

/** Whether an address is the page's own; anything else is neither navigated to nor listened to. */
export function isOwnPage(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol: scheme, host } = new URL(address);
  return scheme === `${SCHEME}:` && host === HOST;
}
