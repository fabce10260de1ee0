import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { Script } from 'node:vm';
import ts from 'typescript';

/** Python, where there is one: its own compiler judges what is generated. */
export const python = ['python3', 'python'].find((name) => spawnSync(name, ['--version']).status === 0);

/** @returns for each text the dump of its syntax tree with texts left out, or what is wrong with it */
export async function pythonTrees(texts: readonly string[]): Promise<readonly string[]> {
  const program = `import ast, json, sys
def tree(text):
    try:
        parsed = ast.parse(text)
    except SyntaxError as error:
        return f"SyntaxError: {error}"
    for node in ast.walk(parsed):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(parsed)
print(json.dumps([tree(text) for text in json.load(sys.stdin)]))`;
  const running = promisify(execFile)(python!, ['-c', program], { maxBuffer: 2 ** 28 });
  running.child.stdin?.end(JSON.stringify(texts));
  return JSON.parse((await running).stdout) as string[];
}

/** @returns the kinds of a JavaScript module's nodes in order, texts left out, or what is wrong with it */
export function javaScriptTree(text: string): string {
  const file = ts.createSourceFile('train.mjs', text, ts.ScriptTarget.ESNext, true, ts.ScriptKind.JS);
  const { parseDiagnostics = [] } = file as ts.SourceFile & { parseDiagnostics?: readonly ts.Diagnostic[] };
  const [problem] = parseDiagnostics;
  if (problem) return `SyntaxError: ${ts.flattenDiagnosticMessageText(problem.messageText, '\n')} at ${problem.start}`;
  // What the parser lets pass: names that are declared twice.
  try {
    new Script(`(async () => {${text.replaceAll(/^import .*$/gm, '')}})`);
  } catch (error) {
    return String(error);
  }
  const kinds: string[] = [];
  const visit = (node: ts.Node): void => {
    const own = ts.isIdentifier(node) || ts.isNumericLiteral(node) ? node.text : '';
    kinds.push(`${node.kind}${own}`);
    node.forEachChild(visit);
  };
  visit(file);
  return kinds.join(' ');
}
