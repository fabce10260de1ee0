import { bad } from '../read-chain.ts';

/** How often all bytes of a file may be copied: weights are turned around, or stand for two layers. */
const MOST_COPIES = 4;
/** For what graphs compute of shapes. */
const SPARE_BYTES = 2 ** 20;

/** What a model may take of memory and time, by the size of its files: a small file cannot ask for a large model. */
export class MemoryBudget {
  private left: number;
  private readonly file: string;

  /** @param bytes of the file and of those it names */
  constructor(bytes: number, file: string) {
    this.left = MOST_COPIES * bytes + SPARE_BYTES;
    this.file = file;
  }

  /** @throws StudioError `bad-file` where that is too much */
  take(bytes: number): void {
    this.left -= bytes;
    if (this.left < 0)
      throw bad(
        this.file,
        `weights that are used at most ${MOST_COPIES} times`,
        'more: export a model whose layers have weights of their own',
      );
  }
}
