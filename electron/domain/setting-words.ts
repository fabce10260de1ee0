/** What the settings of an experiment are called on screen, by their path in it. */
const named: Readonly<Record<string, string>> = {
  preset: 'Preset',
  imageSet: 'Image set',
  'model.inputShape': 'Image size (height × width × channels)',
  'model.encoder': 'Encoder layers',
  'model.code.size': 'Code size (units)',
  'model.code.activation': 'Code activation',
  'model.code.variational': 'Variational code',
  'model.decoder': 'Decoder layers',
  'model.outputActivation': 'Output activation',
  'model.initialiser': 'Initial weights',
  'model.tiedWeights': 'Tied weights',
  'training.loss': 'Loss',
  'training.huberDelta': 'Huber delta (pixel value)',
  'training.optimizer.kind': 'Optimizer',
  'training.optimizer.beta1': 'Optimizer: beta 1',
  'training.optimizer.beta2': 'Optimizer: beta 2',
  'training.optimizer.nesterov': 'Optimizer: Nesterov',
  'training.optimizer.initialMeanSquare': 'Optimizer: mean square at the start',
  'training.optimizer.initialAccumulator': 'Optimizer: accumulator at the start',
  'training.optimizer.weightDecay': 'Optimizer: weight decay',
  'training.learningRate': 'Learning rate',
  'training.schedule.kind': 'Schedule',
  'training.schedule.everyEpochs': 'Schedule: every (epochs)',
  'training.schedule.factor': 'Schedule: factor',
  'training.schedule.finalFraction': 'Schedule: ends at (share of the rate)',
  'training.warmupEpochs': 'Warm-up (epochs)',
  'training.batchSize': 'Batch size (images)',
  'training.epochs': 'Epochs',
  'training.seed': 'Seed',
  'training.validationCount': 'Validation (images held out)',
  'training.lastPartialBatch': 'Last partial batch',
  'training.clipNorm': 'Gradient clipping (norm)',
  'training.regularisers.codeL1': 'L1 on the code (weight)',
  'training.regularisers.codeKl.target': 'KL sparsity: target activation',
  'training.regularisers.codeKl.weight': 'KL sparsity: weight',
  'training.regularisers.contractive': 'Contractive (weight)',
  'training.regularisers.neighbours.weight': 'Neighbours kept (weight)',
  'training.regularisers.neighbours.count': 'Neighbours kept: of how many nearest',
  'training.regularisers.neighbours.radius': 'Neighbours kept: radius (code units)',
  'training.beta': 'Beta (weight of the divergence)',
  'training.betaWarmupEpochs': 'Beta warm-up (epochs)',
  'training.inputNoise.kind': 'Input noise',
  'training.inputNoise.deviation': 'Input noise: standard deviation',
  'training.inputNoise.fraction': 'Input noise: share of the pixels',
  'training.dynamicBinarisation': 'Binarised anew in training',
  'training.start': 'Start',
  'training.pretraining.kind': 'Pretraining',
  'training.pretraining.epochs': 'Pretraining: epochs a layer',
  'training.augmentation.shiftPixels': 'Shifts (pixels)',
  'training.augmentation.flip': 'Flips',
  'training.earlyStopping.patience': 'Early stopping: patience (epochs)',
  'training.earlyStopping.minimumImprovement': 'Early stopping: least improvement (share)',
};

/** A setting by its path, "Learning rate"; one without words of its own by the path's, "Pretraining: batch size". */
export function settingWords(path: string): string {
  const known = named[path];
  if (known !== undefined) return known;
  const parts = path.split('.').slice(path.startsWith('training.') || path.startsWith('model.') ? 1 : 0);
  const said = parts.map((part) => part.replaceAll(/([a-z])([A-Z0-9])/g, '$1 $2').toLowerCase()).join(': ');
  return said.charAt(0).toUpperCase() + said.slice(1);
}
