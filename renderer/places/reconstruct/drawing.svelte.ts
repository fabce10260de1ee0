import { toErrorData, type ErrorData, type Result } from '../../../electron/domain/errors.ts';
import type { ImageSource, Reconstructions } from '../../../electron/contract/models.ts';
import { LatestRequest } from '../../link/latest-request.svelte.ts';
import { entriesOf, type PictureEntry } from '../../pictures/picture-entries.ts';
import { begun, cleared, emptySketch, extended, undone, type PenPoint, type Sketch } from './sketch.ts';

export const DRAWING_NAME = 'drawing.png';

type Ask = (source: ImageSource) => Promise<Result<Reconstructions>>;

/** A drawing and what the model makes of it while it is drawn. */
export class LiveDrawing {
  sketch = $state.raw<Sketch>(emptySketch);
  /** Width of the next stroke, in the paper's pixels. */
  brush = $state(22);
  /** The newest answer. */
  entry = $state.raw<PictureEntry>();
  problem = $state.raw<ErrorData>();

  readonly isEmpty = $derived(this.sketch.strokes.length === 0);

  #isDrawing = $state(false);
  readonly #calls = new LatestRequest();

  /** Whether the newest answer is of an earlier drawing than the newest. */
  get behind(): boolean {
    return this.#calls.busy;
  }

  /** Whether what the pen does next goes on with a stroke: not after that was taken back, or all was cleared. */
  get isDrawing(): boolean {
    return this.#isDrawing;
  }

  begin(point: PenPoint): void {
    this.sketch = begun(this.sketch, point, this.brush);
    this.#isDrawing = true;
  }

  /** A stroke that was taken back while the pen was down does not go on. */
  extend(point: PenPoint): void {
    if (this.#isDrawing) this.sketch = extended(this.sketch, point);
  }

  undo(): void {
    this.#isDrawing = false;
    this.sketch = undone(this.sketch);
  }

  clear(): void {
    this.#isDrawing = false;
    this.sketch = cleared(this.sketch);
  }

  /** Asks for the drawing as it now is. One request is under way at a time, the newest drawing follows it. */
  follow(encode: () => Promise<Uint8Array<ArrayBuffer> | undefined>, ask: Ask): void {
    if (this.isEmpty) return this.forget();
    void this.#calls.follow(async (token) => {
      const answer = await answerTo(encode, ask);
      if (answer && !token.isStale) this.#take(answer);
    });
  }

  /** What is shown is of an empty paper or another model; answers still under way are dropped. */
  forget(): void {
    this.#calls.cancel();
    this.entry = undefined;
    this.problem = undefined;
  }

  #take(answer: Result<Reconstructions>): void {
    if (!answer.ok) {
      this.problem = answer.error;
      return;
    }
    const [entry] = entriesOf(answer.value, 'drawing');
    this.problem = entry?.kind === 'problem' ? { code: 'bad-file', message: entry.message } : undefined;
    if (entry?.kind === 'picture') this.entry = entry;
  }
}

/** The model's answer to a drawing; nothing where there is none to show. Never rejects. */
async function answerTo(
  encode: () => Promise<Uint8Array<ArrayBuffer> | undefined>,
  ask: Ask,
): Promise<Result<Reconstructions> | undefined> {
  try {
    const bytes = await encode();
    return bytes && (await ask({ kind: 'pictures', pictures: [{ name: DRAWING_NAME, bytes }] }));
  } catch (error) {
    return { ok: false, error: toErrorData(error) };
  }
}
