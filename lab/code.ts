import type { State } from "./state.js";

/** The training of a state, written for those who want to run it elsewhere. The data are made data where the state's are. */
export function codeFor(state: State): Record<string, string> {
  const { seed, train, valid, features, targets, informative, noise, lambda, lr, batch, epochs, momentum } =
    state;
  const plain =
    state.optimizer === "sgd" && momentum === 0 && !state.decayBias && state.data === "regression";
  const samples = train + valid;
  const rate = `lr=${lr}${state.optimizer === "sgd" && momentum > 0 ? `, momentum=${momentum}` : ""}`;
  const optimizer = { sgd: "SGD", adam: "Adam", adamw: "AdamW" }[state.optimizer];
  const bias = state.decayBias ? lambda : 0;
  const options = `{ epochs: ${epochs}, lr: ${lr}, batchSize: ${batch}${momentum > 0 ? `, momentum: ${momentum}` : ""} }`;
  const rows = `X, Y: the training rows${state.standardize ? ", X standardised by them" : ""}`;
  const zeros = state.start === "zeros" ? "\nfor p in layer.parameters(): torch.nn.init.zeros_(p)" : "";
  const ownBias = state.drawnBias ? "" : ` --bias ${state.bias}`;
  const command = `ell2 run --seed ${seed} --samples ${samples} --train ${train} --features ${features} --targets ${targets} --informative ${informative} --noise ${noise}${ownBias} --lambda ${lambda} --lr ${lr} --batch ${batch} --epochs ${epochs}`;
  return {
    ...(plain && valid > 0 && state.start === "torch" && !state.standardize
      ? { "Command line": command }
      : {}),
    ...(state.optimizer === "sgd" && !state.decayBias
      ? {
          ell2: `import { Dataset, fit, LinearRegression, ridge } from "ell2";

const rows = new Dataset({ X, Y }); // ${rows}
const model = new LinearRegression(rows.inputs.length, rows.outputs.length, { lambda: ${lambda} });
const { log } = fit(model, rows, ${options});
const end = ridge(rows, { lambda: ${lambda} }); // where full batches end`,
        }
      : {}),
    PyTorch: `# ${rows}
layer = torch.nn.Linear(X.shape[1], Y.shape[1]).double()${zeros}
optimizer = torch.optim.${optimizer}([
    {"params": [layer.weight], "weight_decay": ${lambda}},
    {"params": [layer.bias], "weight_decay": ${bias}},
], ${rate})
for epoch in range(${epochs}):
    for i in range(0, len(X), ${batch}):
        loss = torch.nn.functional.mse_loss(layer(X[i:i + ${batch}]), Y[i:i + ${batch}])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()`,
    ...(state.optimizer === "adamw" || state.decayBias
      ? {}
      : {
          "scikit-learn": `# ${rows}; where full-batch training ends: alpha = lambda*m*k/2
model = sklearn.linear_model.Ridge(alpha=${lambda} * len(X) * Y.shape[1] / 2).fit(X, Y)`,
        }),
  };
}
