import { safeStorage } from 'electron';
import type { Keychain } from '../host/cluster-tokens.ts';

/** The system's keychain, by Electron's `safeStorage`: the Keychain of a Mac, DPAPI on Windows, libsecret or KWallet on Linux. */
export const systemKeychain: Keychain = {
  unavailable: async () => {
    if (!(await safeStorage.isAsyncEncryptionAvailable())) {
      return 'This system offers no keychain to the app: the token is kept until the app ends.';
    }
    // Electron then encrypts with a password that anybody can look up.
    if (process.platform === 'linux' && safeStorage.getSelectedStorageBackend() === 'basic_text') {
      return 'No keyring (GNOME Keyring or KWallet) was found: the token is kept until the app ends.';
    }
    return undefined;
  },
  encrypt: (text) => safeStorage.encryptStringAsync(text),
  decrypt: async (bytes) => (await safeStorage.decryptStringAsync(Buffer.from(bytes))).result,
};
