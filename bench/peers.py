#!/usr/bin/env python3
"""The Python peers of npm run bench: PyTorch, scikit-learn, NumPy.

Reads one job a line as JSON on stdin and answers each with one line on stdout. Data sets come in
once, as files of float64 (job "load"). A job that is timed does its work `repeat` times and answers
with the seconds of one time; what is done before the first and after the last is not timed.
"""

import json
import os
import sys
import time

import numpy as np

DATA = {}


def timed(work, repeat):
    """Seconds of one of `repeat` times, and the last result."""
    start = time.perf_counter()
    for _ in range(repeat):
        result = work()
    return (time.perf_counter() - start) / repeat, result


def hello():
    import sklearn
    import torch

    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", os.cpu_count())))
    sklearn.set_config(assume_finite=True)  # ell2 has looked when the data set was made, so they need not
    return {
        "versions": {"torch": torch.__version__, "sklearn": sklearn.__version__, "numpy": np.__version__},
        "threads": torch.get_num_threads(),
    }


def load(name, files, rows, features, targets, validRows):
    read = lambda part, cols: np.fromfile(files[part]).reshape(rows + validRows, cols)
    X, Y = read("X", features), read("Y", targets)
    DATA[name] = {"X": X[:rows], "Y": Y[:rows], "valid": (X[rows:], Y[rows:]) if validRows else None}


def drop(name):
    del DATA[name]


# --- PyTorch: the notebook's model and loop --------------------------------------------------


def train(data, epochs, lr, batchSize, weightDecay, start, shuffle, repeat):
    """The notebook's prebuilt model: nn.Linear, nn.MSELoss, SGD with two groups, train and eval.

    `shuffle`: None, "rows" (every epoch permutes all rows at once) or "batch" (batch by batch).
    """
    import torch
    from torch import nn

    tensors = lambda *arrays: [torch.from_numpy(array) for array in arrays]
    x, y = tensors(DATA[data]["X"], DATA[data]["Y"])
    valid = DATA[data]["valid"] and tensors(*DATA[data]["valid"])
    model, loss_of = nn.Linear(x.shape[1], y.shape[1]), nn.MSELoss()

    def evaluate():
        model.eval()
        with torch.no_grad():
            return loss_of(model(valid[0]), valid[1]).item()

    def fit():
        with torch.no_grad():
            model.weight.copy_(torch.tensor(start["weight"]))
            model.bias.copy_(torch.tensor(start["bias"]))
        torch.manual_seed(14)
        torch.randn(model.weight.T.shape), torch.randn(model.bias.shape)  # drawn by ell2's model before it shuffles
        optimizer = torch.optim.SGD(
            [{"params": model.weight, "weight_decay": weightDecay}, {"params": model.bias}], lr=lr
        )
        log = []
        for _ in range(epochs):
            model.train()
            losses = []
            order = torch.randperm(len(x)) if shuffle else None
            xs, ys = (x[order], y[order]) if shuffle == "rows" else (x, y)
            for batch in range(0, len(y), batchSize):
                rows = slice(batch, batch + batchSize)
                if shuffle == "batch":
                    rows = order[rows]
                y_batch = ys[rows]
                loss = loss_of(model(xs[rows]), y_batch)
                losses.append(loss.item())
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            log.append([sum(losses) / len(losses), evaluate() if valid else None])
        return log

    seconds, log = timed(fit, repeat)
    return {
        "seconds": seconds,
        "log": log,
        "weight": model.weight.detach().tolist(),
        "bias": model.bias.detach().tolist(),
    }


# --- scikit-learn ----------------------------------------------------------------------------


def ridge(data, alpha, solver, repeat):
    from sklearn.linear_model import Ridge

    X, Y = DATA[data]["X"], DATA[data]["Y"]
    model = Ridge(alpha=alpha, solver=solver, tol=1e-10)  # tol: for the iterative solvers
    seconds, _ = timed(lambda: model.fit(X, Y), repeat)
    return {"seconds": seconds, "weight": model.coef_.tolist(), "bias": model.intercept_.tolist()}


def folds(data, lambdas, count, solver):
    """Held-out errors of each λ and fold. The rows of a fold's complement are put together once for all λ."""
    from sklearn.linear_model import Ridge

    X, Y = DATA[data]["X"], DATA[data]["Y"]
    cuts = [fold * len(X) // count for fold in range(count + 1)]
    errors = np.zeros((len(lambdas), count, Y.shape[1]))
    once, fits = 0.0, 0.0
    for fold, (start, stop) in enumerate(zip(cuts, cuts[1:])):
        begun = time.perf_counter()
        x, y = (np.concatenate([A[:start], A[stop:]]) for A in (X, Y))
        once += time.perf_counter() - begun
        for i, value in enumerate(lambdas):
            begun = time.perf_counter()
            model = Ridge(alpha=value * len(x) * y.shape[1] / 2, solver=solver).fit(x, y)
            errors[i, fold] = np.mean((model.predict(X[start:stop]) - Y[start:stop]) ** 2, axis=0)
            fits += time.perf_counter() - begun
    return {"once": once, "fits": fits, "errors": errors.mean(axis=1).tolist()}


# --- NumPy -----------------------------------------------------------------------------------


def gram(data, threads, repeat):
    from threadpoolctl import threadpool_limits

    X = DATA[data]["X"]
    with threadpool_limits(threads, "blas"):
        seconds, product = timed(lambda: X.T @ X, repeat)
    return {"seconds": seconds, "gram": product.ravel().tolist()}


def machine():
    """Bytes read a second (dot product of 512 MB) and flops a second (dgemm), the best of ten, for 1 thread and all."""
    from threadpoolctl import threadpool_limits

    x = np.ones(2**26)
    A = np.random.default_rng(14).random((2000, 2000))
    threads = os.cpu_count()
    best = lambda work: min(timed(work, 1)[0] for _ in range(10))
    out = {"threads": threads, "read": [], "flops": []}
    for limit in (1, threads):
        with threadpool_limits(limit, "blas"):
            out["read"].append(x.nbytes / best(lambda: x @ x))
            out["flops"].append(2 * len(A) ** 3 / best(lambda: A @ A))
    return out


JOBS = {job.__name__: job for job in (hello, load, drop, train, ridge, folds, gram, machine)}

if __name__ == "__main__":
    for line in sys.stdin:
        job = json.loads(line)
        try:
            answer = JOBS[job.pop("job")](**job) or {}
        except Exception as error:  # said to the one who asked, who then fails
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)
