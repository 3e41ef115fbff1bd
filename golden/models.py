"""The notebook's two models, with its training loops and its metric.

They are the notebook's own lines, but for two things: fit returns its log, unrounded, where the
notebook prints it, and the torch model is given its optimizer, so that any optimizer can be recorded.
"""

import math

import torch
from torch import nn


def batches(X, Y, size):
    """In row order; the last one holds what is left."""
    return ((X[start : start + size], Y[start : start + size]) for start in range(0, len(Y), size))


class TorchLinearRegression(nn.Module):
    """The model that PyTorch has ready."""

    def __init__(self, n_features, n_out_features):
        super().__init__()
        self.layer = nn.Linear(n_features, n_out_features)
        self.loss = nn.MSELoss()

    def forward(self, x):
        return self.layer(x)

    def evaluate(self, x, y):
        self.eval()
        with torch.no_grad():
            return self.loss(self.forward(x), y).item()

    def parameters_now(self):
        return {name: value.detach().clone() for name, value in self.layer.named_parameters()}

    def optimizer(self, options):
        """Two groups, as in the notebook: the weight decays, the bias does not."""
        settings = {key: value for key, value in options.items() if key not in ("name", "weight_decay")}
        groups = [
            {"params": [self.layer.weight], "weight_decay": options["weight_decay"]},
            {"params": [self.layer.bias], "weight_decay": 0},  # said, because AdamW's default is 0.01
        ]
        return getattr(torch.optim, options["name"])(groups, **settings)

    def fit(self, x, y, epochs, batch_size, valid, optimizer, stop_at_divergence):
        losses, log, parameters = [], [], []
        for _ in range(epochs):
            epoch_losses = []
            for x_batch, y_batch in batches(x, y, batch_size):
                loss = self.loss(self.forward(x_batch), y_batch)
                epoch_losses.append(loss.item())
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            mse = sum(epoch_losses) / len(epoch_losses)
            losses.append(epoch_losses)
            log.append({"mse": mse, "mseValid": self.evaluate(*valid) if valid else None})
            parameters.append(self.parameters_now())
            if stop_at_divergence and not math.isfinite(mse):
                break
        return {"losses": losses, "log": log, "parameters": parameters}


class LinearRegression:
    """The model from scratch."""

    def __init__(self, n_features, out_features, lambd):
        self.w = torch.randn(n_features, out_features)
        self.b = torch.randn(out_features)
        self.lambd = lambd

    def copy_params(self, torch_layer):
        self.b.copy_(torch_layer.bias.detach().clone())
        self.w.copy_(torch_layer.weight.T.detach().clone())

    def predict(self, x):
        return torch.matmul(x, self.w) + self.b

    def mse_loss(self, y_true, y_pred):
        return ((y_pred - y_true) ** 2).mean().item()

    def evaluate(self, x, y_true):
        return self.mse_loss(y_true, self.predict(x))

    def update(self, x, y_true, y_pred, lr):
        delta = 2 * (y_pred - y_true) / y_true.numel()
        self.b -= lr * delta.sum(axis=0)
        self.w -= lr * (torch.matmul(x.T, delta) + self.lambd * self.w)

    def fit(self, x_train, y_train, epochs, lr, batch_size, x_valid, y_valid):
        log = []
        for _ in range(epochs):
            losses = []
            for x, y in batches(x_train, y_train, batch_size):
                y_pred = self.predict(x)
                losses.append(self.mse_loss(y, y_pred))
                self.update(x, y, y_pred, lr)
            log.append({"mse": sum(losses) / len(losses), "mseValid": self.evaluate(x_valid, y_valid)})
        return log


def mape(pred, true):
    """The notebook's: a fraction, and the denominator keeps its sign."""
    pred, true = torch.as_tensor(pred), torch.as_tensor(true)
    return ((true - pred) / (true + 1e-16)).abs().mean().item()
