import * as v from 'valibot';

/** One sentence for a schema's first complaint: the field's path, what was expected, what was found. */
export function describeIssue(issue: v.BaseIssue<unknown>): string {
  const field = v.getDotPath(issue) ?? '';
  const found = issue.received;
  const where = field === '' ? '' : `${field} `;
  // An object's own complaints are of a field that is absent, or that it does not know.
  if (issue.expected === 'never') return `${where}must not be given: there is no such field.`;
  if (found === 'undefined' && field !== '') return `${where}must be given, found none.`;
  // Our own checks say "must …"; the schema's own types say what they expect.
  if (issue.message.startsWith('must ')) return `${where}${issue.message}, found ${found}.`;
  return `${where}must be ${issue.expected ?? 'different'}, found ${found}.`;
}
