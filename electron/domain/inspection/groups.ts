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
 * What each of some groups is. Where none of them is called normal, what their names say is a guess about odd ones only: groups then
 * are unknown until somebody says what they are.
 */
export function truthsOf(groups: Iterable<string>): Map<string, Truth> {
  const found = new Map<string, Truth>();
  for (const group of groups) found.set(group, truthOfGroup(group));
  if (![...found.values()].includes('normal')) for (const group of found.keys()) found.set(group, 'unknown');
  return found;
}
