/** Where the window is: an entry of its rail. */
export type Place = 'data' | 'model' | 'train' | 'reconstruct' | 'odd' | 'latent' | 'runs';
