import { expect, it } from 'vitest';
import { withOwnBuffers } from '../../electron/contract/own-buffers.ts';

const set = new ArrayBuffer(7_840_000);

it('copies ten digits out of a set instead of sending it whole', () => {
  const pixels = new Uint8Array(set, 784_000, 7_840).fill(7);
  const errors = new Float32Array(set, 1_600, 3).fill(0.5);
  const message = { kind: 'answer', result: { ok: true, value: { pixels, lists: [errors, 'a'], count: 10 } } };
  const { pixels: own, lists, count } = withOwnBuffers(message).result.value;
  expect(own.buffer.byteLength).toBe(7_840);
  expect(own).toEqual(pixels);
  expect((lists[0] as Float32Array).buffer.byteLength).toBe(12);
  expect(lists).toEqual([errors, 'a']);
  expect(count).toBe(10);
});

it('turns a slice of Node’s pool of buffers into bytes', () => {
  const own = withOwnBuffers({ bytes: Buffer.from('digits') as Uint8Array });
  expect(own.bytes.constructor).toBe(Uint8Array);
  expect(own.bytes.buffer.byteLength).toBe(6);
});

it('passes on as it is what drags nothing along', () => {
  const message = { a: [new Float32Array(4), null, { b: 1 }], when: new Date(0) };
  expect(withOwnBuffers(message)).toBe(message);
});
