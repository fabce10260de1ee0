import { describe, expect, it } from 'vitest';
import { presets } from '../../../../electron/domain/presets.ts';
import { draftOfPreset, readDraft, textAt, withText, type Draft } from '../../../../renderer/experiment/draft.ts';
import { withValueAt } from '../../../../renderer/experiment/path-values.ts';
import {
  layersOf,
  withDecoder,
  withLayer,
  withLayerMoved,
  withoutLayer,
  type LayerList,
} from '../../../../renderer/places/model/layer-editing.ts';
import { articlePreset, mnist } from '../../samples.ts';

const article = draftOfPreset(articlePreset, mnist);
const conv = draftOfPreset(
  presets.find(({ id }) => id === 'conv')!,
  mnist,
);

const kinds = (draft: Draft, list: LayerList = 'encoder') => layersOf(draft.base.model, list).map(({ kind }) => kind);

describe('the layers of an experiment being prepared', () => {
  it('take a new layer where its kind fits', () => {
    const dense = withLayer(conv, 'encoder', 'dense');
    expect(kinds(dense.draft)).toEqual(['conv', 'conv', 'dense']);
    const pool = withLayer(dense.draft, 'encoder', 'pool');
    expect(kinds(pool.draft)).toEqual(['conv', 'conv', 'pool', 'dense']);
    expect(pool.index).toBe(2);
    expect(readDraft(pool.draft, mnist).kind).toBe('ready');
  });

  it('make a layer like the last of its kind', () => {
    const { draft } = withLayer(article, 'encoder', 'dense');
    expect(draft.base.model.encoder).toEqual([
      { kind: 'dense', units: 256, activation: 'sigmoid' },
      { kind: 'dense', units: 256, activation: 'sigmoid' },
    ]);
  });

  it('take what was typed along', () => {
    const typed = withText(withText(conv, 'model.encoder.1.filters', '3x'), 'training.epochs', '5');
    const moved = withLayerMoved(typed, 'encoder', 1, 0);
    expect(textAt(moved, 'model.encoder.0.filters')).toBe('3x');
    expect(textAt(moved, 'model.encoder.1.filters')).toBe('16');
    const removed = withoutLayer(moved, 'encoder', 1);
    expect(textAt(removed, 'model.encoder.0.filters')).toBe('3x');
    expect(withoutLayer(removed, 'encoder', 0).typed).toEqual({ 'training.epochs': '5' });
  });

  it('stay where they are at the ends of the list', () => {
    expect(withLayerMoved(conv, 'encoder', 0, -1)).toBe(conv);
    expect(withLayerMoved(conv, 'encoder', 1, 2)).toBe(conv);
  });

  it('are explained at the one that is wrong, and mended', () => {
    const { draft } = withLayer(conv, 'encoder', 'dense');
    const wrong = withLayerMoved(draft, 'encoder', 2, 1);
    expect(readDraft(wrong, mnist)).toMatchObject({
      kind: 'faulty',
      problems: {
        'model.encoder.2':
          'expected an image for a conv layer, found 128 units: it must stand before every dense layer.',
      },
    });
    expect(readDraft(withLayerMoved(wrong, 'encoder', 1, 2), mnist).kind).toBe('ready');
  });
});

describe('a decoder by hand', () => {
  const pooled = withLayer(conv, 'encoder', 'pool').draft;
  const byHand = withDecoder(pooled, 'by-hand');

  it('starts as the encoder turned around', () => {
    expect(byHand.base.model.decoder).toEqual([
      { kind: 'upsample', size: 2 },
      { kind: 'conv', filters: 32, kernel: 3, stride: 2, activation: 'relu' },
      { kind: 'conv', filters: 16, kernel: 3, stride: 2, activation: 'relu' },
    ]);
    expect(readDraft(byHand, mnist).kind).toBe('ready');
  });

  it('enlarges by what pooling shrank by: its stride where that is another than its size', () => {
    const strided = (stride: number): Draft => ({
      ...conv,
      base: withValueAt(conv.base, 'model.encoder', [{ kind: 'pool', method: 'max', size: 3, stride }]),
    });
    expect(withDecoder(strided(2), 'by-hand').base.model.decoder).toEqual([{ kind: 'upsample', size: 2 }]);
    expect(withDecoder(strided(1), 'by-hand').base.model.decoder).toEqual([]);
  });

  it('enlarges what a block shrank before a block that keeps its size', () => {
    const block = { kind: 'residual', filters: 4, kernel: 3, channels: 8, activation: 'relu' } as const;
    const encoder = [block, { ...block, stride: 1 }, { ...block, channels: 16, stride: 2 }];
    const strided: Draft = { ...conv, base: withValueAt(conv.base, 'model.encoder', encoder) };
    expect(withDecoder(strided, 'by-hand').base.model.decoder).toEqual([
      { kind: 'upsample', size: 2 },
      { ...block, channels: 16 },
      block,
      block,
    ]);
  });

  it('handles units before images', () => {
    expect(kinds(withLayer(byHand, 'decoder', 'dense').draft, 'decoder')).toEqual([
      'dense',
      'upsample',
      'conv',
      'conv',
    ]);
  });

  it('gives way to a mirror again', () => {
    const typed = withText(byHand, 'model.decoder.1.filters', '64');
    const mirrored = withDecoder(typed, 'mirror');
    expect(mirrored.base.model.decoder).toBe('mirror');
    expect(mirrored.typed).toEqual({});
  });
});
