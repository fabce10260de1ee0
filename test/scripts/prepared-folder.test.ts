import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { PREPARED_VARIABLE } from '../../scripts/prepared-folder.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';

const MODULE = new URL('../../scripts/prepared-folder.ts', import.meta.url).href;

/** A process that shares a folder below this one and then ends so; the folder that it shared. */
async function shared(temporary: string, end: string): Promise<string> {
  const program = `
    import { writeSync } from 'node:fs';
    import { sharePreparedFolder } from ${JSON.stringify(MODULE)};
    await sharePreparedFolder();
    writeSync(1, process.env.${PREPARED_VARIABLE});
    ${end}`;
  const env = { ...process.env, TMPDIR: temporary, TEMP: temporary, [PREPARED_VARIABLE]: undefined };
  return promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], { env }).then(
    ({ stdout }) => stdout,
    (killed: { readonly stdout: string }) => killed.stdout,
  );
}

test('what specs share goes with the run that made it; where that one was killed, the next one takes it away', async () => {
  using temporary = new TemporaryFolder();
  const left = await shared(temporary.path, "process.kill(process.pid, 'SIGKILL');");
  expect(readdirSync(temporary.path)).toEqual([basename(left)]);
  const next = await shared(temporary.path, '');
  expect([left, next].map((folder) => existsSync(folder))).toEqual([false, false]);
});
