import { doubleQuoted, literal, SCRIPT_WIDTH } from '../script-text.ts';
import type { ImageSource, ScriptPlan } from '../script-plan.ts';

/** What `load` needs imported, as whole lines. */
export const imageImports: Readonly<Record<ImageSource, readonly string[]>> = {
  idx: ['import gzip'],
  stored: [],
  pictures: ['from PIL import Image'],
};

/** The folder that is read where none is named on the command line. */
export const usualFolder: Readonly<Record<ImageSource, string>> = {
  idx: 'mnist',
  stored: 'images',
  pictures: 'pictures',
};

/** What must lie in the folder, in a sentence. */
export const folderWords: Readonly<Record<ImageSource, string>> = {
  idx: 'FOLDER holds train-images-idx3-ubyte and its sisters, plain or as .gz.',
  stored: 'FOLDER is the image set’s own, with images.u8: Data shows where it lies.',
  pictures:
    'FOLDER holds the folders train and test, in each the pictures, in a folder a label where there are labels.',
};

/** Functions that read images: none for an imported set. */
export function pythonReaders(plan: ScriptPlan): string | undefined {
  switch (plan.images.source) {
    case 'idx':
      return READ_IDX;
    case 'stored':
      return undefined;
    case 'pictures':
      return pictureReader(plan);
  }
}

/** The lines that make `images`, `test`, uint8 [n, height, width, channels], and where there are labels the test images' `labels`; of a code that knows the label the training images' `classes` too. */
export function pythonLoading({ model, images }: ScriptPlan): string[] {
  const known = model.code.classes !== undefined;
  const { source, trainingCount, labelNames } = images;
  const folder = `folder = Path(sys.argv[1] if len(sys.argv) > 1 else "${usualFolder[source]}")`;
  const labelled = labelNames.length > 0;
  switch (source) {
    case 'idx':
      return [
        folder,
        'images = read_idx(folder / "train-images-idx3-ubyte")[..., None]',
        'test = read_idx(folder / "t10k-images-idx3-ubyte")[..., None]',
        ...(labelled ? ['labels = read_idx(folder / "t10k-labels-idx1-ubyte")'] : []),
        ...(known ? ['classes = read_idx(folder / "train-labels-idx1-ubyte")'] : []),
      ];
    case 'stored': {
      const count = literal(trainingCount);
      const shape = model.inputShape.join(', ');
      return [
        folder,
        `images = np.fromfile(folder / "images.u8", np.uint8).reshape(-1, ${shape})`,
        `images, test = images[:${count}], images[${count}:]  # the training images come first`,
        ...(known
          ? [
              'labels = np.fromfile(folder / "labels.u8", np.uint8)',
              `classes, labels = labels[:${count}], labels[${count}:]`,
            ]
          : labelled
            ? [`labels = np.fromfile(folder / "labels.u8", np.uint8)[${count}:]`]
            : []),
      ];
    }
    case 'pictures':
      return [
        folder,
        '# By name they come label by label: in another order, those held out are like the rest.',
        ...(known
          ? [
              'images, classes = read_pictures(folder / "train")',
              'order = np.random.default_rng(SEED).permutation(len(images))',
              'images, classes = images[order], classes[order]',
            ]
          : ['images = np.random.default_rng(SEED).permutation(read_pictures(folder / "train")[0])']),
        `test${labelled ? ', labels = read_pictures(folder / "test")' : ' = read_pictures(folder / "test")[0]'}`,
      ];
  }
}

/** LABELS = […]: nothing without labels. */
export function pythonLabels({ images }: ScriptPlan): string | undefined {
  if (images.labelNames.length === 0) return undefined;
  const names = images.labelNames.map(doubleQuoted);
  const line = `LABELS = [${names.join(', ')}]`;
  return line.length <= SCRIPT_WIDTH ? line : `LABELS = [\n${names.map((name) => `    ${name},\n`).join('')}]`;
}

const READ_IDX = `def read_idx(path):
    """One IDX file: four bytes, of which the last counts the dimensions, their sizes, values."""
    data = path.read_bytes() if path.exists() else gzip.open(f"{path}.gz").read()
    sizes = np.frombuffer(data, ">i4", data[3], offset=4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(sizes)`;

function pictureReader({ model, images }: ScriptPlan): string {
  const [height, width, channels] = model.inputShape;
  const labelled = images.labelNames.length > 0;
  return `def read_pictures(folder):
    """Every picture below a folder${labelled ? ', and the number of the label whose folder it lies in' : ''}."""
    endings = ".png", ".jpg", ".jpeg"
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in endings)
    if not paths:
        sys.exit(f"{folder}: expected pictures, found none.")
    pictures = (Image.open(path).convert("${channels === 1 ? 'L' : 'RGB'}") for path in paths)
    values = np.stack([picture.resize((${width}, ${height})) for picture in pictures])
${labelled ? '    labels = np.array([LABELS.index(path.parent.name) for path in paths])\n' : ''}    return values.reshape(-1, ${height}, ${width}, ${channels}), ${labelled ? 'labels' : 'None'}`;
}
