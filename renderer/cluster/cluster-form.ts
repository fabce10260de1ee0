import * as v from 'valibot';
import { ClusterOrderSchema, type ClusterOrder } from '../../electron/contract/cluster.ts';
import { describeIssue } from '../../electron/domain/describe-issue.ts';
import { readNumber } from '../widgets/read-number.ts';

/** What a person has typed of a cluster; the token is not part of it. */
export interface ClusterForm {
  readonly address: string;
  readonly workers: string;
  readonly cpus: string;
  readonly gpu: boolean;
  readonly imageSource: string;
  readonly jobs: string;
}

export type ClusterField = keyof ClusterForm;

export type OrderReading =
  | { readonly kind: 'ready'; readonly order: ClusterOrder }
  | { readonly kind: 'faulty'; readonly field: ClusterField; readonly problem: string };

export const emptyForm: ClusterForm = { address: '', workers: '1', cpus: '1', gpu: false, imageSource: '', jobs: '2' };

/** The form as it stands for an order that was given before. */
export function clusterFormOf({ address, workers, imageSource = '', jobs }: ClusterOrder): ClusterForm {
  const { count, cpus, gpu } = workers;
  return { address, workers: String(count), cpus: String(cpus), gpu, imageSource, jobs: String(jobs) };
}

const fields: Readonly<Record<string, ClusterField>> = {
  address: 'address',
  'workers.count': 'workers',
  'workers.cpus': 'cpus',
  'workers.gpu': 'gpu',
  imageSource: 'imageSource',
  jobs: 'jobs',
};

/** Reads the form, or says which field is wrong and how. */
export function readOrder(form: ClusterForm): OrderReading {
  const { address, workers, cpus, gpu, imageSource, jobs } = form;
  if (address.trim() === '') return { kind: 'faulty', field: 'address', problem: 'must be given' };
  const parsed = v.safeParse(ClusterOrderSchema, {
    address: address.trim(),
    workers: { count: readNumber(workers), cpus: readNumber(cpus), gpu },
    jobs: readNumber(jobs),
    ...(imageSource.trim() === '' ? {} : { imageSource }),
  });
  if (parsed.success) return { kind: 'ready', order: parsed.output };
  const [issue] = parsed.issues;
  const path = v.getDotPath(issue) ?? '';
  const words = describeIssue(issue);
  return {
    kind: 'faulty',
    field: fields[path] ?? 'address',
    problem: words.replace(`${path} `, '').replace(/\.$/, ''),
  };
}
