import * as v from 'valibot';

/** What a schema complains of, by the field's path: the first complaint of each field. */
export function schemaProblems(issues: readonly v.BaseIssue<unknown>[]): Record<string, string> {
  const problems: Record<string, string> = {};
  for (const { path, message } of issues.flatMap((issue) => flattened(issue, ''))) problems[path] ??= message;
  return problems;
}

interface Complaint {
  readonly path: string;
  readonly message: string;
}

/** A union complains as a whole; what its alternatives say, below the union's own path, tells which field is meant. */
function flattened(issue: v.BaseIssue<unknown>, above: string): Complaint[] {
  const own = v.getDotPath(issue);
  const path = [above, own ?? ''].filter((part) => part !== '').join('.');
  const inner = issue.type === 'union' ? (issue.issues ?? []).filter((each) => v.getDotPath(each) !== null) : [];
  if (inner.length > 0) return inner.flatMap((each) => flattened(each, path));
  return [{ path, message: issue.message.startsWith('must ') ? issue.message : expected(issue) }];
}

function expected({ expected: wanted }: v.BaseIssue<unknown>): string {
  return wanted === 'number' || wanted === null ? 'must be a number' : `must be ${wanted}`;
}
