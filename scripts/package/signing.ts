import type { Configuration } from 'electron-builder';

/** What electron-builder reads of a certificate and of Apple's notarisation; a workflow without secrets sets them to nothing. */
const names = [
  'CSC_LINK',
  'CSC_KEY_PASSWORD',
  'CSC_NAME',
  'WIN_CSC_LINK',
  'WIN_CSC_KEY_PASSWORD',
  'APPLE_API_KEY',
  'APPLE_API_KEY_ID',
  'APPLE_API_ISSUER',
] as const;

/** An empty `CSC_LINK` would be taken for a file's name. */
export function forgetEmpty(env: NodeJS.ProcessEnv): void {
  for (const name of names) if (env[name] === '') Reflect.deleteProperty(env, name);
}

/**
 * Without a certificate an app for a Mac is signed as nobody's: flipping the fuses has broken the signature that Electron came with,
 * and on ARM nothing runs without one. The hardened runtime would then refuse the libraries, which are nobody's either.
 */
export function macSigning(env: NodeJS.ProcessEnv): NonNullable<Configuration['mac']> {
  const hasCertificate = env['CSC_LINK'] !== undefined || env['CSC_NAME'] !== undefined;
  return hasCertificate ? {} : { identity: '-', hardenedRuntime: false };
}
