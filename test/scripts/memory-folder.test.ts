import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { memoryFolder } from '../../scripts/memory-folder.ts';

const system = vi.hoisted(() => ({ startsPrograms: true }));
vi.mock('node:child_process', () => ({ spawnSync: () => ({ status: system.startsPrograms ? 0 : null }) }));

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'memory-'))));
afterEach(() => {
  rmSync(root, { recursive: true });
  system.startsPrograms = true;
});

it('is a new and empty folder each time', async () => {
  const folders = [await memoryFolder({ root, room: 1 }), await memoryFolder({ root, room: 1 })];
  expect(new Set(folders).size).toBe(2);
  for (const folder of folders) {
    expect(dirname(folder!)).toBe(root);
    expect(readdirSync(folder!)).toEqual([]);
  }
});

it('is none, and nothing is left, without room, the place, or the right to start a program there', async () => {
  expect(await memoryFolder({ root, room: Number.MAX_VALUE })).toBeUndefined();
  expect(await memoryFolder({ root: join(root, 'none'), room: 1 })).toBeUndefined();
  system.startsPrograms = false;
  expect(await memoryFolder({ root, room: 1 })).toBeUndefined();
  expect(readdirSync(root)).toEqual([]);
});
