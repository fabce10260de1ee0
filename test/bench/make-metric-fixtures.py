"""Works out by scikit-learn what the engine's figures of merit must be on small stored codes.

    python3 test/bench/make-metric-fixtures.py        (needs numpy and scikit-learn)

Writes test/fixtures/code-metrics.json: for each case pixels, codes, labels, and the 10-nearest-neighbour accuracy (the last third
voted on by the first two), trustworthiness and mean silhouette of all. Where all codes are equal scikit-learn's neighbours hang on
its search tree; there the definition is worked out with the points in their own order.

Beside it codes.npy and codes-fortran.npy: the same array of six codes as numpy saves it, in float32 and otherwise.
"""

import json
from pathlib import Path

import numpy as np
from sklearn.manifold import trustworthiness
from sklearn.metrics import silhouette_score
from sklearn.neighbors import KNeighborsClassifier

FIXTURE = Path(__file__).resolve().parent.parent / "fixtures" / "code-metrics.json"
VALUES = 12
NEIGHBOURS = 10
DECIMALS = 5


def in_order(pixels, codes, k):
    """Trustworthiness by its definition, ties in the points' own order."""
    count = len(codes)
    far = np.linalg.norm(pixels[:, None] - pixels[None], axis=-1)
    near = np.linalg.norm(codes[:, None] - codes[None], axis=-1)
    penalty = 0
    for point in range(count):
        others = np.delete(np.arange(count), point)
        ranks = {other: rank + 1 for rank, other in enumerate(others[np.argsort(far[point, others], kind="stable")])}
        nearest = others[np.argsort(near[point, others], kind="stable")][:k]
        penalty += sum(max(0, ranks[other] - k) for other in nearest)
    return 1 - 2 * penalty / (count * k * (2 * count - 3 * k - 1))


def draw(count, size, classes, seed):
    random = np.random.default_rng(seed)
    labels = random.integers(0, classes, count)
    pixels = np.clip(80 + 30 * labels[:, None] + random.normal(0, 40, (count, VALUES)), 0, 255).astype(np.uint8)
    codes = np.sin(7 * labels[:, None] + np.arange(size)) + random.normal(0, 0.6, (count, size))
    # Exactly what the JSON holds, as float32.
    return labels, pixels, np.round(codes, DECIMALS).astype(np.float32).astype(np.float64)


def has_ties(pixels):
    """Whether two pixels' squared distances from one point are equal: then scikit-learn's order is chance."""
    wide = pixels.astype(int)
    squared = ((wide[:, None] - wide[None]) ** 2).sum(-1)
    return any(len(set(row)) < len(row) for row in squared.tolist())


def case(name, count, size, classes, seed, equal=False):
    labels, pixels, codes = draw(count, size, classes, seed)
    while has_ties(pixels):
        seed += 1000
        labels, pixels, codes = draw(count, size, classes, seed)
    if equal:
        codes = np.full((count, size), 0.25)
    known = 2 * count // 3
    k = min(NEIGHBOURS, known)
    voters = KNeighborsClassifier(k, algorithm="brute").fit(codes[:known], labels[:known])
    looked_at = min(NEIGHBOURS, (count + 1) // 2 - 1)
    if not equal:
        # Without ties both are one.
        assert abs(in_order(pixels / 255, codes, looked_at) - trustworthiness(pixels, codes, n_neighbors=looked_at)) < 1e-12
    return {
        "name": name,
        "size": size,
        "labels": labels.tolist(),
        "pixels": pixels.ravel().tolist(),
        "codes": [round(value, DECIMALS) for value in codes.ravel().tolist()],
        "known": known,
        "neighbourAccuracy": float(voters.score(codes[known:], labels[known:])),
        "trustworthiness": float(
            in_order(pixels / 255, codes, looked_at)
            if equal
            else trustworthiness(pixels.astype(np.float64), codes, n_neighbors=looked_at)
        ),
        "silhouette": None if classes == 1 else float(silhouette_score(codes, labels)),
    }


cases = [
    case("2-D", 90, 2, 3, 1),
    case("1-D", 60, 1, 2, 2),
    case("30-D", 60, 30, 4, 3),
    case("256-D", 24, 256, 3, 4),
    case("one class", 45, 3, 1, 5),
    case("all codes equal", 30, 2, 3, 6, equal=True),
    case("few images", 12, 2, 2, 7),
]
FIXTURE.write_text(json.dumps(cases) + "\n")
array = np.linspace(-2, 3, 18).reshape(6, 3)
np.save(FIXTURE.with_name("codes.npy"), array.astype("<f4"))
np.save(FIXTURE.with_name("codes-fortran.npy"), np.asfortranarray(array.astype("<f4").astype(">f8")))
print([(c["name"], c["neighbourAccuracy"], c["trustworthiness"], c["silhouette"]) for c in cases])
