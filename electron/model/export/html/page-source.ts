/** What the page does: the map, the code's sliders, drawing, and pictures that are dropped. */
export const pageSource = `'use strict';

const byId = (id) => document.getElementById(id);
const model = readModel(byId('model').textContent);
const { shape, map, manner } = model;
const codeSize = model.parts.encoder.shape[0];
const code = Float64Array.from(map.origin);

/** Of the map: [left, bottom, right, top]; a mark for what was drawn or dropped. */
const frame = map.frame;
let dropped;

// The map

const mapCanvas = byId('map');
const SIDE = mapCanvas.width;
const MARGIN = 12;
const toX = (x) => MARGIN + ((x - frame[0]) / (frame[2] - frame[0])) * (SIDE - 2 * MARGIN);
const toY = (y) => SIDE - MARGIN - ((y - frame[1]) / (frame[3] - frame[1])) * (SIDE - 2 * MARGIN);

/** Where a code lies on the map's plane. */
function placeOf(values) {
  return map.axes.map((axis) => axis.reduce((sum, weight, i) => sum + weight * (values[i] - map.origin[i]), 0));
}

function drawMap() {
  const context = mapCanvas.getContext('2d');
  const style = getComputedStyle(document.documentElement);
  context.clearRect(0, 0, SIDE, SIDE);
  map.x.forEach((x, i) => {
    context.fillStyle = map.labels.length > 0 ? map.colours[map.labels[i] % map.colours.length] : style.getPropertyValue('--accent');
    context.beginPath();
    context.arc(toX(x), toY(map.y[i]), 2.5, 0, 7);
    context.fill();
  });
  if (dropped) drawMark(context, dropped, style.getPropertyValue('--text'), 5);
  drawMark(context, placeOf(code), style.getPropertyValue('--danger'), 8);
}

/** A ring and a cross, so that its colour is not its only sign. */
function drawMark(context, [px, py], colour, radius) {
  const [x, y] = [toX(px), toY(py)];
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.beginPath();
  context.arc(x, y, radius, 0, 7);
  context.moveTo(x - radius, y);
  context.lineTo(x + radius, y);
  context.moveTo(x, y - radius);
  context.lineTo(x, y + radius);
  context.stroke();
}

/** Moves the point; what of the code is off the map's plane stays as it is. */
function moveTo(x, y) {
  const [oldX, oldY] = placeOf(code);
  for (let i = 0; i < codeSize; i += 1) code[i] += (x - oldX) * map.axes[0][i] + (y - oldY) * map.axes[1][i];
  showCode();
}

function moveToPointer(event) {
  const { left, top, width, height } = mapCanvas.getBoundingClientRect();
  const x = (((event.clientX - left) / width) * SIDE - MARGIN) / (SIDE - 2 * MARGIN);
  const y = (((event.clientY - top) / height) * SIDE - MARGIN) / (SIDE - 2 * MARGIN);
  moveTo(frame[0] + x * (frame[2] - frame[0]), frame[3] - y * (frame[3] - frame[1]));
}

mapCanvas.addEventListener('pointerdown', (event) => {
  mapCanvas.setPointerCapture(event.pointerId);
  moveToPointer(event);
});
mapCanvas.addEventListener('pointermove', (event) => {
  if (event.buttons > 0) moveToPointer(event);
});
mapCanvas.addEventListener('keydown', (event) => {
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
  if (!step) return;
  event.preventDefault();
  const [x, y] = placeOf(code);
  moveTo(x + (step[0] * (frame[2] - frame[0])) / 50, y + (step[1] * (frame[3] - frame[1])) / 50);
});

// The code

const MOST_SLIDERS = 16;
const sliders = map.units.slice(0, MOST_SLIDERS).map(([least, most], i) => {
  const label = document.createElement('label');
  const slider = document.createElement('input');
  Object.assign(slider, { type: 'range', step: 'any', min: least, max: most, value: code[i] });
  slider.addEventListener('input', () => {
    code[i] = slider.valueAsNumber;
    showCode();
  });
  label.append(\`Unit \${i + 1}\`, slider, document.createElement('span'));
  byId('sliders').append(label);
  return slider;
});
if (codeSize > MOST_SLIDERS) byId('more').textContent = \`The other \${codeSize - MOST_SLIDERS} stay as they are.\`;

function showCode() {
  sliders.forEach((slider, i) => {
    // Beyond the range of the training images too.
    slider.min = Math.min(slider.min, code[i]);
    slider.max = Math.max(slider.max, code[i]);
    slider.value = code[i];
    slider.nextElementSibling.textContent = code[i].toFixed(3);
  });
  paint(byId('decoded'), shape, runPart(model, 'decoder', code));
  drawMap();
}

// Drawing, and pictures that are dropped

function reconstruct(values, name) {
  const found = runPart(model, 'encoder', values);
  const back = runPart(model, 'decoder', found);
  const error = values.reduce((sum, value, i) => sum + (value - back[i]) ** 2, 0);
  paint(byId('given'), shape, values);
  paint(byId('reconstruction'), shape, back);
  byId('said').textContent = \`\${name}: MSE \${(error / values.length).toFixed(5)} per pixel, \${error.toFixed(2)} squared error per image.\`;
  void giveVerdict(values, found, back);
  code.set(found);
  dropped = placeOf(found);
  showCode();
}

const inspection = model.inspection && readInspection(model.inspection);

/** By the app's own rule, on what the model has made of the picture where the rule looks at it as it is. */
async function giveVerdict(values, code, output) {
  if (!inspection) return;
  const through = (seen) => {
    if (seen.every((value, i) => value === values[i])) return { code, output };
    const own = runPart(model, 'encoder', seen);
    return { code: own, output: runPart(model, 'decoder', own) };
  };
  const { score, odd, map } = await judge(inspection, values, through);
  const side = odd ? 'above' : 'not above';
  byId('verdict').textContent = \`\${odd ? 'Odd' : 'Normal'}: score \${score.toPrecision(4)}, \${side} the threshold of \${inspection.threshold.toPrecision(4)}.\`;
  if (!map) return;
  const [height, width] = shape;
  paint(byId('where'), [height, width, 1], map.map((value) => value / (2 * inspection.mapThreshold)));
}

const pad = byId('pad');
const padContext = pad.getContext('2d', { willReadFrequently: true });
const ground = groundOf(flattened(canvasOf(1, 1).canvas, manner));
const [red, green, blue] = ground.match(/\\d+/g).map(Number);
const ink = greyOf(red, green, blue) < 128 ? '#ffffff' : '#000000';
let last;

function clearPad() {
  padContext.fillStyle = ground;
  padContext.fillRect(0, 0, pad.width, pad.height);
}

function drawOn(event) {
  const { left, top, width, height } = pad.getBoundingClientRect();
  const to = [((event.clientX - left) / width) * pad.width, ((event.clientY - top) / height) * pad.height];
  Object.assign(padContext, { strokeStyle: ink, lineWidth: pad.width / 13, lineCap: 'round' });
  padContext.beginPath();
  padContext.moveTo(...(last ?? to));
  padContext.lineTo(...to);
  padContext.stroke();
  last = to;
  reconstruct(prepared(pad, { ...manner, invert: false, background: ground }, shape), 'Drawing');
}

pad.addEventListener('pointerdown', (event) => {
  pad.setPointerCapture(event.pointerId);
  last = undefined;
  drawOn(event);
});
pad.addEventListener('pointermove', (event) => {
  if (event.buttons > 0) drawOn(event);
});
byId('clear').addEventListener('click', clearPad);

/** The last picture, so that it can be prepared anew. */
let picture;

async function take(file) {
  if (!file) return;
  try {
    picture = { image: await createImageBitmap(file), name: file.name };
    showPicture();
  } catch {
    byId('said').textContent = \`\${file.name}: expected a picture that this browser can read.\`;
  }
}

function showPicture() {
  if (!picture) return;
  reconstruct(prepared(picture.image, { ...manner, invert: byId('invert').checked }, shape), picture.name);
}

byId('invert').checked = manner.invert;
byId('invert').addEventListener('change', showPicture);
byId('file').addEventListener('change', (event) => void take(event.target.files[0]));
document.addEventListener('dragover', (event) => event.preventDefault());
document.addEventListener('drop', (event) => {
  event.preventDefault();
  void take(event.dataTransfer.files[0]);
});

clearPad();
if (map.example) {
  reconstruct(Float64Array.from(atob(map.example), (byte) => byte.charCodeAt(0) / 255), 'The first test image');
} else {
  showCode();
}
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawMap);
`;
