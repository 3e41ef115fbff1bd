#!/usr/bin/env python3
"""Record what PyTorch, scikit-learn, NumPy and Python's random really produce.

    python3 golden/record.py [--out DIR]        every trace, one file each
    python3 golden/record.py notebook [options] one trace of the notebook, on stdout
    python3 golden/record.py live --seed S      a few small traces, as an array, on stdout

The tests replay the traces and compare. What is recorded stands in
cases.py, the models that are trained in models.py, the format in README.md.
"""

import argparse
import base64
import json
import math
import os
import platform
import random
import re
import sys
from pathlib import Path

import numpy as np
import sklearn
import torch
from sklearn.datasets import make_regression
from sklearn.model_selection import train_test_split

sys.dont_write_bytecode = True  # the folder is published: no cache beside the traces
import cases
from cases import adam, call, sgd
from models import LinearRegression, TorchLinearRegression, mape

# The stream of randn changed after 1.13 (log became log1p), hence two files.
RELEASE = "1.13" if torch.__version__.startswith("1.") else "2"


# --- the format -------------------------------------------------------------------------------


def encode(value):
    """The value as JSON can hold it without losing a bit."""
    if isinstance(value, dict):
        return {key: encode(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    if isinstance(value, torch.Tensor):
        value = value.detach().numpy()
    if isinstance(value, np.ndarray):
        return encode_array(value)
    if isinstance(value, float) and not math.isfinite(value):
        return json.dumps(value)  # "NaN", "Infinity", "-Infinity"
    if isinstance(value, int) and abs(value) > 2**53:
        return str(value)
    return value


def encode_array(array):
    """Nested lists up to 1000 numbers, the bytes of little-endian doubles above."""
    if array.size <= 1000:
        return encode(array.tolist())
    data = base64.b64encode(array.astype("<f8").tobytes())
    return {"shape": list(array.shape), "float64": data.decode("ascii")}


def dumps(trace):
    """Compact JSON, but one line for each top-level key, so that diffs can be read."""
    lines = (
        json.dumps(key) + ":" + json.dumps(encode(value), separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        for key, value in trace.items()
    )
    return "{\n" + ",\n".join(lines) + "\n}\n"


def header(name, kind, about, seed):
    return {
        "format": 1,
        "name": name,
        "kind": kind,
        "about": about,
        "recorder": "golden/record.py",
        "versions": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "scikitLearn": sklearn.__version__,
            "torch": str(torch.__version__),
            "platform": f"{platform.system()} {platform.machine()}",
        },
        "seed": seed,
    }


def snake(options):
    """{"nSamples": 3} as scikit-learn and PyTorch spell it: {"n_samples": 3}."""
    return {re.sub("[A-Z]", lambda capital: "_" + capital[0].lower(), key): value for key, value in options.items()}


# --- streams of random numbers ----------------------------------------------------------------


def shuffled(generator, items):
    items = list(items)
    generator.shuffle(items)
    return items


def linear(_, in_features, out_features):
    layer = torch.nn.Linear(in_features, out_features)
    return {"weight": layer.weight, "bias": layer.bias}


# For each generator: how to seed it, and each call under ell2's name. PyTorch's is the global
# one, because nn.Linear takes no other.
GENERATORS = {
    "python": (
        random.Random,
        {"random": random.Random.random, "uniform": random.Random.uniform, "shuffle": shuffled},
    ),
    "numpy": (
        np.random.RandomState,
        {
            "randomSample": lambda g, n: g.random_sample(n),
            "uniform": lambda g, low, high, n: g.uniform(low, high, n),
            "standardNormal": lambda g, n: g.standard_normal(n),
            "normal": lambda g, loc, scale, n: g.normal(loc, scale, n),
            "randint": lambda g, low, high, n: g.randint(low, high, n, dtype=np.int64),
            "permutation": lambda g, n: g.permutation(n),
            "shuffle": shuffled,
            "choice": lambda g, n, size, options: g.choice(n, size, **options),
        },
    ),
    "torch": (
        torch.manual_seed,
        {
            "rand": lambda _, n: torch.rand(n),
            "randn": lambda _, n: torch.randn(n),
            "randperm": lambda _, n: torch.randperm(n),
            "uniform": lambda _, low, high, n: torch.empty(n).uniform_(low, high),
            "linear": linear,
        },
    ),
}
# These pass through log, sin or cos, which no two systems round alike.
INEXACT = {"standardNormal", "normal", "randn"}


def draw(function, generator, name, args, repeat):
    entry = {"call": name, "args": args}
    if repeat is None:
        values = function(generator, *args)
    else:
        entry["repeat"] = repeat
        values = np.hstack([function(generator, *args) for _ in range(repeat)])
    return {**entry, "values": values, "exact": name not in INEXACT}


def stream(name, about, kind, runs):
    """A trace of several runs, each a (seed, calls): one freshly seeded generator a run."""
    make, functions = GENERATORS[kind]
    recorded = []
    for seed, calls in runs:
        generator = make(seed)
        draws = [draw(functions[method], generator, method, args, repeat) for method, args, repeat in calls]
        recorded.append({"seed": seed, "draws": draws})
    release = {"release": RELEASE} if kind == "torch" else {}
    return {**header(name, "stream", about, runs[0][0]), "generator": kind, **release, "runs": recorded}


def streams():
    what = {
        "python": "Python's random: seeding by any integer, and every call.",
        "numpy": "NumPy's RandomState: seeding by number and by list, and every call in any mixture.",
        "torch": f"PyTorch {RELEASE}: its generator in any mixture of calls, the kept normal included.",
    }
    for kind, about in what.items():
        if kind == "torch":
            yield stream(f"random-torch-{RELEASE}", about, kind, cases.STREAMS[kind])
        elif RELEASE == "2":
            yield stream(f"random-{kind}", about, kind, cases.STREAMS[kind])


# --- data sets and splits ---------------------------------------------------------------------


def regression(options):
    """make_regression with Y, and the coefficients if asked for, always two-dimensional."""
    X, Y, *coef = make_regression(**snake(options))
    return (X, Y.reshape(len(X), -1), *(c.reshape(X.shape[1], -1) for c in coef))


def dataset(name, about, changes):
    options = {**cases.REGRESSION, "coef": True, **changes}
    X, Y, coef = regression(options)
    return {**header(name, "dataset", about, options["randomState"]), "options": options, "X": X, "Y": Y, "coef": coef}


def split(options):
    settings = snake({key: value for key, value in options.items() if key != "nSamples"})
    try:
        train, test = train_test_split(np.arange(options["nSamples"]), **settings)
    except ValueError:
        return {"options": options, "error": True}
    return {"options": options, "train": train, "test": test}


def splits(name, about, seed, options):
    return {**header(name, "split", about, seed), "cases": [split(case) for case in options]}


# --- training ---------------------------------------------------------------------------------


def is_stable(log):
    """Every loss finite, and the last no larger than the first."""
    errors = [epoch["mse"] for epoch in log]
    return all(map(math.isfinite, errors)) and (not errors or errors[-1] <= errors[0])


def record_training(model, X, Y, valid, optimizer, epochs, batch_size, stop_at_divergence=False):
    initial = model.parameters_now()
    record = model.fit(X, Y, epochs, batch_size, valid, model.optimizer(snake(optimizer)), stop_at_divergence)
    return {
        "initial": initial,
        "optimizer": optimizer,
        "epochs": len(record["log"]),  # fewer than asked for where a divergence ended it
        "batchSize": batch_size,
        "stable": is_stable(record["log"]),
        **record,
    }


def training(name, about, optimizer, changes):
    case = {**cases.TRAINING, **changes}
    rows, features, targets, seed = (case[key] for key in ("rows", "features", "targets", "seed"))
    shape = {"nSamples": rows + case["valid"], "nFeatures": features, "nTargets": targets}
    made = {**shape, "nInformative": max(1, features - 1), "bias": 0.5, "noise": 1.0, "randomState": seed}
    X, Y = map(torch.from_numpy, regression({**cases.REGRESSION, **made}))
    valid = (X[rows:], Y[rows:]) if case["valid"] else None

    torch.manual_seed(seed)
    model = TorchLinearRegression(features, targets)
    stop = case["stable"] is False
    record = record_training(model, X[:rows], Y[:rows], valid, optimizer, case["epochs"], case["batch"], stop)
    if case["stable"] not in (None, record["stable"]):
        raise RuntimeError(f"{name}: expected stable to be {case['stable']}")
    data = {"X": X[:rows], "Y": Y[:rows], "valid": valid and {"X": valid[0], "Y": valid[1]}}
    return {**header(name, "training", about, seed), "data": data, **record}


# --- the notebook -----------------------------------------------------------------------------


def compare_training(X, Y, valid, optimizer, options):
    """The notebook after its data: both models, the copy, both trainings, the comparisons."""
    peer = TorchLinearRegression(options["features"], options["targets"])
    model = LinearRegression(options["features"], options["targets"], options["lambda"])
    initial = {"w": model.w.clone(), "b": model.b.clone()}

    def prediction_error():
        with torch.no_grad():
            return mape(model.predict(valid[0]), peer(valid[0]))

    before = {"prediction": prediction_error()}
    model.copy_params(peer.layer)
    after_copy = {"prediction": prediction_error(), "loss": mape(model.evaluate(*valid), peer.evaluate(*valid))}
    record = record_training(peer, X, Y, valid, optimizer, options["epochs"], options["batch"])
    log = model.fit(X, Y, options["epochs"], options["lr"], options["batch"], *valid)
    after_training = {
        "prediction": prediction_error(),
        "bias": mape(model.b, peer.layer.bias.detach()),
        "weight": mape(model.w, peer.layer.weight.detach().T),
    }
    return {
        **record,
        "scratch": {"initial": initial, "log": log, "w": model.w, "b": model.b},
        "prediction": peer(valid[0]),
        "comparisons": {"before": before, "afterCopy": after_copy, "afterTraining": after_training},
    }


def notebook(options, seed):
    """The notebook's run. Options left at None follow from the others, as they do there."""
    derived = {
        "informative": max(1, options["features"] - 1),
        "bias": random.Random(seed).random(),
        "batch": max(1, options["train"] // 3),
    }
    options = {key: derived[key] if value is None else value for key, value in options.items()}
    shape = {"nSamples": "samples", "nFeatures": "features", "nInformative": "informative", "nTargets": "targets"}
    made = {**{key: options[name] for key, name in shape.items()}, "bias": options["bias"], "noise": options["noise"]}
    recipe = {**cases.REGRESSION, **made, "randomState": seed}

    X, Y = map(torch.from_numpy, regression(recipe))
    train = options["train"]
    torch.manual_seed(seed)
    optimizer = sgd(options["lr"], options["lambda"])
    record = compare_training(X[:train], Y[:train], (X[train:], Y[train:]), optimizer, options)
    valid = {"makeRegression": recipe, "start": train, "stop": options["samples"]}
    about = "The whole notebook, its seven comparisons included."
    data = {"X": X[:train], "Y": Y[:train], "valid": valid}
    return {**header("notebook", "notebook", about, seed), "options": options, "data": data, **record}


# --- live traces, and the command line --------------------------------------------------------


def live(seed):
    """Small traces for the tests that compare with the libraries at hand; the seed picks the shapes too."""
    pick = random.Random(seed).randint
    yield stream("live-python", "Python's random, live.", "python", [(seed, cases.PYTHON_CALLS)])
    yield stream("live-numpy", "NumPy's RandomState, live.", "numpy", [(seed, cases.NUMPY_CALLS)])
    sizes = [call("randn", pick(1, 40)) for _ in range(10)]
    yield stream("live-torch", "PyTorch's generator, live.", "torch", [(seed, cases.TORCH_CALLS + sizes)])
    for targets in (1, pick(2, 5)):
        shape = {"nSamples": pick(5, 40), "nFeatures": pick(1, 9), "nInformative": pick(1, 9), "nTargets": targets}
        options = {**shape, "bias": pick(-18, 18) / 2, "noise": pick(0, 4) / 2, "randomState": seed}
        yield dataset(f"live-regression-{targets}", "make_regression, live.", options)
    sizes = [cases.split(pick(5, 60), testSize=size, randomState=seed) for size in (0.25, 0.4, 3)]
    yield splits("live-splits", "train_test_split, live.", seed, sizes)
    shape = {"rows": pick(10, 30), "features": pick(1, 6), "targets": pick(1, 4), "batch": 10}
    shape = {**shape, "seed": seed, "stable": None}
    nesterov = sgd(0.005, 0.1, momentum=0.9, nesterov=True)
    yield training("live-sgd", "Plain SGD, live.", sgd(0.02, 0.1), shape)
    yield training("live-nesterov", "Nesterov's momentum, live.", nesterov, shape)
    yield training("live-adamw", "AdamW, live.", adam("AdamW", 0.5, 0.1), shape)


def traces():
    yield from streams()
    if RELEASE == "2":
        yield from (dataset(f"regression-{name}", *case) for name, *case in cases.REGRESSIONS)
        about = "train_test_split: the same rows on either side, and the same sizes refused."
        yield splits("splits", about, cases.SEED, cases.SPLITS)
        yield from (training(*case) for case in cases.TRAININGS)
        yield notebook(cases.NOTEBOOK, cases.SEED)


def write(directory, trace):
    """Whole or not at all: a reader never sees half a trace."""
    path = directory / f"{trace['name']}.json"
    partial = path.with_suffix(".partial")
    partial.write_text(dumps(trace), encoding="utf-8")
    os.replace(partial, path)
    print(f"{path.stat().st_size:8d}  {path.name}")


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "traces", metavar="DIR")
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("live").add_argument("--seed", type=int, required=True)
    command = commands.add_parser("notebook")
    command.add_argument("--seed", type=int, default=cases.SEED)
    for name, default in cases.NOTEBOOK.items():
        kind = float if name in ("noise", "bias", "lambda", "lr") else int
        command.add_argument(f"--{name}", type=kind, default=default)
    arguments = parser.parse_args()
    if arguments.command == "notebook" and not 0 < arguments.train < arguments.samples:
        parser.error("--train must be at least 1 and below --samples")
    if not 0 <= getattr(arguments, "seed", 0) < 2**32:
        parser.error("--seed must be at least 0 and below 2**32")  # NumPy's range
    return arguments


def main():
    arguments = parse()
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    if arguments.command == "notebook":
        options = {name: getattr(arguments, name) for name in cases.NOTEBOOK}
        print(dumps(notebook(options, arguments.seed)), end="")
    elif arguments.command == "live":
        print("[\n" + ",\n".join(dumps(trace).rstrip() for trace in live(arguments.seed)) + "\n]")
    else:
        if RELEASE == "1.13":
            print(f"PyTorch {torch.__version__}: only its own stream is recorded; the rest needs PyTorch 2")
        arguments.out.mkdir(parents=True, exist_ok=True)
        for trace in traces():
            write(arguments.out, trace)


if __name__ == "__main__":
    main()
