/** Every way in which ell2 refuses. Each code has a section in docs/errors.md. */
export const ERROR_CODES = [
  "SHAPE", // two shapes that must agree do not
  "VALUE", // a value of the wrong type or out of its range
  "OPTION", // an option that does not exist, is missing, or does not go with another
  "SEED", // a seed that the generator does not accept
  "NOT_FINITE", // NaN or infinity in data or parameters
  "AUTOGRAD", // a gradient asked for where none can be had
  "NOT_POSITIVE_DEFINITE", // moments that do not tell the weights
  "DIVERGED", // training left the finite numbers
  "DATA", // a cell, column or row of the user's data
  "FORMAT", // a model file or a trace that cannot be read
  "SOURCE", // a file, folder or database that cannot be reached
  "MISSING_PART", // something optional that is not installed
  "USAGE", // a command line that does not fit the command
] as const;

/** One of `ERROR_CODES`. */
export type ErrorCode = (typeof ERROR_CODES)[number];

/** What an error says: where it arose, what was expected, what came, and what to do. */
export interface ErrorReport {
  /** The function, command or file:line in which it arose. */
  where: string;
  /** What would have been right. */
  expected: string;
  /** What came instead. */
  got?: string;
  /** What to do about it. */
  remedy?: string;
  /** Machine-readable particulars, such as `{epoch, loss, safeLearningRate}` of `DIVERGED`. */
  data?: Readonly<Record<string, unknown>>;
}

/**
 * The one class of every error that ell2 throws on purpose.
 *
 * `code` is one of `ERROR_CODES`; the message is built from the report:
 * `where: expected …, got …; remedy`.
 * Source: docs/errors.md.
 */
export class Ell2Error extends Error {
  /** "Ell2Error" */
  override readonly name = "Ell2Error";
  /** Which way of refusing it is. */
  readonly code: ErrorCode;
  /** The function, command or file:line in which it arose. */
  readonly where: string;
  /** What would have been right. */
  readonly expected: string;
  /** What came instead, if that can be shown. */
  readonly got: string | undefined;
  /** What to do about it, if that is known. */
  readonly remedy: string | undefined;
  /** Machine-readable particulars; {} where there are none. */
  readonly data: Readonly<Record<string, unknown>>;

  /**
   * @param code one of `ERROR_CODES`
   * @param report what the message is built from
   */
  constructor(code: ErrorCode, report: ErrorReport) {
    const { where, expected, got, remedy, data = {} } = report;
    super(
      `${where}: expected ${expected}` +
        (got === undefined ? "" : `, got ${got}`) +
        (remedy === undefined ? "" : `; ${remedy}`),
    );
    this.code = code;
    this.where = where;
    this.expected = expected;
    this.got = got;
    this.remedy = remedy;
    this.data = data;
  }
}
