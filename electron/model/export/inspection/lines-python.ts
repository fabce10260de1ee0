/** Strengths of lines in NumPy: a part of inspection.py, whose functions it calls. */
export const LINES_SOURCE = `def looks(length, middles, deviation, frequency):
    """Rows of weights, one a place: a wave under a Gaussian around it, the ends mirrored, and the wave a quarter on."""
    reach = max(1, int(np.ceil(3 * deviation)))
    taps = np.arange(-reach, reach + 1)
    weights = np.exp(-(taps**2) / (2 * deviation**2))
    weights /= weights.sum()
    rows = np.zeros((2, len(middles), length))
    for row, middle in enumerate(middles):
        places = (middle + taps) % (2 * length)
        places = np.where(places < length, places, 2 * length - 1 - places)
        np.add.at(rows[0, row], places, weights * np.cos(frequency * taps))
        np.add.at(rows[1, row], places, weights * np.sin(frequency * taps))
    return rows


def line_strengths(pictures):
    """How strong lines of three sizes and six directions are around places (Gabor filters): [n, rows, columns, 18]."""
    height, width = pictures.shape[1:3]
    grey = pictures.mean(3)
    grey = grey - grey.mean((1, 2), keepdims=True)
    times = max(1, int(min(height, width) / 64 + 0.5))
    places = {length: np.arange(min(2 * times, length - 1), length, 4 * times) for length in (height, width)}
    planes = []
    for size, wavelength in enumerate((4, 8, 16)):
        stride = 2**size * times
        deviation = 3 * np.sqrt(np.log(2) / 2) / np.pi * wavelength

        def waves(length, part):
            return looks(length, np.arange(places[length][0] % stride, length, stride), deviation, part)

        def pooled(length):
            first = places[length][0] % stride
            samples = len(range(first, length, stride))
            return looks(samples, (places[length] - first) // stride, 2 * times / stride, 0)[0]

        for direction in range(6):
            angle = np.pi * direction / 6
            across = waves(width, 2 * np.pi / wavelength * np.cos(angle))
            down = waves(height, 2 * np.pi / wavelength * np.sin(angle))
            answers = (down[0] + 1j * down[1]) @ grey @ (across[0] + 1j * across[1]).T
            planes.append(np.log(pooled(height) @ np.abs(answers) @ pooled(width).T + 1e-3))
    return np.stack(planes, 3)


def line_map(pictures):
    """The distance to the nearest normal pictures at each place, 1 is usual."""
    strengths = line_strengths(pictures) / known("lines.deviation")
    normal, usual = known("lines.known"), known("lines.usual")
    planes = np.empty(strengths.shape[:3])
    for row, column in np.ndindex(usual.shape):
        planes[:, row, column] = nearest(strengths[:, row, column], normal[row, column]) / usual[row, column]
    return resized(planes, *pictures.shape[1:3])


`;
