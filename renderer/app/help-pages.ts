import type { Place } from '../window/place.ts';
import { lookingPages } from './help-looking.ts';

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
      {
        word: 'Column',
        means:
          'of a table of pictures: you say which one holds the file, which the label, and which are left out. Its first values are shown beside it.',
      },
      { word: 'Numbers', means: 'files of numbers become pictures: say which number is black and which is white.' },
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
      { word: 'Shape', means: 'what a layer gives: height × width × channels, or a number of units.' },
      { word: 'Memory', means: 'of a layer: its weights, and its values for one image.' },
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
      { word: 'Table', means: 'the same lines in numbers, an epoch a row.' },
      {
        word: 'Autoencoder, PCA',
        means: 'in the figures one below the other: the model, and PCA with as many numbers.',
      },
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
  ...lookingPages,
};
