import { resolve } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'electron-vite';

const at = (path: string) => resolve(import.meta.dirname, path);

export default defineConfig({
  main: {
    build: {
      outDir: at('out/main'),
      rolldownOptions: {
        // Programs of one bundle: the desktop app, the engine process and its thread for imports, a thread for
        // HDF5 files, the command line by itself and as the desktop app runs it.
        input: {
          index: at('electron/main/index.ts'),
          engine: at('electron/engine-process/engine-entry.ts'),
          'import-worker': at('electron/engine-process/import-worker.ts'),
          'hdf5-worker': at('electron/model/import/hdf5/hdf5-worker.ts'),
          cli: at('electron/cli/index.ts'),
          'command-line': at('electron/cli/program.ts'),
        },
        // All beside each other: code that starts a thread looks for it in its own folder.
        output: { format: 'es', chunkFileNames: '[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: at('out/preload'),
      // A sandboxed preload is one CommonJS file.
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: at('electron/preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('renderer'),
    plugins: [svelte()],
    build: {
      outDir: at('out/renderer'),
      minify: true,
      // The window is read from the disk: that it is one large file, of which a download would suffer, is nobody's concern.
      chunkSizeWarningLimit: 2_000,
      rolldownOptions: { input: { index: at('renderer/index.html') } },
    },
  },
});
