import type { StudioApi } from '../../../electron/contract/contract.ts';
import type { HandedFile } from '../../../electron/contract/files.ts';

/** One class that pictures are taken of, and how many there are. */
export interface CameraClass {
  readonly name: string;
  readonly files: readonly HandedFile[];
}

export type CameraState =
  | { readonly kind: 'off' }
  | { readonly kind: 'asking' }
  | { readonly kind: 'on'; readonly stream: MediaStream }
  | { readonly kind: 'refused'; readonly message: string };

/** Milliseconds between two pictures while a button is held. */
const EVERY_MS = 150;

/** Pictures from the camera, a class a button: they become files as if somebody had dropped them. */
export class Camera {
  state = $state.raw<CameraState>({ kind: 'off' });
  classes = $state.raw<readonly CameraClass[]>([]);
  /** The class whose button is held. */
  holding = $state<string>();

  readonly #api: StudioApi;
  readonly #media: Pick<MediaDevices, 'getUserMedia'> | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #closed = false;

  constructor(
    api: StudioApi,
    classes: readonly string[],
    media: Pick<MediaDevices, 'getUserMedia'> | undefined = navigator.mediaDevices,
  ) {
    this.#api = api;
    this.#media = media;
    this.classes = classes.map((name) => ({ name, files: [] }));
  }

  get count(): number {
    return this.classes.reduce((sum, { files }) => sum + files.length, 0);
  }

  get files(): readonly HandedFile[] {
    return this.classes.flatMap(({ files }) => files);
  }

  /** Asks for the camera: the app lets the page have it for this one request alone. */
  async start(): Promise<void> {
    if (this.state.kind === 'asking' || this.state.kind === 'on') return;
    if (this.#media === undefined) {
      const message = 'This page may not ask for a camera: open it by its https or localhost address.';
      this.state = { kind: 'refused', message };
      return;
    }
    this.state = { kind: 'asking' };
    await this.#api.call('app:camera', { wanted: true });
    try {
      const stream = await this.#media.getUserMedia({ video: true, audio: false });
      if (this.#closed) stop(stream);
      else this.state = { kind: 'on', stream };
    } catch (error) {
      this.state = { kind: 'refused', message: refusal(error) };
    } finally {
      await this.#api.call('app:camera', { wanted: false });
    }
  }

  /** A class more; nothing where there is one of that name. */
  add(name: string): void {
    const trimmed = name.trim();
    if (trimmed === '' || this.classes.some((each) => each.name === trimmed)) return;
    this.classes = [...this.classes, { name: trimmed, files: [] }];
  }

  /** Takes pictures of a class, the first at once, until it is let go. */
  hold(name: string, take: () => Promise<Blob | undefined>): void {
    if (this.state.kind !== 'on' || this.holding !== undefined) return;
    this.holding = name;
    const shoot = (): void => void take().then((picture) => picture && this.#keep(name, picture));
    shoot();
    this.#timer = setInterval(shoot, EVERY_MS);
  }

  release(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.holding = undefined;
  }

  /** Forgets the pictures of a class. */
  clear(name: string): void {
    this.classes = this.classes.map((each) => (each.name === name ? { ...each, files: [] } : each));
  }

  /** Lets go of the camera: its light goes out. */
  close(): void {
    this.#closed = true;
    this.release();
    if (this.state.kind === 'on') stop(this.state.stream);
    this.state = { kind: 'off' };
  }

  #keep(name: string, picture: Blob): void {
    this.classes = this.classes.map((each) => {
      if (each.name !== name) return each;
      const number = String(each.files.length + 1).padStart(4, '0');
      const fileName = `${folderName(name)}-${Date.now()}-${number}.png`;
      const file = new File([picture], fileName, { type: 'image/png' });
      return { ...each, files: [...each.files, { file, path: `camera/${folderName(name)}/${fileName}` }] };
    });
  }
}

const stop = (stream: MediaStream): void => stream.getTracks().forEach((track) => track.stop());

/** A class as a folder may be called. */
const folderName = (name: string): string => name.replaceAll(/[\\/:*?"<>|]/g, '_');

function refusal(error: unknown): string {
  const name = error instanceof Error ? error.name : '';
  if (name === 'NotAllowedError') {
    return 'The camera was not allowed. Allow it for this app in the browser’s or the system’s settings, then try again.';
  }
  if (name === 'NotFoundError') return 'No camera was found on this computer.';
  if (name === 'NotReadableError') return 'The camera is in use by another program.';
  return `The camera could not be opened (${name || String(error)}).`;
}
