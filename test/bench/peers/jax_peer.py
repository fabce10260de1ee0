"""JAX and optax: images resident as uint8, a block of steps inside one jitted lax.scan, its state donated."""

from functools import partial

from contender import Batches, Images, arguments, serve

options = arguments()
import jax  # noqa: E402  (after the process is confined to its threads)
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402
import optax  # noqa: E402

ENCODE_BATCH = 1_000

ACTIVATIONS = {
    "sigmoid": jax.nn.sigmoid,
    "relu": jax.nn.relu,
    "gelu": partial(jax.nn.gelu, approximate=False),
    "linear": lambda x: x,
}


def dense(activation):
    return lambda weights, x: ACTIVATIONS[activation](x @ weights[0] + weights[1])


def convolve(x, kernel):
    return jax.lax.conv_general_dilated(x, kernel, (2, 2), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))


@jax.custom_vjp
def deconvolve(x, kernel):
    """A convolution's transpose; its gradients are written out because XLA's own for the kernel is a naive loop."""
    batch, height, width, _ = x.shape
    image = jax.ShapeDtypeStruct((batch, 2 * height, 2 * width, kernel.shape[2]), x.dtype)
    return jax.linear_transpose(lambda y: convolve(y, kernel), image)(x)[0]


def deconvolve_backward(saved, gradient):
    x, kernel = saved
    return convolve(gradient, kernel), jax.linear_transpose(lambda k: convolve(gradient, k), kernel)(x)[0]


deconvolve.defvjp(lambda x, kernel: (deconvolve(x, kernel), (x, kernel)), deconvolve_backward)


def spatial(product, activation):
    return lambda weights, x: ACTIVATIONS[activation](product(x, weights[0]) + weights[1])


def dense_model(layers):
    """Returns (encoder, decoder), each a list of (weight shape, layer function)."""
    width = layers.code * (2 if layers.variational else 1)
    inner = [layers.activation] * len(layers.hidden)

    def stack(sizes, activations):
        return [((a, b), dense(f)) for a, b, f in zip(sizes[:-1], sizes[1:], activations, strict=True)]

    encoder = stack([layers.pixels, *layers.hidden, width], [*inner, layers.code_activation])
    return encoder, stack([layers.code, *layers.hidden[::-1], layers.pixels], [*inner, "linear"])


def convolutional_model(layers):
    channels, act = [layers.channels, *layers.filters], layers.activation
    pairs = list(zip(channels, channels[1:]))
    small = (-1, layers.small, layers.small, layers.filters[-1])

    def reshaped(shape, layer):
        return lambda weights, x: layer(weights, x.reshape(shape))

    encoder = [((3, 3, a, b), spatial(convolve, act)) for a, b in pairs]
    encoder[0] = (encoder[0][0], reshaped((-1, layers.side, layers.side, layers.channels), spatial(convolve, act)))
    encoder.append(((layers.hidden[0], layers.code), reshaped((-1, layers.hidden[0]), dense("linear"))))
    ends = [*[act] * (len(pairs) - 1), "linear"]
    decoder = [((3, 3, a, b), spatial(deconvolve, end)) for (a, b), end in zip(pairs[::-1], ends)]
    decoder[0] = (decoder[0][0], reshaped(small, decoder[0][1]))
    return encoder, [((layers.code, layers.hidden[0]), dense(act)), *decoder]


def initial(shape, kernel_outputs, kind, random):
    """`kernel_outputs`: the axis of a convolution's kernel that counts what comes out."""
    outputs = shape[kernel_outputs if len(shape) == 4 else -1]
    if kind == "standard-normal":
        weights, bias = random.standard_normal(shape), random.standard_normal(outputs)
    else:
        field = int(np.prod(shape[:-2]))
        limit = np.sqrt(6 / (field * (shape[-2] + shape[-1])))
        weights, bias = random.uniform(-limit, limit, shape), np.zeros(outputs)
    return jnp.asarray(weights, jnp.float32), jnp.asarray(bias, jnp.float32)


def build_optimizer(training, per_epoch):
    spec, rate = training["optimizer"], training["learningRate"]
    if training["schedule"]["kind"] == "cosine":
        rate = optax.cosine_decay_schedule(rate, training["epochs"] * per_epoch)
    if spec["kind"] == "rmsprop":
        return optax.rmsprop(rate, spec["decay"], spec["epsilon"], initial_scale=spec["initialMeanSquare"])
    if spec["kind"] == "adam":
        return optax.adam(rate, spec["beta1"], spec["beta2"], spec["epsilon"])
    return optax.adamw(rate, spec["beta1"], spec["beta2"], spec["epsilon"], weight_decay=spec["weightDecay"])


def run(stack, weights, x):
    for (_, layer), own in zip(stack, weights, strict=True):
        x = layer(own, x)
    return x


class Peer:
    def __init__(self):
        self.notes = []

    def prepare(self, job, layers, pixels, quality):
        training = job["training"]
        self.layers, self.bce = layers, training["loss"] == "bce"
        build = convolutional_model if layers.convolutional else dense_model
        self.encoder, self.decoder = build(layers)
        self.batches = Batches(len(pixels), training["batchSize"], training["seed"])
        self.optimizer = build_optimizer(training, self.batches.per_epoch)
        random = np.random.default_rng(training["seed"])
        weights = [
            [initial(shape, at, layers.initialiser, random) for shape, _ in stack]
            for stack, at in ((self.encoder, -1), (self.decoder, -2))
        ]
        self.state = (weights, self.optimizer.init(weights), jax.random.key(training["seed"]))
        self.pixels = jnp.asarray(pixels)
        # XLA runs convolutions inside a loop several times slower than outside.
        self.block = 1 if layers.convolutional else self.batches.per_epoch if quality else job["block"]
        self.train = jax.jit(self._block, donate_argnums=0)
        self.compiled_encode = jax.jit(self._encode)
        self.compiled_mse = jax.jit(self._mse)
        self.notes = [f"lax.scan over {self.block} steps" if self.block > 1 else "one jitted step a call"]

    def _encode(self, weights, pixels):
        code = run(self.encoder, weights[0], pixels.astype(jnp.float32) / 255)
        return code[:, : self.layers.code]

    def _mse(self, weights, pixels):
        decoded = jax.nn.sigmoid(run(self.decoder, weights[1], self._encode(weights, pixels)))
        images = pixels.astype(jnp.float32) / 255
        return jnp.mean((decoded.reshape(images.shape) - images) ** 2)

    def _loss(self, weights, pixels, key):
        images = pixels.astype(jnp.float32) / 255
        code, penalty = run(self.encoder, weights[0], images), 0.0
        if self.layers.variational:
            mean, log_variance = jnp.split(code, 2, axis=1)
            code = mean + jax.random.normal(key, mean.shape) * jnp.exp(0.5 * log_variance)
            penalty = -0.5 * jnp.mean(jnp.sum(1 + log_variance - mean**2 - jnp.exp(log_variance), 1))
        logits = run(self.decoder, weights[1], code).reshape(images.shape)
        if self.bce:
            return jnp.mean(jnp.sum(optax.sigmoid_binary_cross_entropy(logits, images), 1)) + penalty
        return jnp.mean((jax.nn.sigmoid(logits) - images) ** 2) + penalty

    def _block(self, state, pixels, indices):
        def step(state, batch):
            weights, slots, key = state
            key, noise = jax.random.split(key)
            chosen = jnp.take(pixels, batch, axis=0, mode="clip")
            loss, gradients = jax.value_and_grad(self._loss)(weights, chosen, noise)
            updates, slots = self.optimizer.update(gradients, slots, weights)
            return (optax.apply_updates(weights, updates), slots, key), loss

        if self.block > 1:
            return jax.lax.scan(step, state, indices)
        state, loss = step(state, indices[0])
        return state, loss[None]

    def steps(self, count):
        assert count % self.block == 0
        for indices in np.split(self.batches.take(count), count // self.block):
            self.state, losses = self.train(self.state, self.pixels, indices)
        return float(losses[-1])

    def encode(self, pixels):
        parts = np.split(pixels, range(ENCODE_BATCH, len(pixels), ENCODE_BATCH))
        return np.concatenate([self.compiled_encode(self.state[0], part) for part in parts])

    def validation_mse(self, pixels):
        return float(self.compiled_mse(self.state[0], pixels))


serve(Peer(), Images(options.images))
