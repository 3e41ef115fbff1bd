import { Dataset } from "../data/dataset.js";
import {
  type ColumnRange,
  columnRanges,
  type ExactSums,
  exactSums,
  isConstant,
  isNarrow,
  minus,
  productsPerRow,
} from "../data/exactSums.js";
import { LevelDataset } from "../data/levelDataset.js";
import { Moments } from "../data/moments.js";
import {
  constantFeatures,
  constantTargets,
  momentStandardization,
  type Standardization,
} from "../data/standardizer.js";
import { targetMoments } from "../data/targetMoments.js";
import { Ell2Error } from "../errors.js";
import { show } from "../numbers/check.js";
import { solveInDoubles } from "./doubles.js";
import { Factored } from "./factored.js";
import { LevelProblem } from "./levelProblem.js";
import { NormalEquations } from "./normalEquations.js";
import type { Solution } from "./solution.js";
import { type Spectrum, spectrumOf } from "./spectrum.js";
import { type Coordinates, checkWeight, isPlainWeight, type System, systemOf } from "./system.js";
import { WideSolver } from "./wideSolver.js";

/** Multiply-adds in three parts for sums, and in 256 bits for the elimination, that are made unasked: about 0.1 s. */
const MOST_WORK = 4e6;
/** The same where doubles would lose digits: about 10 s. */
const MOST_WORK_IF_BAD = 4e8;
/** Features from which on wide data are solved from as many equations as there are rows alone. */
const LEAST_WIDE = 300;
/** The work of an elimination in 256 bits, and of all that follows from one, beside n³. */
const ELIMINATION = 1;
const STATISTICS = 10;
/** Beyond, a condition number is that of rounding. */
const MOST_KNOWN_CONDITION = 1e14;

/**
 * A regression problem, prepared once: rows or their moments, in which coordinates weights are penalised,
 * what is constant; and, when first asked for, its normal equations, spectrum and solutions.
 */
export class Problem {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** The rows; null where there are moments alone. */
  readonly rows: Dataset | null;
  readonly standardize: boolean;
  readonly intercept: boolean;
  #rangesOfRows: ColumnRange[] | undefined;
  #sums: ExactSums | null;
  #moments: Moments | null;
  #constant: boolean[] | undefined;
  #system: System | undefined;
  #equations: NormalEquations | undefined;
  #spectrum: Spectrum | undefined;
  #wide: WideSolver | undefined;
  #levels: LevelProblem | undefined;
  readonly #solutions = new Map<number, Solution>();

  /**
   * @param data rows, with their weights if they have any; or their moments
   * @param sums the exact sums of the rows behind moments, where they are known
   * @throws SHAPE where no row has a weight above 0
   */
  constructor(
    readonly where: string,
    data: Dataset | Moments,
    { standardize, intercept }: Coordinates,
    sums: ExactSums | null = null,
  ) {
    this.inputs = data.inputs;
    this.outputs = data.outputs;
    this.standardize = standardize;
    this.intercept = intercept;
    this.rows = data instanceof Dataset ? data : null;
    this.#moments = data instanceof Dataset ? null : data;
    this.#sums = sums;
    const counts = this.rows
      ? this.rows.rows > 0 && (this.rows.weights?.some((omega) => omega > 0) ?? true)
      : this.moments.weight > 0;
    if (!counts) throw new Ell2Error("SHAPE", { where, expected: "at least one row", got: "none" });
  }

  /** The moments of the rows. @throws NOT_FINITE for a column whose squares overflow or vanish */
  get moments(): Moments {
    if (this.#moments === null) {
      this.#moments = Moments.of(this.rows!);
      if (!this.hasMoments) for (const [at, range] of this.#ranges!.entries()) this.#checkSquares(at, range);
    }
    return this.#moments;
  }

  /** The range of each column, features first; null without rows. A pass over the rows. */
  get #ranges(): ColumnRange[] | null {
    if (this.rows !== null) this.#rangesOfRows ??= columnRanges(this.rows);
    return this.#rangesOfRows ?? null;
  }

  /** Whether sums alone tell that no column is constant, and that each can be squared: then nobody looks at ranges. */
  get #isPlain(): boolean {
    if (this.rows === null || this.isLarge || this.equationsAreCheap) return false;
    this.#moments ??= Moments.of(this.rows);
    const { meanX, meanY, sxx, syy, weight } = this.#moments;
    const plain = (squares: number, mean: number) =>
      squares > 1e-200 && squares < 1e200 && Math.sqrt(squares / weight) > 1e-6 * Math.abs(mean);
    return (
      meanX.every((mean, j) => plain(sxx.data[j * sxx.cols + j]!, mean)) &&
      meanY.every((mean, l) => plain(syy.data[l * syy.cols + l]!, mean))
    );
  }

  #checkSquares(at: number, range: ColumnRange): void {
    if (squares(range)) return;
    const size = Math.max(Math.abs(range.least), Math.abs(range.most));
    const tooSmall = size < 1;
    const name = [...this.inputs, ...this.outputs][at]!;
    throw new Ell2Error("NOT_FINITE", {
      where: this.where,
      expected: "columns that can be squared",
      got: `column ${show(name)}, whose values are about ${size.toPrecision(2)}`,
      remedy: `give it in ${tooSmall ? "smaller" : "larger"} units`,
    });
  }

  /** Which features do not vary: of rows those of one value, of moments those that the sums cannot tell from one. */
  get constant(): boolean[] {
    this.#constant ??=
      this.levels?.constant ??
      this.#ofEquations(0) ??
      this.#whichFeatures(isConstant) ??
      constantFeatures(this.moments);
    return this.#constant;
  }

  /** What exact sums of moments tell of features or targets; null without such sums. */
  #ofEquations(first: number): boolean[] | null {
    if (this.rows !== null || this.#sums === null) return null;
    const count = first === 0 ? this.inputs.length : this.outputs.length;
    return this.#exactly().constant.slice(first, first + count);
  }

  /** The same of the targets. */
  get constantTargets(): boolean[] {
    if (this.#isPlain) return this.outputs.map(() => false);
    const exact = this.#ofEquations(this.inputs.length);
    if (exact !== null) return exact;
    return this.#ranges?.slice(-this.outputs.length).map(isConstant) ?? constantTargets(this.moments);
  }

  /** Features whose values are at most 4 units in the last place apart. */
  get narrow(): boolean[] {
    if (this.levels !== null) return this.inputs.map(() => false);
    return this.#whichFeatures(isNarrow) ?? this.inputs.map(() => false);
  }

  #whichFeatures(is: (range: ColumnRange) => boolean): boolean[] | null {
    if (this.#isPlain) return this.inputs.map(() => false);
    return this.#ranges?.slice(0, this.inputs.length).map(is) ?? null;
  }

  /** m, the rows. */
  get rowCount(): number {
    return this.rows?.rows ?? this.moments.rows;
  }

  /** Whether there are as many features as rows or more, so that they determine no least squares. */
  get isWide(): boolean {
    return this.rowCount - (this.intercept ? 1 : 0) < this.inputs.length;
  }

  /** Rows with a category that is not expanded, for which no sums of n×n products are taken; null for other data. */
  get levels(): LevelProblem | null {
    if (!(this.rows instanceof LevelDataset)) return null;
    this.#levels ??= new LevelProblem(this.where, this.rows, this);
    return this.#levels;
  }

  /** The m equations of wide data, for which no sums of n×n products are taken; null for other data. */
  get wide(): WideSolver | null {
    if (this.rows === null || this.inputs.length < LEAST_WIDE || !this.isWide || this.levels) return null;
    this.#wide ??= new WideSolver(this.rows, this);
    return this.#wide;
  }

  /** Whether no sums of n×n products are taken. */
  get isLarge(): boolean {
    return this.levels !== null || this.wide !== null;
  }

  /** The moments of the targets, without the features where they are many. */
  get targetMoments(): Moments {
    return this.isLarge ? targetMoments(this.rows!) : this.moments;
  }

  /** Population standard deviations of the features, 1 for one that is constant. */
  get deviations(): number[] {
    if (this.levels !== null) return this.levels.deviations;
    if (this.wide === null) return momentStandardization(this.moments).scale;
    const { spread, constant } = this.wide;
    return Array.from(spread, (value, j) => (constant[j] ? 1 : value));
  }

  /** Whether columns were found to be dependent, and not told apart by λ, in what was solved so far. */
  get hasDependent(): boolean {
    return [...this.#solutions.values()].some(({ dependent }) => dependent);
  }

  /** The condition number of S, columns scaled to the same length; null where columns are dependent. */
  get conditionBefore(): number | null {
    if (this.isWide || this.levels !== null) return null;
    const exact = this.equations();
    if (exact !== null) return exact.solve(0).condition;
    const { condition } = new Factored(this.system, 0);
    return condition < MOST_KNOWN_CONDITION ? condition : null;
  }

  /** Whether every column can be squared in doubles, as moments need. */
  get hasMoments(): boolean {
    return (
      !this.isLarge &&
      (this.#isPlain ||
        ((this.rows === null || isPlainWeight(this.weight)) && (this.#ranges?.every(squares) ?? true)))
    );
  }

  /** The means of the features [n]. */
  get meanX(): Float64Array {
    if (this.levels !== null) return this.levels.meanX;
    if (this.wide !== null) return this.wide.meanX;
    const exact = this.equations();
    return exact === null ? this.moments.meanX : exact.meanX;
  }

  /** What weights are standardised with; null if they are not. Without rounding where the sums have none. */
  get scaler(): Standardization | null {
    if (!this.standardize) return null;
    if (this.isLarge || (this.equations() === null && this.hasMoments)) return this.system.scaler;
    return this.#exactly().standardization();
  }

  /** Σω(y − ȳ)² and Σωy² of each target [k]. */
  get totals(): { centred: number; aboutZero: number }[] {
    const exact = this.equations();
    if (exact !== null) return this.outputs.map((_, l) => exact.totals(l));
    const { syy, meanY, weight } = this.targetMoments;
    return Array.from(meanY, (mean, l) => {
      const centred = this.constantTargets[l] ? 0 : syy.data[l * syy.cols + l]!;
      return { centred, aboutZero: centred + weight * mean * mean };
    });
  }

  /** Means of the targets [k]. */
  get meanY(): Float64Array {
    return this.targetMoments.meanY;
  }

  /** W, in doubles. */
  get weight(): number {
    if (this.rows === null) return this.moments.weight;
    return this.rows.weights === null
      ? this.rows.rows
      : this.rows.weights.reduce((sum, omega) => sum + omega, 0);
  }

  get system(): System {
    this.#system ??=
      this.levels?.system ??
      this.wide?.system ??
      systemOf(this.moments, this, this.constant, this.constantTargets);
    return this.#system;
  }

  /** The work of exact sums, of statistics of one solution, and of `solves` more, in multiply-adds. */
  #work(solves: number): number {
    const [n, k] = [this.inputs.length, this.outputs.length];
    const sums = this.#sums === null ? (this.rows?.rows ?? 0) * productsPerRow(n, k) : 0;
    return sums + (STATISTICS + ELIMINATION * solves) * n * n * n;
  }

  private get equationsAreCheap(): boolean {
    return this.#work(1) <= MOST_WORK;
  }

  /** The normal equations without rounding; null without rows, or where they take more than a tenth of a second. */
  equations(solves = 1): NormalEquations | null {
    if ((this.rows === null && this.#sums === null) || this.levels !== null) return null;
    return this.#work(solves) > MOST_WORK ? null : this.#exactly();
  }

  #exactly(): NormalEquations {
    this.#sums ??= exactSums(this.rows!, this.#ranges!);
    this.#equations ??= new NormalEquations(this.#sums, this);
    return this.#equations;
  }

  /**
   * The problem of the rows that are not among some: by exact sums, if these are cheap for all of them.
   * @param moments of the rows that remain
   * @param solves for how many λ it will be asked, about
   */
  without(indices: ArrayLike<number>, moments: Moments, solves: number): Problem {
    const whole = this.equations(solves);
    const rest = whole && minus(whole.sums, exactSums(this.rows!, this.#ranges!, indices));
    return new Problem(this.where, moments, this, rest);
  }

  get spectrum(): Spectrum {
    if (this.equations() === null) checkWeight(this.where, this.weight);
    this.#spectrum ??= spectrumOf(this.system, this.equations());
    return this.#spectrum;
  }

  /**
   * Ridge regression for a λ ≥ 0, with every digit that the data allow: in 256-bit arithmetic what is
   * small or badly conditioned; otherwise by Cholesky corrected with the residuals of the rows.
   * @throws NOT_POSITIVE_DEFINITE where moments alone cannot tell the weights
   */
  solve(lambda: number): Solution {
    const known = this.#solutions.get(lambda);
    if (known !== undefined) return known;
    const solution = this.#solve(lambda);
    this.#solutions.set(lambda, solution);
    return solution;
  }

  #solve(lambda: number): Solution {
    if (this.levels !== null) return this.levels.solve(lambda);
    const exact = this.equations();
    if (exact !== null) return exact.solve(lambda);
    checkWeight(this.where, this.weight);
    const affordable = this.rows !== null && this.#work(0) <= MOST_WORK_IF_BAD;
    return solveInDoubles(this, lambda, affordable ? () => this.#exactly() : null);
  }
}

/** Whether a column's squares neither overflow nor vanish in doubles. */
const squares = ({ least, most }: ColumnRange): boolean =>
  Math.max(Math.abs(least), Math.abs(most)) < 1e150 && (least === most || most - least > 1e-140);
