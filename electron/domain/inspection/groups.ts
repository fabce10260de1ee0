import * as v from 'valibot';

/** What is known of the pictures of a group. */
export const truths = ['normal', 'odd', 'unknown'] as const;
export type Truth = (typeof truths)[number];
export const TruthSchema = v.picklist(truths);

/** Folders of normal pictures, in the words people use for them. */
const NORMAL =
  /^(?:good|goods|ok|okay|normal|normals|pass|passed|fine|healthy|intact|nominal|flawless|accepted|clean)$/i;

/** Folders that say which part of the data lies in them, not what is on the pictures. */
const SPLIT = /^(?:train|training|val|valid|validation|test|testing)$/i;

/**
 * The folder that a picture came from, as its name has it: "test/crack/007.png" is of "test/crack"; of no folder it is ''.
 * Archives and arrays name their pictures alike.
 */
export function groupOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('/')));
}

/** What a folder's name says of its pictures: "test/good" is normal, "test/crack" odd; a name of no folder, or of a split alone, says nothing. */
export function truthOfGroup(group: string): Truth {
  const last = group.split('/').findLast((part) => part !== '' && !SPLIT.test(part));
  if (last === undefined) return 'unknown';
  return isNormalName(last) ? 'normal' : 'odd';
}

/** Whether a folder's own name is a word for what is normal. */
export function isNormalName(name: string): boolean {
  return name.split(/[-_ .]+/).some((word) => NORMAL.test(word)) && !/^(?:not?|non|un|ab|in)[-_ .]/i.test(name);
}

/**
 * What each of some groups is: by its own name, and in a normal one normal too ("good/Monday"). Where none of them is called normal by
 * itself, folders around them may be ("good/Monday" beside "bad/Monday"). Where none is, what their names say is a guess about odd ones
 * only: groups then are unknown until somebody says what they are.
 */
export function truthsOf(groups: Iterable<string>): Map<string, Truth> {
  const found = new Map<string, Truth>();
  for (const group of groups) found.set(group, truthOfGroup(group));
  const isNormal = (group: string): boolean => found.get(group) === 'normal';
  if (![...found.keys()].some(isNormal)) {
    const shared = sharedFolders([...found.keys()]);
    const around = (group: string): readonly string[] => group.split('/').slice(shared);
    for (const group of found.keys()) if (around(group).some(isNormalName)) found.set(group, 'normal');
  }
  if (![...found.keys()].some(isNormal)) for (const group of found.keys()) found.set(group, 'unknown');
  const normal = [...found.keys()].filter(isNormal);
  for (const group of found.keys()) if (normal.some((each) => group.startsWith(`${each}/`))) found.set(group, 'normal');
  return found;
}

/** How many folders all these paths begin with. */
function sharedFolders(paths: readonly string[]): number {
  const [first = [], ...others] = paths.map((path) => path.split('/'));
  const at = first.findIndex((folder, depth) => others.some((other) => other[depth] !== folder));
  return at < 0 ? first.length : at;
}
