import type { DesktopBridge, StudioApi } from '../../electron/contract/contract.ts';
import { withOwnBuffers } from '../../electron/contract/own-buffers.ts';

/** The contract through the desktop's preload. */
export function desktopApi(bridge: DesktopBridge): StudioApi {
  return {
    call: (channel, request) => bridge.call(channel, withOwnBuffers(request)),
    listen: (event, listener) => bridge.listen(event, listener),
    takesFolders: true,
    stage: async (files, onProgress) => {
      for (const { file, path } of files) bridge.hand(file, path);
      const result = await bridge.stage();
      if (!result.ok) return result;
      onProgress?.(1);
      const bytes = files.reduce((sum, { file }) => sum + file.size, 0);
      return { ok: true, value: { staged: result.value.staged, files: files.length, bytes } };
    },
  };
}
