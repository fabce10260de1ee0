import { describe, expect, it } from 'vitest';
import { sandboxProblem, type SandboxFacts } from '../../scripts/sandbox.ts';

const facts = (settings: Readonly<Record<string, string>> = {}, changes: Partial<SandboxFacts> = {}): SandboxFacts => ({
  platform: 'linux',
  isRoot: false,
  helper: { owner: 1_000, mode: 0o755 },
  setting: (name) => settings[name],
  ...changes,
});

const ubuntu = { 'kernel/apparmor_restrict_unprivileged_userns': '1' };

describe('Electron’s sandbox', () => {
  it('works where the kernel keeps nothing from it', () => {
    expect(sandboxProblem(facts())).toBeUndefined();
    expect(sandboxProblem(facts({ 'kernel/apparmor_restrict_unprivileged_userns': '0' }))).toBeUndefined();
  });

  it('does not on Ubuntu since 23.10, unless its helper is root’s, with the set-user-id bit', () => {
    expect(sandboxProblem(facts(ubuntu))).toMatch(
      /^AppArmor keeps .* \(kernel\.apparmor_restrict_unprivileged_userns is 1\)$/,
    );
    expect(sandboxProblem(facts(ubuntu, { helper: { owner: 0, mode: 0o755 } }))).toBeDefined();
    expect(sandboxProblem(facts(ubuntu, { helper: { owner: 1_000, mode: 0o4755 } }))).toBeDefined();
    expect(sandboxProblem(facts(ubuntu, { helper: undefined }))).toBeDefined();
    expect(sandboxProblem(facts(ubuntu, { helper: { owner: 0, mode: 0o4755 } }))).toBeUndefined();
  });

  it.each(['kernel/unprivileged_userns_clone', 'user/max_user_namespaces'])('does not where %s is 0', (name) => {
    expect(sandboxProblem(facts({ [name]: '0' }))).toContain(`(${name.replace('/', '.')} is 0)`);
  });

  it('does not for root, and is no question elsewhere', () => {
    expect(sandboxProblem(facts({}, { isRoot: true }))).toContain('as root');
    expect(sandboxProblem(facts(ubuntu, { platform: 'darwin', isRoot: true }))).toBeUndefined();
  });
});
