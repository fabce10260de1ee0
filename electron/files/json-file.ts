import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { describeIssue } from '../domain/describe-issue.ts';
import { StudioError } from '../domain/errors.ts';
import { writeJson } from './atomic.ts';
import { PathTurns } from './path-turns.ts';

/** What this process writes. */
const writing = new PathTurns();

/**
 * A file of the app that holds one JSON object and the number of its version: checked when it is read, written whole or not at all,
 * its changes made one after another, also where several in this process make them.
 */
export class JsonFile<T extends object> {
  readonly path: string;
  readonly #version: number;
  readonly #schema: v.GenericSchema<unknown, T>;

  /**
   * @param version raised when what it means changes, so that older files are not read
   * @param schema of what it holds besides its version
   */
  constructor(path: string, version: number, schema: v.GenericSchema<unknown, T>) {
    this.path = path;
    this.#version = version;
    this.#schema = schema;
  }

  /** @throws StudioError `not-found`, or `bad-file` naming the file and the field, what was expected and what was found */
  async read(): Promise<T> {
    const { version, ...content } = await readChecked(this.path, v.looseObject({ version: v.unknown() }));
    if (version !== this.#version) {
      const found = JSON.stringify(version) ?? 'none';
      throw new StudioError('bad-file', `${this.path}: version must be ${this.#version}, found ${found}.`);
    }
    return checked(this.path, this.#schema, content);
  }

  /** Nothing where there is no such file. Throws as `read`. */
  async readIfThere(): Promise<T | undefined> {
    return this.read().catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw error;
    });
  }

  /** Throws as `writeJson`. */
  async write(content: T): Promise<void> {
    await writing.take(this.path, () => this.#put(content));
  }

  /**
   * Writes what `change` makes of what it holds.
   * @param otherwise stands for a file that is missing or damaged, never for one that cannot be read just now; without it that is
   *   an error
   * @throws StudioError as `read` and `writeJson`
   */
  async update(change: (current: T) => T, otherwise?: T): Promise<T> {
    return writing.take(this.path, async () => {
      const current = await this.read().catch((error: unknown) => {
        if (otherwise === undefined || isUnreadable(error)) throw error;
        return otherwise;
      });
      const content = change(current);
      await this.#put(content);
      return content;
    });
  }

  /** Resolves when all that was to be written has been, or could not be. */
  async settled(): Promise<void> {
    await writing.settled(this.path);
  }

  async #put(content: T): Promise<void> {
    await writeJson(this.path, { version: this.#version, ...content });
  }
}

/** Reads a JSON file against its schema. @throws StudioError `not-found` or `bad-file`, naming the file and the field. */
export async function readChecked<T extends v.GenericSchema>(path: string, schema: T): Promise<v.InferOutput<T>> {
  return checked(path, schema, await readJson(path));
}

/** @throws StudioError `not-found`, or `bad-file` where it is not JSON. */
export async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new StudioError('not-found', `${path}: the file cannot be read.`, { cause });
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new StudioError('bad-file', `${path}: expected JSON, found text that is not JSON.`, { cause });
  }
}

function checked<T extends v.GenericSchema>(path: string, schema: T, value: unknown): v.InferOutput<T> {
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  throw new StudioError('bad-file', `${path}: ${describeIssue(parsed.issues[0])}`);
}

const isMissing = (error: unknown): boolean => whyUnread(error) === 'ENOENT';

/** It is there, and what it holds would be lost if something else were written: no more files may be open, the disk fails. */
const isUnreadable = (error: unknown): boolean => !['ENOENT', undefined].includes(whyUnread(error));

/** The system's reason for which a file was not read; nothing where it was. */
function whyUnread(error: unknown): string | undefined {
  return ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code;
}
