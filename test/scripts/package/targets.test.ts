import { describe, expect, it } from 'vitest';
import { downloadingTargets, noToolsSentence, targetsFor } from '../../../scripts/package/targets.ts';

describe('the targets of npm run package', () => {
  it('are those of the system that need no download, unless others are named', () => {
    expect(targetsFor([], 'linux')).toEqual(['dir', 'tar.gz', 'deb']);
    expect(targetsFor([], 'win32')).toEqual(['nsis']);
    expect(targetsFor([], 'darwin')).toEqual(['dmg']);
    expect(targetsFor(['deb', 'appimage', 'deb'], 'linux')).toEqual(['deb', 'AppImage']);
  });

  it.each(['rpm', 'nsis', ''])('are refused where this system cannot make them: "%s"', (name) => {
    expect(() => targetsFor([name], 'linux')).toThrow(
      `Target "${name}": expected one of dir, tar.gz, deb, AppImage on this system (linux).`,
    );
  });

  it('whose tools are downloaded are known, and said to need it', () => {
    expect(downloadingTargets(['dir', 'AppImage', 'deb'])).toEqual(['AppImage']);
    expect(noToolsSentence(['AppImage'])).toMatch(
      /^AppImage: electron-builder downloads the tools for this and could not\./,
    );
  });
});
