"""Keras on TensorFlow, jit_compile: fit's own compiled train function over tf.data, several steps an execution."""

import os

from contender import Batches, Images, arguments, serve

options = arguments()
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
import keras  # noqa: E402  (after the process is confined to its threads)
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

ENCODE_BATCH = 1_000


def dense_model(layers):
    """Returns (encoder, decoder); the decoder gives logits."""
    width = layers.code * (2 if layers.variational else 1)
    encoder = [keras.layers.Dense(units, layers.activation) for units in layers.hidden]
    decoder = [keras.layers.Dense(units, layers.activation) for units in layers.hidden[::-1]]
    return (
        [*encoder, keras.layers.Dense(width, layers.code_activation)],
        [*decoder, keras.layers.Dense(layers.pixels)],
    )


def convolutional_model(layers):
    def convolution(kind, filters, activation):
        return kind(filters, 3, 2, "same", activation=activation)

    down = [convolution(keras.layers.Conv2D, filters, layers.activation) for filters in layers.filters]
    up = [convolution(keras.layers.Conv2DTranspose, f, layers.activation) for f in layers.filters[-2::-1]]
    small = (layers.small, layers.small, layers.filters[-1])
    image = keras.layers.Reshape((layers.side, layers.side, layers.channels))
    expand = [keras.layers.Dense(layers.hidden[0], layers.activation), keras.layers.Reshape(small)]
    last = convolution(keras.layers.Conv2DTranspose, layers.channels, None)
    return (
        [image, *down, keras.layers.Flatten(), keras.layers.Dense(layers.code)],
        [*expand, *up, last, keras.layers.Flatten()],
    )


class Autoencoder(keras.Model):
    """The images live inside the model as uint8; fit hands it rows of their indices."""

    def __init__(self, layers, loss, pixels):
        super().__init__()
        encoder, decoder = (convolutional_model if layers.convolutional else dense_model)(layers)
        self.encoder, self.decoder = keras.Sequential(encoder), keras.Sequential(decoder)
        self.pixels = pixels
        self.code, self.variational, self.bce = layers.code, layers.variational, loss == "bce"

    def encode(self, pixels):
        return self.encoder(tf.cast(pixels, tf.float32) / 255)[:, : self.code]

    def mse(self, pixels):
        decoded = tf.sigmoid(self.decoder(self.encode(pixels)))
        return tf.reduce_mean(tf.square(decoded - tf.cast(pixels, tf.float32) / 255))

    def objective(self, pixels):
        images = tf.cast(pixels, tf.float32) / 255
        code, penalty = self.encoder(images, training=True), 0.0
        if self.variational:
            mean, log_variance = tf.split(code, 2, axis=1)
            code = mean + tf.random.normal(tf.shape(mean)) * tf.exp(0.5 * log_variance)
            kl = tf.reduce_sum(1 + log_variance - tf.square(mean) - tf.exp(log_variance), 1)
            penalty = -0.5 * tf.reduce_mean(kl)
        logits = self.decoder(code, training=True)
        if self.bce:
            entropy = tf.nn.sigmoid_cross_entropy_with_logits(images, logits)
            return tf.reduce_mean(tf.reduce_sum(entropy, 1)) + penalty
        return tf.reduce_mean(tf.square(tf.sigmoid(logits) - images)) + penalty

    def train_step(self, indices):
        with tf.GradientTape() as tape:
            loss = self.objective(tf.gather(self.pixels, indices))
        variables = self.trainable_variables
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        return {"loss": loss}


def build_optimizer(training, per_epoch):
    spec, rate = training["optimizer"], training["learningRate"]
    if training["schedule"]["kind"] == "cosine":
        rate = keras.optimizers.schedules.CosineDecay(rate, training["epochs"] * per_epoch)
    if spec["kind"] == "rmsprop":
        return keras.optimizers.RMSprop(rate, rho=spec["decay"], epsilon=spec["epsilon"])
    moments = {"beta_1": spec["beta1"], "beta_2": spec["beta2"], "epsilon": spec["epsilon"]}
    if spec["kind"] == "adam":
        return keras.optimizers.Adam(rate, **moments)
    return keras.optimizers.AdamW(rate, weight_decay=spec["weightDecay"], **moments)


class Peer:
    def __init__(self):
        tf.config.threading.set_intra_op_parallelism_threads(options.threads)
        self.notes = []

    def prepare(self, job, layers, pixels, quality):
        training = job["training"]
        keras.utils.set_random_seed(training["seed"])
        batches = Batches(len(pixels), training["batchSize"], training["seed"])
        self.block = batches.per_epoch if quality else job["block"]
        self.model = Autoencoder(layers, training["loss"], tf.constant(pixels))
        optimizer = build_optimizer(training, batches.per_epoch)
        self.model.compile(optimizer=optimizer, jit_compile=True, steps_per_execution=self.block)
        self.model.mse(pixels[:2])  # builds the layers
        self._initialise(layers.initialiser, training["optimizer"])
        self.iterator = iter(_index_batches(batches))
        self.model.make_train_function()
        self.compiled_encode = tf.function(self.model.encode, jit_compile=True)
        self.compiled_mse = tf.function(self.model.mse, jit_compile=True)
        self.notes = [f"jit_compile, steps_per_execution {self.block}"]

    def _initialise(self, kind, optimizer):
        self.model.optimizer.build(self.model.trainable_variables)
        if kind == "standard-normal":
            for variable in self.model.trainable_variables:
                variable.assign(keras.random.normal(variable.shape))
        for mean_square in getattr(self.model.optimizer, "_velocities", []) if optimizer["kind"] == "rmsprop" else []:
            mean_square.assign(tf.fill(mean_square.shape, float(optimizer["initialMeanSquare"])))

    def steps(self, count):
        assert count % self.block == 0
        for _ in range(count // self.block):
            logs = self.model.train_function(self.iterator)
        return float(logs["loss"])

    def encode(self, pixels):
        parts = np.split(pixels, range(ENCODE_BATCH, len(pixels), ENCODE_BATCH))
        return np.concatenate([self.compiled_encode(part) for part in parts])

    def validation_mse(self, pixels):
        return float(self.compiled_mse(pixels))


def _index_batches(batches):
    """Rows of image indices, each epoch shuffled anew and its last partial batch dropped."""

    def epoch(_):
        order = tf.random.shuffle(tf.range(batches.images))[: batches.per_epoch * batches.batch]
        return tf.data.Dataset.from_tensor_slices(tf.reshape(order, (batches.per_epoch, batches.batch)))

    return tf.data.Dataset.counter().flat_map(epoch).prefetch(tf.data.AUTOTUNE)


serve(Peer(), Images(options.images))
