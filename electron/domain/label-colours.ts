/**
 * Twelve label colours, none of them grey, chosen so that any two differ by at least 8.8 (a hundredfold OKLab distance) also to eyes
 * without one kind of cone (Machado et al. 2009); the first and liveliest are Petroff's (arXiv 2107.02270). Beyond them shapes.
 */
export const labelColours = [
  '#3f90da',
  '#ffa90e',
  '#bd1f01',
  '#832db6',
  '#92dadd',
  '#1e6969',
  '#ff6978',
  '#c3a5ff',
  '#a58700',
  '#4b4bff',
  '#7869a5',
  '#00c3b4',
] as const;
