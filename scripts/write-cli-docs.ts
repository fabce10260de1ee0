// `npm run docs:cli`: writes docs/command-line.md from the program's own help; with --check only says whether it is up to date.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { launchEngine } from '../electron/cli/launch-engine.ts';
import { commandLine } from '../electron/cli/program.ts';
import { projectRoot } from './step.ts';

const document = join(projectRoot, 'docs', 'command-line.md');
const programFile = join(projectRoot, 'electron', 'cli', 'index.ts');

const INTRODUCTION = `# Command line

Written by \`npm run docs:cli\` from the program's own help; do not edit.

In a checkout the program is run as \`npm run --silent cli -- COMMAND ...\`. Results go to stdout, progress and messages to
stderr.
`;

/** What a command prints when asked for help, as on a terminal of 80 columns. */
function helpOf(command: Command): string {
  let said = '';
  command.configureOutput({ writeOut: (text) => void (said += text), getOutHelpWidth: () => 80 });
  command.outputHelp();
  return said.trim();
}

const fenced = (text: string) => `\`\`\`text\n${text}\n\`\`\`\n`;

/** The whole document as the program has it today. */
async function written(): Promise<string> {
  const program = await commandLine({ entry: programFile, launchEngine });
  const sections = program.commands.map(
    (command) => `## ${command.name()}\n\n${fenced([command, ...command.commands].map(helpOf).join('\n\n'))}`,
  );
  return [INTRODUCTION, fenced(helpOf(program)), ...sections].join('\n');
}

const text = await written();
if (!process.argv.includes('--check')) {
  await writeFile(document, text);
} else if ((await readFile(document, 'utf8').catch(() => '')) !== text) {
  process.stderr.write('docs/command-line.md differs from the help of the program: run npm run docs:cli.\n');
  process.exitCode = 1;
}
