import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ClusterTokens, type Keychain } from '../../electron/host/cluster-tokens.ts';
import { dataFolders } from './studio-samples.ts';

const data = dataFolders();
const HERE = 'http://127.0.0.1:8265';
const ELSEWHERE = 'http://127.0.0.1:8266';
const TOKEN = 'let-me-in';

/** Turns a text round in place of encrypting it. */
function keychain(reason?: string): Keychain {
  const turned = (text: string): string => [...text].reverse().join('');
  return {
    unavailable: () => Promise.resolve(reason),
    encrypt: (text) => Promise.resolve(Buffer.from(turned(text))),
    decrypt: (bytes) => Promise.resolve(turned(Buffer.from(bytes).toString())),
  };
}

function opened(options: { readonly keychain?: Keychain; readonly fromEnvironment?: string } = {}) {
  const reports: string[] = [];
  const report = (problem: string) => void reports.push(problem);
  return { reports, tokens: new ClusterTokens({ dataFolder: data.path, report, ...options }) };
}

const path = () => join(data.path, 'cluster-tokens.json');

describe('a cluster’s token', () => {
  it('is kept by the keychain over a start of the app, and goes to no other address', async () => {
    const { tokens } = opened({ keychain: keychain() });
    expect(await tokens.keep(HERE, ` ${TOKEN}\n`)).toEqual({ held: 'keychain' });
    expect(await readFile(path(), 'utf8')).not.toContain(TOKEN);
    const later = opened({ keychain: keychain() }).tokens;
    expect(await later.get(HERE)).toBe(TOKEN);
    expect(await later.get(ELSEWHERE)).toBeUndefined();
    expect(await later.keep(HERE, '')).toEqual({ held: 'none' });
    expect(await opened({ keychain: keychain() }).tokens.get(HERE)).toBeUndefined();
  });

  it.each([
    ['a host without one', undefined, /until it ends/],
    ['a keychain that cannot', keychain('No keyring was found.'), /No keyring/],
  ])('is kept in memory by %s, which is said', async (_, given, reason) => {
    const { tokens } = opened(given === undefined ? {} : { keychain: given });
    expect(await tokens.keep(HERE, TOKEN)).toEqual({ held: 'session', reason: expect.stringMatching(reason) });
    expect(await tokens.get(HERE)).toBe(TOKEN);
    expect(await opened().tokens.get(HERE)).toBeUndefined();
    await expect(readFile(path())).rejects.toThrow('ENOENT');
  });

  it('comes from the environment where an address has none of its own', async () => {
    const { tokens } = opened({ fromEnvironment: 'from-outside' });
    expect(await tokens.state(HERE)).toEqual({ held: 'environment' });
    await tokens.keep(HERE, TOKEN);
    expect([await tokens.get(HERE), await tokens.get(ELSEWHERE)]).toEqual([TOKEN, 'from-outside']);
    expect(await opened({ fromEnvironment: '' }).tokens.get(HERE)).toBeUndefined();
  });

  it('is asked for again where it can no longer be read, or its file is damaged', async () => {
    await opened({ keychain: keychain() }).tokens.keep(HERE, TOKEN);
    const broken = { ...keychain(), decrypt: () => Promise.reject(new Error(`bad ${TOKEN}`)) };
    const { tokens, reports } = opened({ keychain: broken });
    expect(await tokens.get(HERE)).toBeUndefined();
    expect(reports.join()).toMatch(/cannot be read/);
    expect(reports.join()).not.toContain(TOKEN);
    await writeFile(path(), '{}');
    const damaged = opened({ keychain: keychain() });
    expect(await damaged.tokens.state(HERE)).toEqual({ held: 'none' });
    expect(damaged.reports.join()).toMatch(/expected encrypted tokens, found something else/);
  });
});
