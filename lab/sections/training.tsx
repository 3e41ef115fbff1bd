import { useSignal } from "@preact/signals";
import { logLine } from "ell2";
import { lineChart } from "ell2/charts";
import { ChoiceControl, NumberControl, SwitchControl } from "../controls.js";
import { Figure } from "../figure.js";
import { LiveChart } from "../live.js";
import { figure } from "../numbers.js";
import { selectionOf } from "../series.js";
import type { Lab } from "../store.js";

export function TrainingSection({ lab }: { lab: Lab }) {
  const { optimizer } = lab.state.value;
  return (
    <section aria-labelledby={lab.place("training")}>
      <h2 id={lab.place("training")}>Training</h2>
      <p>
        An epoch walks through the batches in row order. The MSE of an epoch is the mean of its batches'
        losses, each taken before its update; the validation MSE is taken after the epoch. “L, train” is the
        loss of all training rows with the weights as they are, so the two differ. Everything can be changed
        while it runs.
      </p>
      <Buttons lab={lab} />
      <div class="columns">
        <div>
          <fieldset>
            <legend>Settings</legend>
            <NumberControl lab={lab} name="lambda" />
            <NumberControl lab={lab} name="lr" />
            <Gauge lab={lab} />
            <NumberControl lab={lab} name="batch" />
            <NumberControl lab={lab} name="epochs" />
            {optimizer === "sgd" ? <NumberControl lab={lab} name="momentum" /> : null}
            <ChoiceControl lab={lab} name="optimizer" />
            <ChoiceControl lab={lab} name="start" />
            <SwitchControl lab={lab} name="decayBias" />
          </fieldset>
          <Now lab={lab} />
        </div>
        <Curves lab={lab} />
      </div>
      <LogText lab={lab} />
    </section>
  );
}

function Buttons({ lab }: { lab: Lab }) {
  const running = lab.snapshot.value?.running ?? false;
  const button = (kind: Parameters<Lab["ask"]>[0], label: string) => (
    <button type="button" onClick={() => lab.ask(kind)}>
      {label}
    </button>
  );
  return (
    <div class="buttons" role="toolbar" aria-label="Training">
      {running ? button("pause", "Pause") : button("run", "Run")}
      {button("batch", "Step a batch")}
      {button("epoch", "Step an epoch")}
      {button("converge", "To convergence")}
      {button("reset", "Reset")}
      <button type="button" onClick={() => lab.pin()}>
        Keep this run
      </button>
      {lab.pins.value.length > 0 ? (
        <button
          type="button"
          onClick={() => {
            lab.pins.value = [];
          }}
        >
          Drop kept runs
        </button>
      ) : null}
    </div>
  );
}

/** The rate beside the largest stable one. */
function Gauge({ lab }: { lab: Lab }) {
  const gauge = lab.gauge.value;
  const { lr } = lab.state.value;
  if (gauge === null) return null;
  if (gauge.rate === null) return <p class="note">No bound of the rate is known for this optimiser.</p>;
  const share = lr / gauge.rate;
  const stable = gauge.radius === null ? share < 1 : gauge.radius < 1;
  return (
    <div class={stable ? "gauge" : "gauge over"}>
      <meter
        min={0}
        max={1.5}
        high={1}
        value={Math.min(share, 1.5)}
        aria-label="Rate beside the largest stable rate"
      />
      <p class="note">
        {gauge.exact ? "Stable below" : "Stable at"} {figure(Number(gauge.rate.toPrecision(3)))}.
        {gauge.radius === null
          ? ""
          : ` Each epoch multiplies what is left by ${gauge.radius.toPrecision(4)}${stable ? "" : ": this diverges"}.`}
      </p>
    </div>
  );
}

function Now({ lab }: { lab: Lab }) {
  const now = lab.snapshot.value;
  if (now === null) return null;
  const rows: [string, string][] = [
    ["Epoch", `${now.epoch}${now.batch > 0 ? `, batch ${now.batch} of ${now.batches}` : ""}`],
    ["L, train", figure(now.mse)],
    ["L, validation", now.mseValid === null ? "–" : figure(now.mseValid)],
    ["‖w‖", figure(now.norm)],
    ["ℓ₂ = (λ/2)‖w‖²", figure(now.penalty)],
    ["J = L + ℓ₂", figure(now.objective)],
  ];
  return (
    <dl class="now" data-testid="now">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Curves({ lab }: { lab: Lab }) {
  const logarithmic = useSignal(true);
  const now = lab.snapshot.value;
  if (now === null) return null;
  const runs = [{ label: "", log: now.log }, ...lab.pins.value];
  const shows = (value: number) => !Number.isNaN(value) && !(logarithmic.value && value <= 0);
  const alone = runs.length === 1;
  const x = alone ? now.log.epoch : [...new Set(runs.flatMap(({ log }) => log.epoch))].sort((a, b) => a - b);
  const on = (epochs: readonly number[], values: readonly number[]): (number | null | undefined)[] => {
    if (alone) return values.map((value) => (shows(value) ? value : undefined));
    const at = new Map(epochs.map((epoch, i) => [epoch, values[i]!]));
    return x.map((epoch) => {
      const value = at.get(epoch);
      return value !== undefined && shows(value) ? value : undefined;
    });
  };
  const name = (text: string, label: string) => (label === "" ? text : `${text}, ${label}`);
  const dash = [[], [6, 3], [2, 3]];
  const losses = runs.flatMap(({ label, log }, i) => [
    { label: name("train", label), colour: 1, dash: dash[i]!, y: on(log.epoch, log.mse) },
    { label: name("validation", label), colour: 2, dash: dash[i]!, y: on(log.epoch, log.mseValid) },
  ]);
  const norms = runs.map(({ label, log }, i) => ({
    label: name("‖w‖", label),
    colour: 3,
    dash: dash[i]!,
    y: on(log.epoch, log.norm),
  }));
  const { log } = now;
  return (
    <Figure
      name="training"
      asSvg={() =>
        lineChart({
          title: "MSE over epochs",
          x: { label: "epoch" },
          y: { label: "MSE", scale: logarithmic.value ? "log" : "linear" },
          series: losses.map(({ label, y }) => ({
            name: label,
            x,
            y: y.map((value) => value ?? Number.NaN),
          })),
        })
      }
      caption={
        <>
          <p>
            {now.log.epoch.length === 0 ? "Nothing has been trained yet: run, or step. " : ""}
            MSE of training and validation rows above, ‖w‖ below. J is not drawn: it does not evaluate.
          </p>
          <label class="switch">
            <input
              type="checkbox"
              checked={logarithmic.value}
              onChange={(event) => {
                logarithmic.value = event.currentTarget.checked;
              }}
            />
            Logarithmic MSE
          </label>
        </>
      }
      numbers={{
        caption: "Log",
        head: ["epoch", "MSE", "validation MSE", "‖w‖"],
        rows: selectionOf(log.epoch.length, 60).map((i) => [
          log.epoch[i]!,
          log.mse[i]!,
          log.mseValid[i]!,
          log.norm[i]!,
        ]),
      }}
    >
      <LiveChart
        label="MSE over epochs"
        x={x}
        ys={losses.map(({ y }) => y)}
        series={losses}
        log={logarithmic.value}
        sync={lab.id}
      />
      <LiveChart
        label="Norm of the weight over epochs"
        x={x}
        ys={norms.map(({ y }) => y)}
        series={norms}
        log={false}
        sync={lab.id}
      />
    </Figure>
  );
}

/** The notebook's log, line by line. */
function LogText({ lab }: { lab: Lab }) {
  const open = useSignal(true);
  const now = lab.snapshot.value;
  if (now === null) return null;
  const { epoch, mse, mseValid } = now.log;
  return (
    <details
      open={open.value}
      onToggle={(event) => {
        open.value = event.currentTarget.open;
      }}
    >
      <summary>Log, as the notebook prints it</summary>
      {open.value ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reached by keyboard
        <pre class="log" tabIndex={0} data-testid="log">
          {epoch.length === 0
            ? "(no epoch yet)"
            : selectionOf(epoch.length, now.running ? 40 : 200)
                .map((i) => logLine(epoch[i]!, mse[i]!, Number.isNaN(mseValid[i]!) ? null : mseValid[i]!))
                .join("\n")}
        </pre>
      ) : null}
    </details>
  );
}
