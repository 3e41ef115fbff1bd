#!/usr/bin/env python3
"""Record the statistics of least squares by statsmodels: unweighted, with precisions, with frequencies.

    python3 golden/inference.py [--out FILE]    golden/inference.json, two data sets of examples/ and three made
    python3 golden/inference.py --seed S        the three that are made, from another seed, on stdout

It needs statsmodels and NumPy alone. The tests replay it (test/fit/statsmodels.test.ts).
"""

import argparse
import csv
import json
import platform
from pathlib import Path

import numpy as np
import statsmodels
import statsmodels.api as sm
from statsmodels.stats.outliers_influence import OLSInfluence

ROOT = Path(__file__).parent.parent
SEED = 14
# of the rows of a data set, so many are recorded one by one
ROWS = 30


def read(name, targets):
    """X and Y of a file of examples/: the targets by name, every other column a feature."""
    with open(ROOT / "examples" / name, newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    values = np.array(rows, dtype=float)
    chosen = [header.index(target) for target in targets]
    return np.delete(values, chosen, axis=1), values[:, chosen]


def made(seed):
    """Random columns; columns in different units and far from 0; a quadratic and levels of a category."""
    rng = np.random.RandomState(seed)
    X = rng.normal(size=(40, 4))
    yield "random", X, X @ rng.normal(size=(4, 2)) + rng.normal(size=(40, 2)) + 5
    year, share, income = 2000 + rng.randint(0, 20, 32), rng.uniform(0, 5, 32), rng.lognormal(7, 0.4, 32)
    X = np.column_stack([year, share, income])
    yield "units", X, (0.3 * (year - 2010) + 0.4 * share + income / 1e3 + rng.normal(size=32))[:, None]
    level, x = rng.permutation(np.arange(36) % 4), rng.uniform(-2, 3, 36)
    X = np.column_stack([x, x * x] + [level == which for which in (1, 2, 3)]).astype(float)
    yield "levels", X, (1 + x - 0.5 * x * x + level % 3 + 0.4 * rng.normal(size=36))[:, None]


def statistics(model, white, new):
    """Of one target; `white` is the same regression with √weight multiplied in, by which influence is counted."""
    fit = model.fit()
    influence = OLSInfluence(white.fit())
    ahead = fit.get_prediction(new).summary_frame(alpha=0.05)
    return {
        "params": fit.params, "bse": fit.bse, "t": fit.tvalues, "p": fit.pvalues, "hc3": fit.HC3_se,
        "f": fit.fvalue, "fP": fit.f_pvalue, "r2": fit.rsquared, "adjustedR2": fit.rsquared_adj,
        "variance": fit.mse_resid, "degrees": fit.df_resid,
        "interval": fit.conf_int(0.05),
        "prediction": [ahead["mean"], ahead["obs_ci_lower"], ahead["obs_ci_upper"]],
        "leverage": influence.hat_matrix_diag, "cooks": influence.cooks_distance[0],
        "studentized": influence.resid_studentized_internal,
    }


def inflation(X, weights):
    """1/(1 − R²) of each feature on the others and a constant, by weighted least squares."""
    others = [sm.add_constant(np.delete(X, j, axis=1), has_constant="add") for j in range(X.shape[1])]
    return [1 / (1 - sm.WLS(X[:, j], rest, weights=weights).fit().rsquared) for j, rest in enumerate(others)]


def fits(X, y, weights, kind, intercept):
    """Least squares in one way; frequencies are repeated rows."""
    m = len(y)
    first = np.arange(m)
    if kind == "frequency":
        times = weights.astype(int)
        first = np.concatenate([[0], np.cumsum(times)[:-1]])
        X, y = np.repeat(X, times, axis=0), np.repeat(y, times)
    A = sm.add_constant(X, has_constant="add") if intercept else X
    omega = weights if kind == "precision" else np.ones(len(y))
    root = np.sqrt(omega)
    new = A.mean(axis=0, keepdims=True)
    new[:, int(intercept):] *= 1.25
    found = statistics(sm.WLS(y, A, weights=omega), sm.OLS(root * y, A * root[:, None]), new)
    for name in ("leverage", "cooks", "studentized"):
        found[name] = found[name][first[:ROWS]]
    plain = {name: np.asarray(value).tolist() for name, value in found.items()}
    return {"kind": kind, "intercept": intercept, "vif": inflation(X, omega), "new": new[0, int(intercept):].tolist(), **plain}


def problem(name, X, Y, seed, file=None):
    rng = np.random.RandomState(seed)
    weights = {"none": None, "precision": rng.uniform(0.2, 5, len(X)), "frequency": rng.randint(1, 4, len(X)).astype(float)}
    data = {"file": file} if file else {"X": X.tolist(), "Y": Y.tolist()}
    return {
        "name": name, **data,
        "weights": {kind: omega.tolist() for kind, omega in weights.items() if omega is not None},
        "targets": [
            [fits(X, y, omega, kind, intercept) for kind, omega in weights.items() for intercept in (True, False)]
            for y in Y.T
        ],
    }


def record(seed, problems):
    return {
        "format": 1,
        "about": "Statistics of least squares by statsmodels.",
        "recorder": "golden/inference.py",
        "versions": {
            "python": platform.python_version(), "numpy": np.__version__,
            "statsmodels": statsmodels.__version__, "platform": f"{platform.system()} {platform.machine()}",
        },
        "seed": seed,
        "problems": problems,
    }


def recorded():
    real = [("linnerud.csv", ["Weight", "Waist", "Pulse"]), ("diabetes_raw.csv", ["progression"])]
    problems = [problem(file, *read(file, targets), SEED, {"name": file, "targets": targets}) for file, targets in real]
    return record(SEED, problems + [problem(name, X, Y, SEED) for name, X, Y in made(SEED)])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "inference.json", metavar="FILE")
    parser.add_argument("--seed", type=int)
    arguments = parser.parse_args()
    seed = arguments.seed
    found = recorded() if seed is None else record(seed, [problem(name, X, Y, seed) for name, X, Y in made(seed)])
    lines = ",\n".join(f"{json.dumps(key)}:{json.dumps(value, separators=(',', ':'), allow_nan=False)}" for key, value in found.items())
    text = "{\n" + lines + "\n}\n"
    if seed is not None:
        print(text, end="")
    else:
        arguments.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
