import type { Preparation } from '../../contract/import-options.ts';
import type { ExportedModel, ImageOrder } from './exported-model.ts';

/** The same as preprocessing.json as lines that run: preprocessing.py. */
export function preprocessingPython(model: ExportedModel, order: ImageOrder): string {
  const { spec, origin, scalingInside } = model;
  const [height, width, channels] = spec.inputShape;
  const preparation = origin.imageSet?.preparation ?? unknownPreparation(spec.inputShape);
  const scaled = scalingInside ? 'np.asarray(pixels, np.uint8)' : 'np.asarray(pixels, np.float32) / np.float32(255)';
  const sizes = order === 'nchw' ? '[n, channels, height, width]' : '[n, height, width, channels]';
  const given = `${scalingInside ? 'uint8' : 'float32 in [0, 1]'} ${sizes}`;
  return `"""How pixels become the model's input and its output becomes pixels. Needs numpy; \`load\` needs Pillow too."""

import numpy as np

HEIGHT, WIDTH, CHANNELS = ${height}, ${width}, ${channels}
BACKGROUND = "${preparation.background}"
INVERT = ${preparation.invert ? 'True' : 'False'}


def to_input(pixels):
    """uint8 [n, height, width, channels] -> what the model takes: ${given}."""
    values = ${scaled}
    return ${order === 'nchw' ? 'np.ascontiguousarray(values.transpose(0, 3, 1, 2))' : 'values'}


def to_pixels(output):
    """The model's images, float32 ${sizes} -> uint8 [n, height, width, channels]."""
    pixels = np.round(np.clip(output, 0, 1) * 255).astype(np.uint8)
    return ${order === 'nchw' ? 'pixels.transpose(0, 2, 3, 1)' : 'pixels'}


def upright(path, invert):
    """A picture of a file before it is made smaller, and its ground."""
    from PIL import Image, ImageOps

    picture = ImageOps.exif_transpose(Image.open(path))
${numbers(preparation)}    picture = picture.convert("RGBA")
    ground = Image.new("RGBA", picture.size, BACKGROUND)
    picture = Image.alpha_composite(ground, picture).convert("${channels === 1 ? 'L' : 'RGB'}")
    ground = ground.convert(picture.mode)
    return (ImageOps.invert(picture), ImageOps.invert(ground)) if invert else (picture, ground)


def load(path, invert=INVERT):
    """Makes an image of a picture as the training images were made: uint8 [height, width, channels]."""
    from PIL import ${preparation.fit === 'cover' && !preparation.centre ? 'Image, ImageOps' : 'Image'}

    picture, ground = upright(path, invert)
    cubic = Image.Resampling.BICUBIC
${fitted(preparation)}
    return np.asarray(image, np.uint8).reshape(HEIGHT, WIDTH, CHANNELS)
${model.verdict?.rule.tiles === undefined ? '' : loadTiles(model.verdict.rule.tiles)}`;
}

/** Lines that bring pictures of more than 8 bits, which Pillow would cut off, to the set's range. */
function numbers({ range }: Preparation): string {
  if (range === undefined) return '';
  return `    if picture.mode[0] in "IF":
        # Of more than 8 bits: ${range.black} is black, ${range.white} white.
        values = (np.nan_to_num(np.asarray(picture, np.float64), nan=${range.black}) - ${range.black}) * 255 / (${range.white} - ${range.black})
        picture = Image.fromarray(np.floor(np.clip(values, 0, 255) + 0.5).astype(np.uint8))
`;
}

/** Lines that cut a large picture as the app does (domain/inspection/tile-places.ts). */
const loadTiles = (side: number): string => `

def load_tiles(path, invert=INVERT):
    """The overlapping tiles of a large picture, ${side} of its pixels a side: uint8 [n, height, width, channels]."""
    from PIL import Image

    picture, _ = upright(path, invert)
    size = [int(side * WIDTH / ${side} + 0.5) for side in picture.size]
    whole = np.asarray(picture.resize(size, Image.Resampling.BICUBIC), np.uint8).reshape(size[1], size[0], CHANNELS)

    def places(length, tile):
        steps = int(np.ceil((length - tile) / (tile * 0.75)))
        return [int(at * (length - tile) / max(1, steps) + 0.5) for at in range(steps + 1)]

    corners = [(top, left) for top in places(size[1], HEIGHT) for left in places(size[0], WIDTH)]
    return np.stack([whole[top : top + HEIGHT, left : left + WIDTH] for top, left in corners])
`;

function unknownPreparation([height, width, channels]: ExportedModel['spec']['inputShape']): Preparation {
  return { width, height, channels, fit: 'contain', background: '#000000', invert: false, centre: false };
}

/** Lines that make \`image\` of \`picture\`. */
function fitted({ fit, centre, channels }: Preparation): string {
  if (centre) return centred(channels);
  if (fit === 'stretch') return '    image = picture.resize((WIDTH, HEIGHT), cubic)';
  if (fit === 'cover') return '    image = ImageOps.fit(picture, (WIDTH, HEIGHT), cubic)';
  return `    scale = min(WIDTH / picture.width, HEIGHT / picture.height)
    size = (max(1, min(WIDTH, round(picture.width * scale))), max(1, min(HEIGHT, round(picture.height * scale))))
    image = ground.resize((WIDTH, HEIGHT))
    image.paste(picture.resize(size, cubic), ((WIDTH - size[0]) // 2, (HEIGHT - size[1]) // 2))`;
}

/** As MNIST was made: what stands out is scaled into 20/28 of the image, its centre of mass moved to the middle. */
function centred(channels: 1 | 3): string {
  const around = channels === 1 ? 'picture.getpixel((0, 0))' : 'tuple(picture.getpixel((0, 0)))';
  return `    # What stands out, bright on dark, is scaled into 20/28 of the image, its centre of mass moved to the middle.
    grey = np.asarray(picture.convert("L"), np.float32)
    ink = grey > grey.min() + 0.2 * (grey.max() - grey.min())
    image = Image.new(picture.mode, (WIDTH, HEIGHT), ${around})
    if ink.any():
        rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
        box = (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
        wide, high = box[2] - box[0], box[3] - box[1]
        scale = 20 / 28 * min(WIDTH / wide, HEIGHT / high)
        small = picture.resize((max(1, round(wide * scale)), max(1, round(high * scale))), cubic, box=box)
        mass = np.asarray(small.convert("L"), np.float64)
        x = (mass.sum(axis=0) @ (np.arange(small.width) + 0.5)) / mass.sum()
        y = (mass.sum(axis=1) @ (np.arange(small.height) + 0.5)) / mass.sum()
        image.paste(small, (round(WIDTH / 2 - x), round(HEIGHT / 2 - y)))`;
}
