import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What of this machine decides whether Chromium's sandbox can work. */
export interface SandboxFacts {
  readonly platform: NodeJS.Platform;
  readonly isRoot: boolean;
  /** A kernel's setting below /proc/sys; nothing where there is no such setting. */
  setting(name: string): string | undefined;
  /** The owner and mode of `chrome-sandbox` beside Electron's program; nothing where it is missing. */
  readonly helper: { readonly owner: number; readonly mode: number } | undefined;
}

const SUID_ROOT = 0o4755;

/**
 * Why Chromium would abort over its sandbox, as the beginning of a sentence; nothing where it works. It wants user namespaces, which
 * Ubuntu has kept from programs without an AppArmor profile since 23.10, or its helper, set-user-id root.
 */
export function sandboxProblem({ platform, isRoot, setting, helper }: SandboxFacts): string | undefined {
  if (platform !== 'linux') return undefined;
  if (isRoot) return 'Electron does not run as root with its sandbox on';
  if (helper?.owner === 0 && helper.mode === SUID_ROOT) return undefined;
  if (setting('kernel/apparmor_restrict_unprivileged_userns') === '1') {
    return 'AppArmor keeps Electron’s sandbox from working here (kernel.apparmor_restrict_unprivileged_userns is 1)';
  }
  const forbidding = ['kernel/unprivileged_userns_clone', 'user/max_user_namespaces'].find(
    (name) => setting(name) === '0',
  );
  if (forbidding === undefined) return undefined;
  return `This kernel keeps Electron’s sandbox from working (${forbidding.replace('/', '.')} is 0)`;
}

/** @param program Electron's */
export function sandboxFacts(program: string): SandboxFacts {
  const stats = statSync(join(dirname(program), 'chrome-sandbox'), { throwIfNoEntry: false });
  return {
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    helper: stats && { owner: stats.uid, mode: stats.mode & 0o7777 },
    setting: (name) => {
      try {
        return readFileSync(join('/proc/sys', name), 'utf8').trim();
      } catch {
        return undefined;
      }
    },
  };
}
