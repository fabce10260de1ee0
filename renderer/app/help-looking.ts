import type { HelpPage } from './help-pages.ts';

/** The places where what was trained is looked at. */
export const lookingPages: Readonly<Record<'reconstruct' | 'odd' | 'latent' | 'runs', HelpPage>> = {
  reconstruct: {
    title: 'Reconstruct',
    about:
      'Your own pictures through a trained model: what it sees, what it makes of that, and where the two differ. What is unlike everything it has learned from comes out badly.',
    steps: [
      'Drop a photograph of a digit, paste a picture, or draw one. It is prepared as the training images were; each step can be switched off.',
      'Click a picture for its error pixel by pixel and the training images with the nearest codes.',
      'Drop a folder: the wall begins with the largest errors, and the threshold marks what is unusual. How well odd ones are told apart is measured in Odd ones.',
      'Add noise first to see whether the model takes it away again.',
    ],
    words: [
      {
        word: 'Percentile',
        means:
          'the share of the validation images that come out better than this picture. Above 99 %, the model has seen little like it.',
      },
      { word: 'Threshold', means: 'the error that only a chosen share of the validation images exceed.' },
      {
        word: 'What the model sees',
        means: 'the picture as it was prepared: small, and grey where the model’s images are.',
      },
      { word: 'Invert', means: 'makes dark on light into light on dark, as MNIST’s digits are.' },
      { word: 'Centre', means: 'moves what stands out into the middle.' },
      { word: 'Fit', means: 'how a picture of another shape fills the model’s image: whole, or cut to it.' },
      { word: 'PSNR', means: 'how near a picture comes to the one without noise, in decibels: more is nearer.' },
      { word: 'Preparation', means: 'what is done to a picture so that it is like the model’s images.' },
      {
        word: 'Indices',
        means: 'of a model with a codebook: which of its vectors each place of the picture has become.',
      },
      { word: 'Nearest by code', means: 'the training images whose codes lie nearest to the picture’s.' },
      {
        word: 'Kept as',
        means: 'the ways that are compared: pixels, codes, JPEG and WebP, each with its bytes an image.',
      },
      {
        word: 'Compress',
        means: 'keeps the codes of pictures in place of their pixels; the model makes pictures of them again.',
      },
    ],
  },
  odd: {
    title: 'Odd ones',
    about:
      'Good pictures teach a model what is normal; what is unlike them is found among others, and how well that works is measured.',
    steps: [
      'Drop pictures of what is normal into the first box and those to be checked into the second. A folder with both, as data sets for inspection have them, fills both at once; masks of where something is wrong are understood too.',
      'One click trains and checks. Folders keep their names: say of each group whether it is normal, odd, or not known, and the figures follow.',
      'Drag the threshold on the histogram, or move it with the arrow keys (Page Up and Page Down: further). The counts follow at once; pictures on the wrong side come first.',
      'Choose a picture to see where it is odd, over the original: boxes, their areas and scores, and the picture beside what the model makes of it.',
      'In the list of pictures F says that the one looked at is fine and O that it is odd; again takes it back. What is fine moves the threshold, and may be learned from next time.',
    ],
    words: [
      {
        word: 'Score',
        means:
          'how odd a picture is, by a named rule; larger is odder. The one that separates best is chosen, and said why.',
      },
      { word: 'Caught, false alarms', means: 'odd and normal pictures above the threshold.' },
      { word: 'Called odd', means: 'all pictures above the threshold, whatever they are.' },
      {
        word: 'Take away',
        means: 'the result as files: a table, pictures, or a program that checks pictures elsewhere.',
      },
      { word: 'Next training', means: 'learns from the pictures that you called fine, too.' },
      {
        word: 'AUROC',
        means:
          'how often an odd picture scores higher than a normal one: 1 is always, 0.5 is chance. The interval says how far so few pictures can be trusted.',
      },
      {
        word: 'PRO',
        means: 'with masks: how much of each marked region the map covers, at few false alarms by pixel.',
      },
    ],
  },
  latent: {
    title: 'Latent',
    about:
      'The space of the codes. Images that look alike have codes that lie near each other, although nobody told the model which digit is which.',
    steps: [
      'Move the pointer over a map: the picture at it is what the decoder makes of that place. A dashed frame, and the hatch under a map, say that no training image lies near: there the decoder imagines.',
      'Zoom with the wheel or with + and −, move by dragging or with the arrow keys. Zoomed in far enough, dots become pictures.',
      'Select images with the lasso, a rectangle or by class. The tools on the right make films between pictures, grids, new images and more.',
      'Replay the epochs to see how the map came to be.',
    ],
    words: [
      {
        word: '10-NN',
        means:
          'the share of test images whose ten nearest training codes vote for the right class. It says how well the codes keep the classes apart.',
      },
      {
        word: 'Trustworthiness',
        means: 'whether images that are near on the map are near as pictures too: 1 where all are.',
      },
      {
        word: 'Silhouette',
        means: 'how far the classes lie apart on the map: 1 is far, 0 is not at all. Labels are asked only here.',
      },
      {
        word: 'Best, last weights',
        means: 'of the epoch that did best on the validation images, and of the end of the training.',
      },
      {
        word: 'Outside',
        means: 'a map shows the inner 99 % of its points and marks the others at its edge; A shows all of them.',
      },
      {
        word: 'UMAP',
        means:
          'a way to draw many dimensions on a plane that keeps neighbours together. Distances between far groups mean little.',
      },
      { word: 'Decoded ground', means: 'behind a map of two dimensions, what the decoder makes of each place.' },
      { word: 'Pins', means: 'images that you clicked, kept to start the tools from.' },
      {
        word: 'Grid, Between, Path',
        means: 'pictures decoded from places on the map: all over it, from one to another, along a line.',
      },
      { word: 'Units', means: 'the numbers of a code, each to be turned by hand.' },
      {
        word: 'From the mean',
        means: 'the units begin at the mean code, else at those of the picture that is chosen.',
      },
      {
        word: 'Codebook, vectors',
        means: 'of a model that has one: what each place of a code is one of, and how often each is used.',
      },
      {
        word: 'Equal scales',
        means: 'one step across is as long as one step up; else each axis fills the map by itself.',
      },
      { word: 'As tables', means: 'where each class lies, in numbers, in place of the maps.' },
      { word: 'Direction', means: 'what leads from the codes of one group to those of another.' },
      { word: 'Snapshot', means: 'the codes of the same images, as they were after an epoch.' },
    ],
  },
  runs: {
    title: 'Runs',
    about: 'Every training is kept: its settings, its curve, its pictures and its weights.',
    steps: [
      'Open a run to see it again, to use its settings, or to export its model to where it is needed.',
      'Tick two or more and compare them: curves in one chart, the settings that differ, reconstructions side by side.',
      'Name, tag and note runs; find them by words. Deleted runs lie in the trash until it is emptied.',
      'A sweep trains the same model with several code sizes and shows what each loses, beside PCA, JPEG and WebP.',
    ],
    words: [
      { word: 'Best weights', means: 'those of the epoch with the smallest error on the validation images.' },
      {
        word: 'Interrupted',
        means: 'cut off by a crash or a power cut. Resumed, it goes on from its last checkpoint.',
      },
      { word: 'Sample', means: 'came with the app. It can be deleted, and restored from this help.' },
      { word: 'Queue', means: 'experiments that wait for the run under way; after a restart nothing starts unasked.' },
      {
        word: 'Best validation, Test',
        means:
          'the error on images held out of training, of the epoch that did best on them, and on those that chose nothing.',
      },
      { word: 'Curve', means: 'the error of the run by epoch, on a scale of its own.' },
      { word: 'Log axis, table', means: 'equal distances are equal factors; the same lines in numbers.' },
      {
        word: 'Codes in 8 bits',
        means:
          'each number of a code kept as one of 256 steps: what is compared with JPEG and WebP of as many bytes an image.',
      },
      {
        word: 'Quality',
        means: 'what JPEG and WebP are told when they write a file: 1 to 100, more is larger and nearer.',
      },
      {
        word: 'Layer, gives',
        means: 'of an imported model: what each layer is, its activation, and the shape of what comes out of it.',
      },
      {
        word: 'Autoencoder, PCA',
        means: 'in the figures one below the other: the model, and PCA with as many numbers.',
      },
      { word: 'Part', means: 'of an export: the whole model, its encoder or its decoder.' },
      { word: 'Train further', means: 'begins a new run with the weights of this one.' },
      { word: 'Report', means: 'a run as one page for any browser.' },
    ],
  },
};
