import { expect, it, vi } from 'vitest';
import { systemKeychain } from '../../electron/main/keychain.ts';

const storage = vi.hoisted(() => ({ available: true, mark: 'v11' }));

vi.mock('electron', () => ({
  safeStorage: {
    isAsyncEncryptionAvailable: () => Promise.resolve(storage.available),
    // What the desktop is known for; no keyring need answer.
    getSelectedStorageBackend: () => 'gnome_libsecret',
    encryptStringAsync: (text: string) => Promise.resolve(Buffer.from(`${storage.mark}${text}`)),
  },
}));

const on = (platform: NodeJS.Platform) => vi.spyOn(process, 'platform', 'get').mockReturnValue(platform);

it('keeps nothing under the key that everybody has, whatever keyring the desktop is known for', async () => {
  on('linux');
  storage.mark = 'v10';
  expect(await systemKeychain.unavailable()).toMatch(/^No keyring .*: the token is kept until the app ends\.$/);
  storage.mark = 'v11';
  expect(await systemKeychain.unavailable()).toBeUndefined();
});

it('takes a Mac’s own key, which is marked the same', async () => {
  on('darwin');
  storage.mark = 'v10';
  expect(await systemKeychain.unavailable()).toBeUndefined();
});

it('says where there is no keychain at all', async () => {
  storage.available = false;
  expect(await systemKeychain.unavailable()).toMatch(/offers no keychain/);
});
