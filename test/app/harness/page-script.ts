/** The names of what the harness puts into a page. */
export const FROM_PAGE = '__fromPage';
export const TO_PAGE = '__toPage';
export const FILE_PATHS = '__filePaths';

/**
 * Runs in the page before anything of its own: gives the app's real preload an `electron` of three objects. Unlike
 * Electron's, it shares the page's world. The text is the preload's source, as a CommonJS module.
 */
export function preloadScript(preload: string): string {
  return `(() => {
    const listeners = new Map();
    const of = (channel) => listeners.get(channel) ?? listeners.set(channel, new Set()).get(channel);
    window['${TO_PAGE}'] = ({ channel, args }) => of(channel).forEach((listener) => listener({}, ...args));
    const ipcRenderer = {
      send: (channel, ...args) => void window['${FROM_PAGE}']({ channel, args }),
      on: (channel, listener) => of(channel).add(listener),
      off: (channel, listener) => of(channel).delete(listener),
    };
    const contextBridge = { exposeInMainWorld: (name, value) => Object.defineProperty(window, name, { value }) };
    // A page never learns a path: the test has said where its files lie. The others lie nowhere, and cross as bytes.
    const pathOf = (name) => window['${FILE_PATHS}']?.[name] ?? '';
    const webUtils = { getPathForFile: (file) => pathOf(file.webkitRelativePath || file.name) };
    const require = (name) => {
      if (name !== 'electron') throw new Error('A sandboxed preload cannot require ' + name);
      return { contextBridge, ipcRenderer, webUtils };
    };
    ((require, module, exports) => { ${preload}
    })(require, { exports: {} }, {});
  })();`;
}
