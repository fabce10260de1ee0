import { StudioError, toErrorData, type ErrorCode } from '../domain/errors.ts';

/** What can go wrong with a cluster, as a closed set; the message is for the person. */
export type ClusterProblem =
  /** Nobody answers, or the connection broke off: it may work again. */
  | 'unreachable'
  | 'token-missing'
  | 'token-wrong'
  /** Somebody answers, but not a Ray cluster. */
  | 'not-ray'
  | 'wrong-version'
  /** The cluster's limit for one upload. */
  | 'too-large'
  /** The cluster no longer knows the job, or a file of it. */
  | 'gone'
  /** What came is not what was sent. */
  | 'damaged'
  | 'refused';

const codes: Readonly<Record<ClusterProblem, ErrorCode>> = {
  unreachable: 'not-found',
  'token-missing': 'refused',
  'token-wrong': 'refused',
  'not-ray': 'bad-request',
  'wrong-version': 'refused',
  'too-large': 'refused',
  gone: 'not-found',
  damaged: 'bad-file',
  refused: 'refused',
};

export class ClusterError extends StudioError {
  readonly problem: ClusterProblem;

  constructor(problem: ClusterProblem, message: string, options: { detail?: string; cause?: unknown } = {}) {
    super(codes[problem], message, options);
    this.problem = problem;
  }
}

/** Whether waiting may help. */
export function isPassing(error: unknown): boolean {
  return error instanceof ClusterError && error.problem === 'unreachable';
}

/** Whether it ends a job's run: the others, such as a wrong token or an engine that was lost, only keep it from being followed now. */
export function isOfJob(error: unknown): boolean {
  if (error instanceof ClusterError) return error.problem === 'gone';
  const { code } = toErrorData(error);
  return code !== 'engine-lost' && code !== 'not-found' && code !== 'disk-full';
}
