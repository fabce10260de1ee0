export const scriptDialectIds = ['keras', 'pytorch', 'tfjs'] as const;
export type ScriptDialectId = (typeof scriptDialectIds)[number];

/** What a person chooses a dialect by. */
export interface ScriptDialect {
  readonly id: ScriptDialectId;
  readonly name: string;
  readonly language: 'python' | 'javascript';
  /** One sentence: what it runs on. */
  readonly about: string;
}

export const scriptDialects: readonly ScriptDialect[] = [
  { id: 'keras', name: 'Keras 3', language: 'python', about: 'Python; on TensorFlow.' },
  { id: 'pytorch', name: 'PyTorch', language: 'python', about: 'Python; on a graphics card where there is one.' },
  { id: 'tfjs', name: 'TensorFlow.js', language: 'javascript', about: 'Node, through tfjs-node.' },
];
