import { describe, expect, it, vi } from 'vitest';
import { allArrived } from '../../../held-answers.ts';
import { opened, pictures, withTwo } from './decoder-samples.ts';

describe('a direction from two groups', () => {
  it('moves any picture by the difference of the groups’ means', async () => {
    const { decoder, explorer } = await withTwo();
    explorer.groups = { a: Uint32Array.of(0, 2), b: Uint32Array.of(10, 12) };
    decoder.direction.measure();
    await vi.waitFor(() => expect([...(decoder.direction.direction ?? [])]).toEqual([10, 10]));
    decoder.direction.amount = 0.5;
    expect([...decoder.direction.code!]).toEqual([14, 9]);
    decoder.direction.amount = 0;
    expect([...decoder.direction.code!]).toEqual([9, 4]);
  });

  it.each([
    ['the first', new Uint32Array(), Uint32Array.of(1)],
    ['the second', Uint32Array.of(0), new Uint32Array()],
  ])('is none without %s group, also where there was one', async (_, a, b) => {
    const { decoder, explorer, host } = await withTwo();
    const { direction } = decoder;
    explorer.groups = { a: Uint32Array.of(0), b: Uint32Array.of(1) };
    direction.measure();
    await vi.waitFor(() => expect(direction.direction).toBeDefined());
    explorer.groups = { a, b };
    direction.measure();
    await vi.waitFor(() => expect(direction.direction).toBeUndefined());
    expect(direction.code).toBeUndefined();
    direction.follow();
    await allArrived();
    expect([direction.live.shown, direction.problem]).toEqual([undefined, undefined]);
    expect(host.asked).not.toContain('model:decode');
  });

  it.each([
    [new Uint32Array(), Uint32Array.of(1)],
    [Uint32Array.of(0), new Uint32Array()],
  ])('asks for no codes before there are two groups', async (a, b) => {
    const { decoder, explorer, host } = await opened();
    explorer.groups = { a, b };
    decoder.direction.measure();
    await allArrived();
    expect(host.asked).not.toContain('model:codes');
  });

  it('is none of a group without a finite code', async () => {
    const { decoder, explorer } = await opened((host) => {
      const codes = new Float32Array(120).fill(1).fill(Number.NaN, 2, 4);
      host.answers['model:codes'] = () => ({ codes, size: 2 });
    });
    explorer.groups = { a: Uint32Array.of(0), b: Uint32Array.of(1) };
    decoder.direction.measure();
    await allArrived();
    expect([decoder.direction.direction, decoder.direction.problem]).toEqual([undefined, undefined]);
  });

  it('moves the first group’s mean where no picture is at hand; what is kept says what it was', async () => {
    const { decoder, explorer } = await opened();
    const { direction } = decoder;
    direction.keep();
    expect([decoder.pictures.items, direction.code]).toEqual([[], undefined]);
    explorer.groups = { a: Uint32Array.of(0, 2), b: Uint32Array.of(10, 12) };
    direction.measure();
    await vi.waitFor(() => expect(direction.code).toBeDefined());
    direction.amount = 2;
    expect([...direction.code!]).toEqual([22, 21]);
    direction.follow();
    await vi.waitFor(() => expect(direction.live.shown?.subject).toBe(2));
    direction.keep();
    const [kept] = decoder.pictures.items;
    expect([kept!.name, ...kept!.code, ...kept!.image.pixels]).toEqual(['Mean of A, moved', 22, 21, 22]);
    decoder.pictures.keep('own', Float32Array.of(1, 1), pictures([1]));
    direction.keep();
    expect(decoder.pictures.items.at(-1)!.name).toBe('own, moved');
  });

  it('says why the codes could not be had', async () => {
    const { decoder, explorer, host } = await opened((fake) => delete fake.answers['model:codes']);
    explorer.groups = { a: Uint32Array.of(0), b: Uint32Array.of(1) };
    decoder.direction.measure();
    await vi.waitFor(() => expect(decoder.direction.problem?.message).toBe('No answer for model:codes.'));
    host.answers['model:codes'] = () => ({ codes: Float32Array.of(0, 0, 1, 2), size: 2 });
    decoder.direction.measure();
    await vi.waitFor(() => expect([...(decoder.direction.direction ?? [])]).toEqual([1, 2]));
    expect(decoder.direction.problem).toBeUndefined();
    delete host.answers['model:codes'];
    await explorer.choose({ runId: 'map', weights: 'last' });
    explorer.groups = { a: Uint32Array.of(0), b: Uint32Array.of(1) };
    decoder.direction.measure();
    await vi.waitFor(() => expect(decoder.direction.problem).toBeDefined());
    expect(decoder.direction.direction).toBeUndefined();
  });
});
