import { EventEmitter } from 'node:events';
import type * as Electron from 'electron';
import { appLife, preventable } from './app.ts';
import { tellFault } from './faults.ts';
import { onHarness } from './link.ts';

type CheckHandler = NonNullable<Parameters<Electron.Session['setPermissionCheckHandler']>[0]>;
type RequestHandler = NonNullable<Parameters<Electron.Session['setPermissionRequestHandler']>[0]>;

/** Names of Electron's, by what a page calls them. */
const asked = {
  geolocation: 'geolocation',
  notifications: 'notifications',
  camera: 'media',
  microphone: 'media',
  'clipboard-read': 'clipboard-read',
  'clipboard-write': 'clipboard-sanitized-write',
} as const;

let check: CheckHandler | undefined;
let request: RequestHandler | undefined;

const defaultSession = Object.assign(new EventEmitter(), {
  setPermissionRequestHandler: (handler: RequestHandler | null) => void (request = handler ?? undefined),
  setPermissionCheckHandler: (handler: CheckHandler | null) => void (check = handler ?? undefined),
} satisfies Partial<Electron.Session>);

// Chromium has begun it: what the app refuses no spec may want.
onHarness('download', ({ url }) => {
  const event = preventable({});
  defaultSession.emit('will-download', event, { getURL: () => url });
  if (event.defaultPrevented) tellFault(`A download was refused: ${url}`);
});

export const standInSession = {
  get defaultSession() {
    appLife.expectReady('session.defaultSession');
    return defaultSession;
  },
};

/** Whether somebody judges what a page downloads: Electron lets it have everything otherwise. */
export const judgesDownloads = (): boolean => defaultSession.listenerCount('will-download') > 0;

/** What a page is told of each permission: what the app's two handlers say, and without them Electron grants everything. */
export function permissionsOfPages(): Readonly<Record<string, boolean>> {
  return Object.fromEntries(Object.entries(asked).map(([name, permission]) => [name, isGranted(permission)]));
}

function isGranted(permission: (typeof asked)[keyof typeof asked]): boolean {
  const origin = 'app://studio/';
  const details = { isMainFrame: true, requestingUrl: origin };
  if (check && !check(null, permission, origin, details as Parameters<CheckHandler>[3])) return false;
  let granted = request === undefined;
  request?.({} as Electron.WebContents, permission, (answer) => (granted = answer), details);
  return granted;
}
