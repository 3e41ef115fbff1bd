// Times ell2 and a peer by turns, so that what else the machine does meets both alike.

/** A sample lasts at least this long: short work is done several times in one. */
const SAMPLE = 0.01;
const WARM_UP = 0.3;
/** Milliseconds before each sample: OpenMP's and OpenBLAS's threads go on turning for a while after their work. */
const PAUSE = 150;
const LEAST_TOTAL = 0.3;
const MOST_SAMPLES = 50;

const median = (values) => {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
};

const sum = (values) => values.reduce((total, value) => total + value, 0);

/** Does something `repeat` times: the seconds of one, and the last result. */
export function timed(work, repeat = 1) {
  const start = performance.now();
  let result;
  for (let i = 0; i < repeat; i++) result = work();
  return { seconds: (performance.now() - start) / 1000 / repeat, result };
}

/** Warms up, at least once; returns how often a sample repeats it. */
async function warmUp(run) {
  const start = performance.now();
  let once;
  do once = (await run(1)).seconds;
  while (performance.now() - start < WARM_UP * 1000);
  return Math.max(1, Math.ceil(SAMPLE / once));
}

/** The median seconds of some synchronous work by itself, warm: of 3 samples and 0.3 s; of one that takes more than 3 s. */
export async function alone(work) {
  const run = async (repeat) => timed(work, repeat);
  const repeat = await warmUp(run);
  const seconds = [];
  const enough = () =>
    seconds[0] > 3 ||
    (seconds.length >= 3 && (sum(seconds) * repeat >= LEAST_TOTAL || seconds.length === MOST_SAMPLES));
  while (!enough()) seconds.push((await run(repeat)).seconds);
  return median(seconds);
}

/**
 * Both sides by turns, after a warm-up of each: medians of at least 5 samples and 0.3 s, of 3 where
 * one turn of both takes more than 3 s, of one where it takes more than a minute.
 * @param ours synchronous work
 * @param theirs asks a peer to do its work so many times; its answer has the `seconds` of one
 * @returns medians in seconds, and the last result of each
 */
export async function byTurns(ours, theirs) {
  const sides = [async (repeat) => timed(ours, repeat), theirs];
  const repeats = [];
  for (const side of sides) repeats.push(await warmUp(side));
  const seconds = [[], []];
  const last = [];
  const enough = () => {
    const count = seconds[0].length;
    if (count === 0) return false;
    const turn = (sum(seconds[0]) * repeats[0] + sum(seconds[1]) * repeats[1]) / count;
    const least = turn > 60 ? 1 : turn > 3 ? 3 : 5;
    const short = seconds.some((values, i) => sum(values) * repeats[i] < LEAST_TOTAL);
    return count >= least && (!short || count >= MOST_SAMPLES);
  };
  while (!enough()) {
    for (const [i, side] of sides.entries()) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
      last[i] = await side(repeats[i]);
      seconds[i].push(last[i].seconds);
    }
  }
  return { ell2: median(seconds[0]), peer: median(seconds[1]), ours: last[0].result, theirs: last[1] };
}
