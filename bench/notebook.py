#!/usr/bin/env python3
"""The weight-decay notebook as a script: its cells in order, seeded with 14, printing what it prints.

npm run bench measures this process beside `ell2 run`.
"""

import random
from platform import python_version

import torch
from sklearn.datasets import make_regression
from torch import nn

print((python_version(), torch.__version__))
device = "cuda" if torch.cuda.is_available() else "cpu"
print(device)
torch.set_default_dtype(torch.float64)


def add_to_class(Class):
    """Register functions as methods in created class."""

    def wrapper(obj):
        setattr(Class, obj.__name__, obj)

    return wrapper


def mape(pred, true):
    return ((true - pred) / (true + 1e-16)).abs().mean().item()


M, N, NO = 10_100, 6, 3
random.seed(14)
torch.manual_seed(14)
X, Y = make_regression(
    n_samples=M, n_features=N, n_targets=NO, n_informative=N - 1, bias=random.random(), noise=1, random_state=14
)
print(X.shape)
print(Y.shape)
X_train = torch.tensor(X[:100], device=device)
Y_train = torch.tensor(Y[:100], device=device)
print((X_train.shape, Y_train.shape))
X_valid = torch.tensor(X[100:], device=device)
Y_valid = torch.tensor(Y[100:], device=device)
print((X_valid.shape, Y_valid.shape))
del X
del Y


class LinearRegression:
    def __init__(self, n_features, out_features, lambd):
        self.w = torch.randn(n_features, out_features, device=device)
        self.b = torch.randn(out_features, device=device)
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

    def fit(self, x_train, y_train, epochs, lr, batch_size, x_valid, y_valid):
        for epoch in range(epochs):
            loss = []
            for batch in range(0, len(y_train), batch_size):
                end_batch = batch + batch_size
                y_pred = self.predict(x_train[batch:end_batch])
                loss.append(self.mse_loss(y_train[batch:end_batch], y_pred))
                self.update(x_train[batch:end_batch], y_train[batch:end_batch], y_pred, lr)
            loss = round(sum(loss) / len(loss), 4)
            loss_v = round(self.evaluate(x_valid, y_valid), 4)
            print(f"epoch: {epoch} - MSE: {loss} - MSE_v: {loss_v}")


@add_to_class(LinearRegression)
def update(self, x, y_true, y_pred, lr):
    delta = 2 * (y_pred - y_true) / y_true.numel()
    self.b -= lr * delta.sum(axis=0)
    self.w -= lr * (torch.matmul(x.T, delta) + self.lambd * self.w)


class TorchLinearRegression(nn.Module):
    def __init__(self, n_features, n_out_features):
        super(TorchLinearRegression, self).__init__()
        self.layer = nn.Linear(n_features, n_out_features, device=device)
        self.loss = nn.MSELoss()

    def forward(self, x):
        return self.layer(x)

    def evaluate(self, x, y):
        self.eval()
        with torch.no_grad():
            y_pred = self.forward(x)
            return self.loss(y_pred, y).item()

    def fit(self, x, y, epochs, lr, batch_size, x_valid, y_valid, weight_decay):
        optimizer = torch.optim.SGD(
            [{"params": self.layer.weight, "weight_decay": weight_decay}, {"params": self.layer.bias}], lr=lr
        )
        for epoch in range(epochs):
            loss_t = []
            for batch in range(0, len(y), batch_size):
                end_batch = batch + batch_size
                y_pred = self.forward(x[batch:end_batch])
                loss = self.loss(y_pred, y[batch:end_batch])
                loss_t.append(loss.item())
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            loss_t = round(sum(loss_t) / len(loss_t), 4)
            loss_v = round(self.evaluate(x_valid, y_valid), 4)
            print(f"epoch: {epoch} - MSE: {loss_t} - MSE_v: {loss_v}")


torch_model = TorchLinearRegression(N, NO)
LAMBD = 0.01
model = LinearRegression(N, NO, LAMBD)
print(model.lambd)

print(mape(model.predict(X_valid), torch_model.forward(X_valid)))
model.copy_params(torch_model.layer)
parameters = (model.b.clone(), model.w.clone())
print(mape(model.predict(X_valid), torch_model.forward(X_valid)))
loss, loss_nn = model.evaluate(X_valid, Y_valid), torch_model.evaluate(X_valid, Y_valid)
print(mape(torch.tensor(loss), torch.tensor(loss_nn)))

LR, EPOCHS, BATCH = 0.01, 16, len(X_train) // 3
torch_model.fit(X_train, Y_train, EPOCHS, LR, BATCH, X_valid, Y_valid, LAMBD)
model.fit(X_train, Y_train, EPOCHS, LR, BATCH, X_valid, Y_valid)

print(mape(model.predict(X_valid), torch_model.forward(X_valid)))
print(mape(model.b.clone(), torch_model.layer.bias.detach()))
print(mape(model.w.clone(), torch_model.layer.weight.detach().T))
