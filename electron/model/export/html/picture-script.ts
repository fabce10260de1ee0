/** How a drawing or a picture becomes an image of the model's size, as the training images were made of pictures. */
export const pictureScript = `'use strict';

function canvasOf(width, height, colour) {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.imageSmoothingQuality = 'high';
  if (colour) {
    context.fillStyle = colour;
    context.fillRect(0, 0, width, height);
  }
  return { canvas, context };
}

const greyOf = (r, g, b) => 0.299 * r + 0.587 * g + 0.114 * b;

/** The picture over the background, at most this wide and high; bright and dark exchanged where the training images were. */
function flattened(source, { background, invert }, most = 1024) {
  const scale = Math.min(1, most / Math.max(source.width, source.height));
  const size = [source.width, source.height].map((side) => Math.max(1, Math.round(side * scale)));
  const { canvas, context } = canvasOf(...size, background);
  context.drawImage(source, 0, 0, ...size);
  if (invert) {
    context.globalCompositeOperation = 'difference';
    context.fillStyle = '#ffffff';
    context.fillRect(0, 0, ...size);
  }
  return canvas;
}

/** What is brighter than a fifth of the way from the darkest to the brightest: its box; nothing on a picture of one colour. */
function brightBox(canvas) {
  const { data, width } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const grey = Float64Array.from({ length: data.length / 4 }, (_, i) => greyOf(data[4 * i], data[4 * i + 1], data[4 * i + 2]));
  const least = grey.reduce((a, b) => Math.min(a, b));
  const limit = least + 0.2 * (grey.reduce((a, b) => Math.max(a, b)) - least);
  let [left, top, right, bottom] = [Infinity, Infinity, -1, -1];
  grey.forEach((value, i) => {
    if (value <= limit) return;
    const [x, y] = [i % width, Math.floor(i / width)];
    [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x), Math.max(bottom, y)];
  });
  return right < 0 ? undefined : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** The middle of its brightness, in pixels. */
function centreOfMass(canvas) {
  const { data, width, height } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let [mass, x, y] = [0, 0, 0];
  for (let i = 0; i < width * height; i += 1) {
    const value = greyOf(data[4 * i], data[4 * i + 1], data[4 * i + 2]);
    mass += value;
    x += value * ((i % width) + 0.5);
    y += value * (Math.floor(i / width) + 0.5);
  }
  return mass === 0 ? [width / 2, height / 2] : [x / mass, y / mass];
}

/** The colour of its first pixel. */
function groundOf(canvas) {
  const [r, g, b] = canvas.getContext('2d').getImageData(0, 0, 1, 1).data;
  return \`rgb(\${r} \${g} \${b})\`;
}

/** A picture as the model takes it: height × width × channels numbers from 0 to 1. */
function prepared(source, manner, [height, width, channels]) {
  const whole = flattened(source, manner);
  const ground = groundOf(manner.centre ? whole : flattened(canvasOf(1, 1).canvas, manner));
  const { canvas, context } = canvasOf(width, height, ground);
  const box = manner.centre ? brightBox(whole) : undefined;
  if (box) {
    // As MNIST was made: what stands out in 20/28 of the image, its centre of mass in the middle.
    const scale = (20 / 28) * Math.min(width / box.width, height / box.height);
    const size = [box.width, box.height].map((side) => Math.max(1, Math.round(side * scale)));
    const small = canvasOf(...size);
    small.context.drawImage(whole, box.left, box.top, box.width, box.height, 0, 0, ...size);
    const [x, y] = centreOfMass(small.canvas);
    context.drawImage(small.canvas, Math.round(width / 2 - x), Math.round(height / 2 - y));
  } else if (manner.fit === 'stretch') context.drawImage(whole, 0, 0, width, height);
  else {
    const fit = manner.fit === 'cover' ? Math.max : Math.min;
    const scale = fit(width / whole.width, height / whole.height);
    const [wide, high] = [whole.width * scale, whole.height * scale];
    context.drawImage(whole, (width - wide) / 2, (height - high) / 2, wide, high);
  }
  const { data } = context.getImageData(0, 0, width, height);
  const bytes = Array.from({ length: width * height }, (_, i) => [data[4 * i], data[4 * i + 1], data[4 * i + 2]]);
  return Float32Array.from(
    bytes.flatMap((pixel) => (channels === 1 ? [Math.round(greyOf(...pixel))] : pixel)),
    (byte) => byte / 255,
  );
}

/** Shows an image of numbers from 0 to 1 on a canvas of its size. */
function paint(canvas, [height, width, channels], values) {
  [canvas.width, canvas.height] = [width, height];
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; i += 1) {
    for (let c = 0; c < 3; c += 1) {
      const value = values[i * channels + (channels === 1 ? 0 : c)];
      image.data[4 * i + c] = Math.round(255 * Math.min(1, Math.max(0, value)));
    }
    image.data[4 * i + 3] = 255;
  }
  canvas.getContext('2d').putImageData(image, 0, 0);
}
`;
