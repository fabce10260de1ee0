import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCommand } from '../../scripts/native/run-command.ts';
import { projectRoot } from '../../scripts/step.ts';

it('docs/command-line.md is what the program says of itself', async () => {
  const script = join(projectRoot, 'scripts', 'write-cli-docs.ts');
  const options = { env: process.env, signal: new AbortController().signal };
  const { status, output } = await runCommand(process.execPath, [script, '--check'], options);
  expect(output).toBe('');
  expect(status).toBe(0);
});
