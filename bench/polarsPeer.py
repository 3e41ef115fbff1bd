#!/usr/bin/env python3
"""From a file to the weights of ridge regression with polars and NumPy, as one would write it: FILE TARGET LAMBDA.

polars reads, NumPy centres and solves the normal equations of the standardised features; prints weights, bias,
R² and standard errors as JSON.
"""

import json
import sys

import numpy as np
import polars

path, target, penalty = sys.argv[1], sys.argv[2], float(sys.argv[3])
table = polars.read_parquet(path) if path.endswith(".parquet") else polars.read_csv(path)
y = table[target].to_numpy()
X = table.drop(target).to_numpy()
m, n = X.shape
mean_x, mean_y = X.mean(axis=0), y.mean()
X = X - mean_x
y = y - mean_y
sums = X.T @ X
scale = np.sqrt(np.diag(sums) / m)
gram = sums / np.outer(scale, scale)
inverse = np.linalg.inv(gram + penalty * m / 2 * np.eye(n))
w = inverse @ (X.T @ y / scale) / scale
residual = y - X @ w
rss = residual @ residual
freedom = m - 1 - np.trace(inverse @ gram)
spread = np.diag(inverse @ gram @ inverse)
print(
    json.dumps(
        {
            "weight": w.tolist(),
            "bias": mean_y - mean_x @ w,
            "r2": 1 - rss / (y @ y),
            "standardError": (np.sqrt(rss / freedom * spread) / scale).tolist(),
            "versions": {"polars": polars.__version__, "numpy": np.__version__},
        }
    )
)
