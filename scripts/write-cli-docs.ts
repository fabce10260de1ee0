// `npm run docs:cli`: writes docs/command-line.md from the program's own help; with --check only says whether it is up to date.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './native/run-command.ts';
import { projectRoot } from './step.ts';

const document = join(projectRoot, 'docs', 'command-line.md');
const program = join(projectRoot, 'electron', 'cli', 'index.ts');

const INTRODUCTION = `# Command line

Written by \`npm run docs:cli\` from the program's own help; do not edit.

In a checkout the program is run as \`npm run --silent cli -- COMMAND ...\`. Results go to stdout, progress and messages to
stderr.
`;

/** What the program prints when asked for help, or a command of its own commands. */
async function help(command?: string, within?: string): Promise<string> {
  const asked = [...(within === undefined ? [] : [within]), 'help', ...(command === undefined ? [] : [command])];
  const { status, stdout, output } = await runCommand(process.execPath, [program, ...asked], {
    env: process.env,
    signal: new AbortController().signal,
  });
  if (status !== 0) throw new Error(`${asked.join(' ')}: expected exit status 0, found ${status}: ${output}`);
  return stdout.trim();
}

/** The names under "Commands:", in their order; `help` itself is left out. */
function commandNames(overview: string): readonly string[] {
  const list = overview.slice(overview.indexOf('\nCommands:'));
  return [...list.matchAll(/^ {2}(\S+)/gm)].map(([, name]) => name!).filter((name) => name !== 'help');
}

const fenced = (text: string) => `\`\`\`text\n${text}\n\`\`\`\n`;

/** The whole document as the program has it today. */
async function written(): Promise<string> {
  const overview = await help();
  const names = commandNames(overview);
  const texts = await Promise.all(names.map((name) => help(name)));
  const sections = await Promise.all(
    names.map(async (name, index) => {
      const text = texts[index]!;
      const inner = text.includes('\nCommands:') ? commandNames(text) : [];
      const own = await Promise.all(inner.map((command) => help(command, name)));
      return `## ${name}\n\n${fenced([text, ...own].join('\n\n'))}`;
    }),
  );
  return [INTRODUCTION, fenced(overview), ...sections].join('\n');
}

const text = await written();
if (!process.argv.includes('--check')) {
  await writeFile(document, text);
} else if ((await readFile(document, 'utf8').catch(() => '')) !== text) {
  process.stderr.write('docs/command-line.md differs from the help of the program: run npm run docs:cli.\n');
  process.exitCode = 1;
}
