import { fork } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { livesStill, ownerLives, ownerName, ownMark } from '../../electron/files/process-mark.ts';

describe('a process that a file has noted', () => {
  const own = { processId: process.pid, processMark: ownMark() };

  test('lives while it lives, with its mark or, in older files, without', () => {
    expect(livesStill(own)).toBe(true);
    expect(livesStill({ processId: process.pid })).toBe(true);
    expect(ownMark()).toBe(own.processMark);
  });

  test('is gone when another has its number', () => {
    expect(livesStill({ ...own, processMark: 'another-boot/1' })).toBe(false);
    // Where the system marks nothing: it began before the machine was started.
    expect(livesStill({ ...own, processMark: 'began 0' })).toBe(false);
    expect(livesStill({ ...own, processMark: `began ${Date.now()}` })).toBe(true);
  });

  test('is gone when it has ended', async () => {
    const child = fork('-e', [], { execArgv: [], stdio: 'ignore' });
    await once(child, 'exit');
    expect(livesStill({ processId: child.pid! })).toBe(false);
    expect(livesStill({ processId: child.pid!, processMark: own.processMark })).toBe(false);
  });
});

describe('a process that a name begins with', () => {
  test('lives while it lives, in names of earlier versions by its number alone', () => {
    expect(ownerLives(`${ownerName()}-0123456789ab`)).toBe(true);
    expect(ownerLives(`${process.pid}-0123456789ab`)).toBe(true);
    expect(ownerLives(`${process.ppid}-abcdef`)).toBe(true);
  });

  test('is gone when its number is another’s, or nobody’s, or none', () => {
    expect(ownerLives(`${process.pid}-00000000-0123456789ab`)).toBe(false);
    expect(ownerLives(`${2 ** 30}-0123456789ab`)).toBe(false);
    expect(ownerLives('somebody')).toBe(false);
  });
});
