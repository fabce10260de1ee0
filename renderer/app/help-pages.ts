import type { Place } from '../window/place.ts';

export interface HelpPage {
  readonly title: string;
  readonly about: string;
  /** What can be done here, a sentence or two each. */
  readonly steps: readonly string[];
  readonly words: readonly { readonly word: string; readonly means: string }[];
}

/** A page for each place, for somebody who has read the article and nothing else. */
export const helpPages: Readonly<Record<Place, HelpPage>> = {
  data: {
    title: 'Data',
    about:
      'The images that models learn from. MNIST, the article’s handwritten digits, is always there: 60,000 to train on and 10,000 to test with, 28 × 28 grey pixels each.',
    steps: [
      'Drop pictures, a folder, a zip, or an IDX, npy, npz or CSV file anywhere on the window to make a set of your own. You see your pictures as they will be before anything is written.',
      'A folder for each class gives the images their labels. Labels are never needed for training: they only colour the maps and are asked about afterwards.',
      'Choose an image to see it large. A set that is deleted lies in the trash and can be taken out again.',
    ],
    words: [
      { word: 'Training images', means: 'what the model learns from.' },
      {
        word: 'Test images',
        means:
          'never learned from and never used to choose anything: they say how good the model is on what it has not seen.',
      },
      {
        word: 'Mean image',
        means: 'the average of the training images. Answering it to everything is the least a model has to beat.',
      },
      { word: 'Label', means: 'the class of an image, such as the digit it shows.' },
      { word: 'Duplicates', means: 'pictures that are the same pixel by pixel. One of them is kept.' },
    ],
  },
  model: {
    title: 'Model',
    about:
      'The hourglass. The encoder squeezes an image into a short code, the decoder makes an image of the code again. The article’s is 784 → 256 → 128 → 256 → 784, all of it dense layers with sigmoids.',
    steps: [
      'Choose a layer in the drawing or in the list to change its units, its activation or its kind; add layers before or after it.',
      'While the decoder mirrors the encoder, only the encoder is edited. By hand, it may be anything that comes back to the image’s size.',
      'A layer that cannot work says why. Every change can be undone with the Edit menu or its shortcut.',
    ],
    words: [
      { word: 'Code', means: 'the numbers in the middle: all that the decoder gets to know of the image.' },
      { word: 'Activation', means: 'what is done to each unit’s sum: sigmoid squeezes it between 0 and 1.' },
      { word: 'Weights', means: 'the numbers that are learned. More of them can hold more and take longer.' },
      { word: 'Parameters', means: 'all weights, counted.' },
      { word: 'Multiply-adds', means: 'how much is computed for one image: twice as many take about twice as long.' },
      { word: 'Dense', means: 'a layer in which every unit is connected with all before it.' },
      {
        word: 'Conv, kernel, stride, pool',
        means:
          'a convolution slides small windows (the kernel) over an image, by so many pixels (the stride); pooling keeps one value of each window.',
      },
      { word: 'Normalise', means: 'brings the values of a layer to one scale, so that training is steadier.' },
      { word: 'Dropout', means: 'a share of the values that is left out at random while the model learns.' },
      {
        word: 'Variational',
        means: 'the code is drawn at random around what the encoder says, so that codes fill a space.',
      },
      { word: 'Initial weights', means: 'how large the random numbers are that training begins with.' },
      {
        word: 'Tied weights',
        means: 'the decoder uses the encoder’s weights the other way round: half as many to learn.',
      },
    ],
  },
  train: {
    title: 'Train',
    about:
      'Training shows the model all images again and again (each time is an epoch), compares what comes out with what went in, and changes the weights a little so that the difference shrinks.',
    steps: [
      'Press Train. The panel starts with the article’s shape as it is trained today; the article’s own settings are the preset Article, and the others show what each kind is for.',
      'The curve shows the difference by epoch: lower is better. Below it are ten test digits and what the model makes of them.',
      'The map on the right shows the codes, the one on the left what PCA makes of the same images: one dot an image, one colour a class.',
      'Pause and stop when you like. A stopped run, or one that was cut off, can be resumed. What you train next is queued behind the run.',
      'Above the button stands where to train. A graphics card of this computer trains through PyTorch: the first time the app looks for a Python that reaches it, or makes one.',
      'A Ray cluster can train in this computer’s place: choose it there and set it up. You see what would be sent before anything is; the run goes on there when the app is closed, and is found again.',
    ],
    words: [
      {
        word: 'Squared error per image',
        means:
          'the squared differences between the pixels of an image and of its reconstruction, added up; pixels go from 0 to 1. Published figures use it.',
      },
      {
        word: 'MSE',
        means:
          'the same for one pixel on average: for MNIST the squared error is MSE × 784. Settings say which of the two is written first.',
      },
      {
        word: 'Cost',
        means:
          'what training makes small: the error, and what else the settings ask for. The batch curve has it step by step.',
      },
      {
        word: 'Epoch, step, batch',
        means: 'a step changes the weights by a batch of images; an epoch is as many steps as show every image once.',
      },
      {
        word: 'Validation images',
        means: 'held out of the training images. The weights of the epoch that does best on them are kept.',
      },
      {
        word: 'PCA',
        means:
          'the best that can be done with straight lines alone: a code of as many numbers, without any learning by steps.',
      },
      { word: 'Mean image', means: 'the error of answering the average training image to everything.' },
      {
        word: 'Preset',
        means: 'a model with all its settings, for one purpose. “For these pictures” follows from your pictures.',
      },
      { word: 'Code size', means: 'how many numbers an image is squeezed into. Fewer lose more.' },
      {
        word: 'Learning rate',
        means: 'how far a step goes. Too large and nothing is learned, too small and it takes long.',
      },
      { word: 'Seed', means: 'what the random numbers begin with. The same seed gives the same run again.' },
      { word: 'Log axis', means: 'equal distances are equal factors, so that small errors are told apart too.' },
      { word: 'Best', means: 'the epoch with the smallest validation error, marked on the curve by a diamond.' },
      {
        word: '10-NN',
        means:
          'the share of test images whose ten nearest training codes vote for the right class, the model’s and PCA’s in as many dimensions.',
      },
      { word: 'Cross-entropy, Huber, SSIM', means: 'other ways to measure a difference between two images.' },
      {
        word: 'Doctor',
        means: 'looks at the numbers of every epoch and says what is wrong, by what it measured, and what to try.',
      },
    ],
  },
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
      { word: 'Validation, Test', means: 'the error on images held out of training, and on those that chose nothing.' },
      { word: 'Curve', means: 'the error of the run by epoch, on a scale of its own.' },
      { word: 'Train further', means: 'begins a new run with the weights of this one.' },
      { word: 'Report', means: 'a run as one page for any browser.' },
    ],
  },
};
