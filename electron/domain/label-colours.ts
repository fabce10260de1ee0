/** Petroff's ten label colours (arXiv 2107.02270), made for colour-vision deficiency. */
export const labelColours = [
  '#3f90da',
  '#ffa90e',
  '#bd1f01',
  '#94a4a2',
  '#832db6',
  '#a96b59',
  '#e76300',
  '#b9ac70',
  '#717581',
  '#92dadd',
] as const;
