"""What record.py records, as data: add a case here, then record anew."""

SEED = 14


# --- streams of random numbers: calls under ell2's names ---------------------------------------


def call(name, *args, repeat=None):
    return name, args, repeat


PYTHON_CALLS = [
    call("random", repeat=200), call("shuffle", list(range(20))), call("uniform", -2.5, 4, repeat=50),
    call("shuffle", [0.5]), call("shuffle", []), call("random", repeat=10),
    call("shuffle", list(range(33, 0, -1))), call("uniform", 1, -1, repeat=7),
]

# An odd count of normals leaves one over; what follows shows that the other calls keep it.
NUMPY_CALLS = [
    call("standardNormal", 3), call("randomSample", 7), call("uniform", -2, 3.5, 6), call("standardNormal", 1),
    call("normal", 10, 2.5, 5), call("randint", 3, 4, 4), call("randint", 0, 10, 20), call("permutation", 13),
    call("standardNormal", 2), call("randint", 0, 2**31, 8), call("randint", 0, 2**32, 8),
    call("randint", 0, 2**32 + 1, 8), call("randint", 0, 2**40, 8), call("randint", -7, 8, 20),
    call("randint", -(2**33), 2**33, 8), call("normal", -1, 0, 1), call("shuffle", list(range(17))),
    call("choice", 12, 5, {"replace": False}), call("choice", 12, 20, {"replace": True}),
    call("standardNormal", 100), call("permutation", 1), call("permutation", 64), call("standardNormal", 101),
    call("randomSample", 20), call("normal", 0, 1e-3, 4),
]

# The notebook's own order first. Below 16 elements randn keeps its second value for later calls.
TORCH_CALLS = [
    call("linear", 6, 3), call("randn", 18), call("randn", 3), call("rand", 5), call("randn", 2),
    call("randperm", 10), call("randn", 7), call("uniform", -1, 1, 9), call("randn", 32), call("randn", 4),
    call("linear", 1, 1), call("uniform", 2.5, 7.25, 40), call("randperm", 100), call("randn", 1),
    call("randn", 33), call("linear", 50, 10), call("rand", 33), call("randperm", 1), call("randn", 15),
]

# For each generator its runs: a seed, and the calls on one generator freshly seeded with it.
STREAMS = {
    "python": [(seed, PYTHON_CALLS) for seed in (0, 14, -14, 2**40 + 3, 2**70)],
    "numpy": [
        *((seed, NUMPY_CALLS) for seed in (0, 14, 5, [5], [1, 2, 3], 2**32 - 1)),
        (SEED, [call("standardNormal", 1), call("standardNormal", 20000)]),
    ],
    "torch": [
        *((seed, TORCH_CALLS) for seed in (14, 0, -1, 2**32 + 14, 2**64 - 1)),
        (SEED, [call("randn", n) for n in (*range(41), 100, 1000, 1003)]),
        (SEED, [call("randn", 15, repeat=400)]),
        (SEED, [call("randn", 20000)]),
    ],
}


# --- data sets: name, about, options that differ from REGRESSION -------------------------------

# scikit-learn's own defaults, spelled out so that a trace holds every option.
REGRESSION = {
    "nSamples": 100,
    "nFeatures": 100,
    "nInformative": 10,
    "nTargets": 1,
    "bias": 0.0,
    "effectiveRank": None,
    "tailStrength": 0.5,
    "noise": 0.0,
    "shuffle": True,
    "coef": False,
    "randomState": SEED,
}


def regression(name, about, samples, features, informative, **options):
    shape = {"nSamples": samples, "nFeatures": features, "nInformative": informative}
    return name, about, {**shape, **options}


REGRESSIONS = [
    regression("default", "Every option but the number of rows at its default.", 10, 100, 10),
    regression("targets-3", "The notebook's shape.", 60, 6, 5, nTargets=3, bias=0.1, noise=1.0),
    regression("noise", "One target with noise.", 25, 4, 3, noise=2.5, randomState=0),
    regression("noise-0", "Without noise nothing is drawn for it.", 30, 5, 4, nTargets=2, randomState=1),
    regression("no-shuffle", "Rows and columns keep their order.", 30, 6, 3, nTargets=2, noise=0.5, shuffle=False),
    regression("informative-above-features", "Informative features are clipped.", 20, 4, 9, nTargets=2, randomState=2),
    regression("bias", "The bias is added to every target.", 20, 3, 2, nTargets=2, bias=-3.75, randomState=3),
    regression("kept-normal", "The first noise is the normal X left over.", 21, 3, 2, nTargets=3, noise=1.0),
    regression("effective-rank-tall", "Low rank, more rows.", 30, 8, 5, effectiveRank=3, noise=0.1),
    regression("effective-rank-wide", "Low rank, more features.", 8, 20, 6, effectiveRank=3, nTargets=2),
    regression("effective-rank-square", "Low rank, square.", 12, 12, 6, effectiveRank=4, nTargets=2),
    regression("tail-strength-0", "Low rank without a tail.", 20, 6, 4, effectiveRank=2, tailStrength=0.0),
    regression("tail-strength-1", "Nothing but a tail.", 20, 6, 4, effectiveRank=2, tailStrength=1.0),
    regression("features-50-targets-10", "A larger one.", 40, 50, 30, nTargets=10, noise=1.0, bias=2.0),
]


# --- splits: the options of train_test_split ---------------------------------------------------


def split(n_samples, **options):
    return {"nSamples": n_samples, "shuffle": True, "randomState": SEED, **options}


# No size of 1.0: JSON and JavaScript cannot tell it from 1, which is one row.
SPLITS = [
    split(20),
    split(21, randomState=0),
    split(3),
    split(2),
    split(20, testSize=0.25),
    split(23, testSize=0.1, randomState=1),
    split(10, testSize=0.333),
    split(100, testSize=0.07),  # 0.07 * 100 is 7.000000000000001: 8 rows
    split(12, testSize=1),
    split(12, testSize=5),
    split(12, testSize=11),
    split(20, trainSize=0.6),
    split(100, trainSize=0.29),  # 0.29 * 100 is 28.999999999999996: 28 rows
    split(20, trainSize=7),
    split(30, trainSize=0.5, testSize=0.2),
    split(30, trainSize=4, testSize=3),
    split(30, trainSize=0.5, testSize=3),
    split(20, shuffle=False),
    split(20, testSize=0.3, shuffle=False),
    split(20, trainSize=4, testSize=3, shuffle=False),
    # From here on refused: a side would be empty, or more rows are asked for than there are.
    split(1),
    split(2, testSize=0.9),
    split(5, trainSize=0.1),
    split(10, trainSize=0.6, testSize=0.5),
    split(10, trainSize=6, testSize=5),
    split(10, testSize=10),
    split(10, testSize=11),
    split(10, testSize=0),
    split(10, trainSize=0),
    split(10, testSize=1.5),
    split(10, testSize=-0.1),
    split(10, testSize=-1),
]


# --- training: name, about, optimizer, and what differs from TRAINING --------------------------


def sgd(lr, weight_decay=0.0, momentum=0.0, dampening=0.0, nesterov=False):
    rates = {"name": "SGD", "lr": lr, "weightDecay": weight_decay}
    return {**rates, "momentum": momentum, "dampening": dampening, "nesterov": nesterov}


def adam(name, lr, weight_decay=0.0, betas=(0.9, 0.999), eps=1e-8):
    return {"name": name, "lr": lr, "weightDecay": weight_decay, "betas": betas, "eps": eps}


def training(name, about, optimizer, **changes):
    return name, about, optimizer, changes


# rows train, valid more rows validate (0: none); batches of 7 leave 6 rows for the last.
# "stable" is what the run must turn out to be: None lets it be either, False stops at the divergence.
TRAINING = {"rows": 20, "valid": 8, "features": 4, "targets": 2, "batch": 7, "epochs": 12, "stable": True, "seed": SEED}
LARGE = {"rows": 60, "features": 50, "targets": 10}

TRAININGS = [
    training("sgd-lambda-0", "Plain SGD without weight decay.", sgd(0.1)),
    training("sgd-lambda-0.01", "Plain SGD with the notebook's λ.", sgd(0.1, 0.01)),
    training("sgd-lambda-large", "Plain SGD with λ = 3, which only the weight feels.", sgd(0.1, 3.0)),
    training("momentum", "The first step is the gradient itself.", sgd(0.03, momentum=0.9)),
    training("momentum-dampening", "The first step is not dampened.", sgd(0.1, 0.01, momentum=0.9, dampening=0.5)),
    training("nesterov", "Nesterov's momentum with weight decay.", sgd(0.03, 0.01, momentum=0.9, nesterov=True)),
    training("adam", "Adam without weight decay.", adam("Adam", 1.0)),
    training("adam-lambda", "Adam's decay passes through its moments.", adam("Adam", 1.0, 0.5, betas=(0.8, 0.95))),
    training("adamw", "AdamW decays the weight outside its moments.", adam("AdamW", 1.0, 0.01)),
    training("adamw-lambda-large", "AdamW with λ = 0.5 and a large eps.", adam("AdamW", 1.0, 0.5, eps=1e-3)),
    training("batch-divides", "The batch size divides the rows.", sgd(0.1, 0.01), batch=5),
    training("batch-not-divides", "The last batch holds one row.", sgd(0.05, 0.01), rows=19, batch=6),
    training("batch-1", "Every batch holds one row.", sgd(0.02, 0.01), rows=10, batch=1),
    training("batch-larger-than-data", "One batch, no validation rows.", sgd(0.1, 0.01), batch=64, valid=0),
    training("one-feature-one-target", "The smallest model.", sgd(0.1, 0.01), features=1, targets=1),
    training("features-50-targets-10", "A larger model.", sgd(0.3, 0.01), batch=25, epochs=8, **LARGE),
    training("wide", "More features than rows: weight decay shows.", sgd(0.01, 3.0), features=200, targets=1, batch=20),
    training("full-batch-long", "Full batches, to convergence.", sgd(0.2, 0.1), features=2, batch=20, epochs=240),
    training("diverges", "A rate above the edge.", sgd(20.0, 0.01), batch=20, epochs=400, stable=False),
    training("momentum-lambda-batches", "A last batch of two rows.", sgd(0.03, 0.5, momentum=0.8), batch=6, epochs=20),
]


# --- the notebook: its options; None follows from the others -----------------------------------

NOTEBOOK = {
    "samples": 10100,
    "train": 100,
    "features": 6,
    "targets": 3,
    "informative": None,
    "noise": 1.0,
    "bias": None,
    "lambda": 0.01,
    "lr": 0.01,
    "epochs": 16,
    "batch": None,
}
