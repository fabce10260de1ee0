import { isAbsolute } from 'node:path';
import * as v from 'valibot';
import { requestSchemas } from '../contract/contract.ts';
import { StudioError } from '../domain/errors.ts';
import type { GivenFile } from '../contract/files.ts';
import { describeIssue } from '../domain/describe-issue.ts';
import { servePort, type Port, type Report } from '../contract/rpc.ts';
import type { Staging } from './staging.ts';

/**
 * Takes what a desktop window's preload hands over, on a port of its own. The page cannot post there, and the preload names only
 * paths of `File`s that the browser made of a person's drop or choice: a script that was smuggled into the page can stage again
 * what it was given, but name no other file. What this does not stop is a page that has broken out of the browser's own sandboxed
 * process into native code: it can post what it likes, and would have the host read images (never write) where the person may.
 */
export function serveFiles(port: Port, staging: Staging, window: object, report: Report): () => void {
  const answer = async (channel: string, request: unknown): Promise<{ staged: string }> => {
    if (channel !== 'preload:stage') throw new StudioError('refused', `A window may not call "${channel}" here.`);
    const parsed = v.safeParse(requestSchemas['preload:stage'], request);
    if (!parsed.success) throw new StudioError('bad-request', `${channel}: ${describeIssue(parsed.issues[0])}`);
    const staged = staging.open(window);
    try {
      for (const file of parsed.output.files) await add(staging, staged, file);
      return { staged };
    } catch (error) {
      await staging.release(staged);
      throw error;
    }
  };
  return servePort(port, answer, (problem) => report(`From a window's files: ${problem}`));
}

async function add(staging: Staging, staged: string, file: GivenFile): Promise<void> {
  if (file.kind === 'bytes') {
    await staging.expect(staged, file.bytes.length);
    await staging.writeSmall(staged, file.path, file.bytes);
  } else if (isAbsolute(file.path)) staging.give(staged, file.path);
  else throw new StudioError('bad-request', `"${file.path}": expected a whole path, found a relative one.`);
}
