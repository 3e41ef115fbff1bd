#!/usr/bin/env python3
"""Record ridge regression by scikit-learn: fits, choices of λ, folds.

    python3 golden/ridge.py [--out FILE]    golden/ridge.json, from the data in examples/
    python3 golden/ridge.py --seed S        the same on random data, on stdout

It needs scikit-learn and NumPy alone. The tests replay it (test/fit/scikitLearn.test.ts).
"""

import argparse
import csv
import json
import platform
from pathlib import Path

import numpy as np
import sklearn
from sklearn.linear_model import Ridge, RidgeCV
from sklearn.model_selection import KFold
from sklearn.preprocessing import StandardScaler

ROOT = Path(__file__).parent.parent
SEED = 14
LAMBDAS = [1e-4, 1e-2, 0.1, 1.0, 10.0, 1000.0]
GRID = [float(f"{10**power:.3g}") for power in np.linspace(4, -6, 61)]


def read(name, targets):
    """X and Y of a file of examples/: the targets by name, every other column a feature."""
    with open(ROOT / "examples" / name, newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    values = np.array(rows, dtype=float)
    chosen = [header.index(target) for target in targets]
    return np.delete(values, chosen, axis=1), values[:, chosen]


def scaled(X, standardize, intercept, weights=None):
    """What is penalised: X, or X as StandardScaler leaves it; and the deviations."""
    if not standardize:
        return X, None
    scaler = StandardScaler(with_mean=intercept).fit(X, sample_weight=weights)
    return scaler.transform(X), scaler


def fit(X, Y, lambdas, standardize, intercept, weights=None):
    """Weights [k×n] and biases in the units of the data, with λ one number or one a target."""
    W, k = (len(X) if weights is None else weights.sum()), Y.shape[1]
    Z, scaler = scaled(X, standardize, intercept, weights)
    alpha = np.asarray(lambdas) * W * k / 2
    model = Ridge(alpha=alpha, fit_intercept=intercept, solver="svd").fit(Z, Y, sample_weight=weights)
    coef = model.coef_.reshape(k, -1)
    bias = np.zeros(k) + model.intercept_
    if scaler is not None:
        coef = coef / scaler.scale_
        if intercept:
            bias = bias - coef @ scaler.mean_
    return {"weight": coef.tolist(), "bias": bias.tolist()}


def alone(X, Y, lam, standardize):
    """Every target fitted by itself, with the α of all together."""
    alpha = lam * len(X) * Y.shape[1] / 2
    Z, scaler = scaled(X, standardize, True)
    coefs = np.array([Ridge(alpha=alpha, solver="svd").fit(Z, y).coef_ for y in Y.T])
    return (coefs if scaler is None else coefs / scaler.scale_).tolist()


def folds(X, Y, grid, count, seed, standardize, intercept):
    """For each λ the mean over the folds of the held-out MSE of each target, λ held in every fold."""
    m, k = Y.shape
    errors = np.zeros((count, len(grid), k))
    for fold, (train, test) in enumerate(KFold(count, shuffle=True, random_state=seed).split(X)):
        for at, lam in enumerate(grid):
            model = fit(X[train], Y[train], lam, standardize, intercept)
            predicted = X[test] @ np.array(model["weight"]).T + model["bias"]
            errors[fold, at] = ((predicted - Y[test]) ** 2).mean(axis=0)
    mse = errors.mean(axis=0)
    error = errors.std(axis=0, ddof=1) / np.sqrt(count)
    share = (mse / Y.var(axis=0)).mean(axis=1)
    return {
        "folds": count, "seed": seed, "standardize": standardize, "intercept": intercept,
        "mse": mse.tolist(), "standardError": error.tolist(),
        "chosen": grid[int(share.argmin())], "perTarget": [grid[int(at)] for at in mse.argmin(axis=0)],
    }


def leave_one_out(X, Y, grid, intercept):
    """What RidgeCV chooses, and its leave-one-out errors."""
    m, k = Y.shape
    alphas = np.array(grid) * m * k / 2
    model = RidgeCV(alphas=alphas, fit_intercept=intercept)
    name = "cv_results" if hasattr(model, "store_cv_results") else "cv_values"  # before scikit-learn 1.5
    setattr(model, f"store_{name}", True)
    errors = getattr(model.fit(X, Y), f"{name}_").reshape(m, k, len(grid)).mean(axis=0).T
    return {
        "intercept": intercept, "mse": errors.tolist(),
        "chosen": grid[int(np.flatnonzero(alphas == model.alpha_)[0])],
    }


def problem(name, X, Y, seed, grid):
    rng = np.random.RandomState(seed)
    m, k = Y.shape
    ways = [(standardize, intercept) for standardize in (False, True) for intercept in (True, False)]
    weights = rng.randint(0, 4, m).astype(float)
    each = [LAMBDAS[(l + 1) % len(LAMBDAS)] for l in range(k)]
    return {
        "name": name, "X": X.tolist(), "Y": Y.tolist(), "weights": weights.tolist(), "grid": grid,
        "fits": [
            {"lambda": lam, "standardize": s, "intercept": i, **fit(X, Y, lam, s, i)}
            for lam in LAMBDAS for s, i in ways
        ],
        "alone": [
            {"lambda": lam, "standardize": s, "weight": alone(X, Y, lam, s)}
            for lam in LAMBDAS for s in (False, True)
        ],
        "perTarget": [
            {"lambda": each, "standardize": s, "intercept": i, **fit(X, Y, each, s, i)} for s, i in ways
        ],
        "weighted": [
            {"lambda": 0.1, "standardize": s, "intercept": i, **fit(X, Y, 0.1, s, i, weights)} for s, i in ways
        ],
        "folds": [folds(X, Y, grid, count, seed + at, s, i) for at, (s, i) in enumerate(ways) for count in (3, 5)],
        "loo": [leave_one_out(X, Y, grid, intercept) for intercept in (True, False)],
    }


def fold_cases(seed):
    cases = [(10, 2), (10, 3), (11, 4), (7, 7), (100, 5), (103, 10)]
    out = []
    for rows, count in cases:
        for shuffle in (False, True):
            split = KFold(count, shuffle=shuffle, random_state=seed if shuffle else None).split(np.zeros(rows))
            out.append({"rows": rows, "folds": count, "shuffle": shuffle, "seed": seed, "test": [t.tolist() for _, t in split]})
    return out


def record(seed, problems):
    return {
        "format": 1,
        "about": "Ridge, RidgeCV and KFold of scikit-learn with alpha = lambda*m*k/2.",
        "recorder": "golden/ridge.py",
        "versions": {
            "python": platform.python_version(), "numpy": np.__version__,
            "scikitLearn": sklearn.__version__, "platform": f"{platform.system()} {platform.machine()}",
        },
        "seed": seed,
        "kFold": fold_cases(seed),
        "problems": problems,
    }


def recorded():
    linnerud = read("linnerud.csv", ["Weight", "Waist", "Pulse"])
    diabetes = read("diabetes_raw.csv", ["progression"])
    return record(SEED, [problem("linnerud", *linnerud, SEED, GRID), problem("diabetes_raw", *diabetes, SEED, GRID)])


def live(seed):
    rng = np.random.RandomState(seed)
    problems = []
    for at, k in enumerate((1, 3)):
        m, n = rng.randint(20, 60), rng.randint(2, 8)
        X = rng.normal(size=(m, n)) * rng.uniform(0.1, 100, n) + rng.uniform(-50, 50, n)
        Y = (X / X.std(axis=0)) @ rng.normal(size=(n, k)) + rng.normal(size=(m, k)) + 5
        problems.append(problem(f"random {at}", X, Y, seed, GRID))
    return record(seed, problems)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "ridge.json", metavar="FILE")
    parser.add_argument("--seed", type=int)
    arguments = parser.parse_args()
    made = recorded() if arguments.seed is None else live(arguments.seed)
    lines = ",\n".join(f"{json.dumps(key)}:{json.dumps(value, separators=(',', ':'), allow_nan=False)}" for key, value in made.items())
    text = "{\n" + lines + "\n}\n"
    if arguments.seed is not None:
        print(text, end="")
    else:
        arguments.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
