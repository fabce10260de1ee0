import { EventEmitter } from 'node:events';

/** What the stand-in, in the app's process, and the harness, which holds the browser, say to each other. */
export type ToHarness =
  | {
      readonly kind: 'open-window';
      readonly url: string;
      readonly preload: string;
      /** What a page is told of each permission. */
      readonly permissions: Readonly<Record<string, boolean>>;
    }
  /** What a real Electron would only warn of, or show in a box: it fails the test. */
  | { readonly kind: 'fault'; readonly text: string }
  /** The window has gone, and its page goes. */
  | { readonly kind: 'close-page' }
  | { readonly kind: 'reload-page' }
  | { readonly kind: 'to-page'; readonly channel: string; readonly args: readonly unknown[] }
  | {
      readonly kind: 'fetched';
      readonly id: number;
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Uint8Array;
    }
  | { readonly kind: 'navigation'; readonly id: number; readonly allowed: boolean }
  | { readonly kind: 'popup'; readonly id: number; readonly allowed: boolean }
  | { readonly kind: 'window-asked-to-close'; readonly prevented: boolean }
  | { readonly kind: 'window-hidden' }
  | { readonly kind: 'menu'; readonly id: number; readonly item: MenuItemSeen | undefined }
  | { readonly kind: 'zoomed'; readonly factor: number }
  | { readonly kind: 'folder-shown'; readonly path: string }
  | { readonly kind: 'error-box'; readonly text: string }
  /** It has itself started once more as soon as it has ended: noted, not done. */
  | { readonly kind: 'starts-again'; readonly args: readonly string[] }
  | { readonly kind: 'copied'; readonly text: string }
  | { readonly kind: 'forked'; readonly service: string; readonly pid: number };

export type ToApp =
  | { readonly kind: 'from-page'; readonly url: string; readonly channel: string; readonly args: readonly unknown[] }
  | { readonly kind: 'page-loaded' }
  | { readonly kind: 'page-closed' }
  | { readonly kind: 'fetch'; readonly id: number; readonly url: string; readonly method: string }
  | { readonly kind: 'navigate'; readonly id: number; readonly url: string }
  | { readonly kind: 'open-popup'; readonly id: number; readonly url: string }
  | { readonly kind: 'download'; readonly url: string }
  | { readonly kind: 'close-window' }
  | { readonly kind: 'script-message-box'; readonly response: number }
  | { readonly kind: 'script-save-dialog'; readonly path: string | undefined }
  | { readonly kind: 'script-open-dialog'; readonly paths: readonly string[] }
  /** Other files that the system opens with the app. */
  | { readonly kind: 'open-with'; readonly paths: readonly string[] }
  /** By the labels on the way; where `click` is set it is chosen. */
  | { readonly kind: 'look-in-menu'; readonly id: number; readonly way: readonly string[]; readonly click: boolean };

/** An item of the menu as a person sees it. */
export interface MenuItemSeen {
  readonly label: string;
  readonly enabled: boolean;
  readonly checked: boolean;
  readonly accelerator: string | undefined;
  /** Labels of the items below it. */
  readonly items: readonly string[];
}

/** The app's end. */
export function tellHarness(message: ToHarness): void {
  if (process.connected) process.send!(message);
}

const listeners = new EventEmitter();
process.on('message', (message: ToApp) => listeners.emit(message.kind, message));

export function onHarness<K extends ToApp['kind']>(
  kind: K,
  listener: (message: ToApp & { kind: K }) => void | Promise<void>,
): void {
  listeners.on(kind, listener);
}
