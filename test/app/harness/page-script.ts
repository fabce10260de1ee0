import { firstDrag, strictClone } from '../stand-in/strict-clone.ts';
import { codecInPage } from './codec.ts';

/** The names of what the harness puts into a page's isolated world. */
export const FROM_PAGE = 'fromPage';
export const TO_PAGE = 'toPage';
export const FILE_PATHS = 'filePaths';
/** Of that world, which the page's own scripts cannot look into, as Electron's. */
export const PRELOAD_WORLD = 'preload';
/** How a console message begins that tells of what Electron would not let through; the harness fails the test. */
export const PAGE_FAULT = 'stand-in fault: ';

/** What the app's preload gives its page: the shim in the page knows how each of them crosses. */
const EXPOSED = 'call hand listen stage';

/** Only the window's own page has a preload: none of its frames, no blank page. */
const nowhere = `if (window !== window.top || location.protocol === 'about:') return;`;

const cloneInPage = `
  ${firstDrag.toString()}
  ${strictClone.toString()}
  const cloned = (hop, value) => {
    try { return strictClone(hop, value); }
    catch (error) { console.warn('${PAGE_FAULT}' + error); throw error; }
  };
`;

/**
 * Runs in the isolated world before the page's own scripts: gives the app's real preload an `electron` of three objects. What it
 * exposes is reached from the page by messages only. The text is the preload's source, as a CommonJS module.
 */
export function preloadScript(preload: string): string {
  return `(() => {
    ${nowhere}
    ${codecInPage}
    ${cloneInPage}
    const listeners = new Map();
    const of = (channel) => listeners.get(channel) ?? listeners.set(channel, new Set()).get(channel);
    globalThis.${TO_PAGE} = (text) => {
      const { channel, args } = decode(text);
      of(channel).forEach((listener) => listener({}, ...args));
    };
    const ipcRenderer = {
      send: (channel, ...args) => void globalThis.${FROM_PAGE}(encode({ channel, args: cloned('preload → main', args) })),
      on: (channel, listener) => of(channel).add(listener),
      off: (channel, listener) => of(channel).delete(listener),
    };
    let exposed;
    const contextBridge = {
      exposeInMainWorld: (name, value) => {
        const names = Object.keys(value).sort().join(' ');
        if (name !== 'studio' || names !== '${EXPOSED}') throw new Error('The stand-in exposes studio of ${EXPOSED}.');
        exposed = value;
      },
    };
    // A page never learns a path: the test has said where its files lie. The others lie nowhere, and cross as bytes.
    globalThis.${FILE_PATHS} = {};
    const getPathForFile = (file) => {
      if (!(file instanceof File)) throw new TypeError('getPathForFile: expected a File.');
      return globalThis.${FILE_PATHS}[file.webkitRelativePath || file.name] ?? '';
    };
    const require = (name) => {
      if (name !== 'electron') throw new Error('A sandboxed preload cannot require ' + name);
      return { contextBridge, ipcRenderer, webUtils: { getPathForFile } };
    };
    const unlisten = new Map();
    window.addEventListener('message', async ({ data }) => {
      if (data?.to !== 'preload') return;
      const { id, verb, args } = data;
      const answer = (fields) => window.postMessage(cloned('preload → page', { to: 'page', id, ...fields }));
      if (verb === 'listen') return unlisten.set(id, exposed.listen(args[0], (payload) => answer({ payload })));
      if (verb === 'unlisten') return unlisten.get(args[0])();
      try { answer({ value: await exposed[verb](...args) }); }
      catch (error) { answer({ error: String(error?.message ?? error) }); }
    });
    ((require, module, exports) => { ${preload}
    })(require, { exports: {} }, {});
  })();`;
}

/** Runs in the page's own world before its scripts: `window.studio`, whose arguments and answers cross as structured clones. */
export const pageScript = `(() => {
  ${nowhere}
  ${cloneInPage}
  let next = 1;
  const waiting = new Map();
  const post = (verb, args) => {
    const id = next++;
    window.postMessage(cloned('page → preload, ' + verb, { to: 'preload', id, verb, args }));
    return id;
  };
  const ask = (verb, ...args) => new Promise((resolve, reject) => waiting.set(post(verb, args), { resolve, reject }));
  window.addEventListener('message', ({ data }) => {
    if (data?.to !== 'page') return;
    const { id } = data;
    const entry = waiting.get(id);
    if (entry?.listener) return entry.listener(data.payload);
    waiting.delete(id);
    if ('error' in data) entry?.reject(new Error(data.error));
    else entry?.resolve(data.value);
  });
  const studio = Object.freeze({
    call: (channel, request) => ask('call', channel, request),
    hand: (file, path) => void ask('hand', file, path),
    stage: () => ask('stage'),
    listen: (event, listener) => {
      const id = post('listen', [event]);
      waiting.set(id, { listener });
      return () => {
        if (waiting.delete(id)) post('unlisten', [id]);
      };
    },
  });
  Object.defineProperty(window, 'studio', { value: studio });
})();`;
