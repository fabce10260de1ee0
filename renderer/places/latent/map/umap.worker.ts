import { UMAP } from 'umap-js';
import { cosineDistance, euclideanDistance, layoutFigures } from '../../../maths/layout-figures.ts';
import { seededRandom, type UmapJob, type UmapNews } from './umap-job.ts';

const tell = (news: UmapNews) => globalThis.postMessage(news);

/** Lays codes out beside the window: it takes seconds, and is stopped by ending the worker. */
globalThis.addEventListener('message', ({ data }: MessageEvent<UmapJob>) => {
  const { codes, size, neighbours, minDist, metric, labels, seed } = data;
  const rows = Array.from({ length: codes.length / size }, (_, row) =>
    Array.from(codes.subarray(row * size, (row + 1) * size)),
  );
  const distanceFn = metric === 'cosine' ? cosineDistance : euclideanDistance;
  const random = seededRandom(seed);
  const umap = new UMAP({ nComponents: 2, nNeighbors: neighbours, minDist, distanceFn, random });
  const epochs = umap.initializeFit(rows);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    umap.step();
    if (epoch % 10 === 0) tell({ kind: 'progress', fraction: epoch / epochs });
  }
  const places = umap.getEmbedding();
  const column = (axis: 0 | 1) => Float32Array.from(places, (place) => place[axis]!);
  const map = { x: column(0), y: column(1) };
  tell({ kind: 'done', map, figures: layoutFigures(rows, map, labels, distanceFn) });
});
