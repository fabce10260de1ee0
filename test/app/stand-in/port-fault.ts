/** What the port of a utility process tells the stand-in in the main process, besides what the app sends through it. */
export interface PortFault {
  readonly fault: string;
}

export const isFault = (message: unknown): message is PortFault =>
  typeof message === 'object' && message !== null && 'fault' in message && Object.keys(message).length === 1;
