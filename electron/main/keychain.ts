import { safeStorage } from 'electron';
import type { Keychain } from '../host/cluster-tokens.ts';

/** How Chromium begins what it encrypts with a key that is the same on every machine. */
const KNOWN_KEY_MARK = 'v10';

/**
 * Whether the key is one that anybody can look up: Chromium's on a Linux without a keyring that runs. The backend's name tells what
 * the desktop is known for, not whether its keyring answers: only what is encrypted says by which key it was.
 */
async function isKeyKnown(): Promise<boolean> {
  const probe = await safeStorage.encryptStringAsync('probe');
  return probe.subarray(0, KNOWN_KEY_MARK.length).toString('latin1') === KNOWN_KEY_MARK;
}

/** The system's keychain, by Electron's `safeStorage`: the Keychain of a Mac, DPAPI on Windows, libsecret or KWallet on Linux. */
export const systemKeychain: Keychain = {
  unavailable: async () => {
    if (!(await safeStorage.isAsyncEncryptionAvailable())) {
      return 'This system offers no keychain to the app: the token is kept until the app ends.';
    }
    return process.platform === 'linux' && (await isKeyKnown())
      ? 'No keyring (GNOME Keyring or KWallet) was found: the token is kept until the app ends.'
      : undefined;
  },
  encrypt: (text) => safeStorage.encryptStringAsync(text),
  decrypt: async (bytes) => (await safeStorage.decryptStringAsync(Buffer.from(bytes))).result,
};
