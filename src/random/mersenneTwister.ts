const N = 624;
const M = 397;

/**
 * MT19937: 32 random bits at a time with period 2¹⁹⁹³⁷ − 1 (Matsumoto and Nishimura, ACM TOMACS 8,
 * 1998; the seeding is that of the authors' 2002 release). Python, NumPy and PyTorch all draw from
 * it; they differ in how they seed it and in what they make of its bits.
 */
export class MersenneTwister {
  readonly #state = new Uint32Array(N);
  #index = N;

  /** init_genrand: seeds with one number, of which the low 32 bits count. */
  seedWithNumber(seed: number): void {
    const s = this.#state;
    s[0] = seed;
    for (let i = 1; i < N; i++) {
      s[i] = Math.imul(1812433253, s[i - 1]! ^ (s[i - 1]! >>> 30)) + i;
    }
    this.#index = N;
  }

  /** init_by_array: seeds with at least one word of 32 bits. */
  seedWithWords(key: ArrayLike<number>): void {
    this.seedWithNumber(19650218);
    const s = this.#state;
    let i = 1;
    const advance = () => {
      if (++i < N) return;
      s[0] = s[N - 1]!;
      i = 1;
    };
    const mixed = (factor: number) => s[i]! ^ Math.imul(s[i - 1]! ^ (s[i - 1]! >>> 30), factor);
    let j = 0;
    for (let count = Math.max(N, key.length); count > 0; count--) {
      s[i] = mixed(1664525) + key[j]! + j;
      advance();
      if (++j === key.length) j = 0;
    }
    for (let count = N - 1; count > 0; count--) {
      s[i] = mixed(1566083941) - i;
      advance();
    }
    s[0] = 0x80000000;
  }

  /** The next 32 bits, as a whole number in [0, 2³²). */
  uint32(): number {
    if (this.#index === N) this.#twist();
    let y = this.#state[this.#index++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  /** A float64 in [0, 1) of 53 bits from two draws: (⌊u/2⁵⌋·2²⁶ + ⌊v/2⁶⌋)/2⁵³, as Python and NumPy make it. */
  double(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** A whole number in [0, most] by masked rejection; `most` below 2³². A `most` of 0 draws nothing. */
  upTo(most: number): number {
    if (most === 0) return 0;
    const mask = 0xffffffff >>> Math.clz32(most);
    let value: number;
    do value = (this.uint32() & mask) >>> 0;
    while (value > most);
    return value;
  }

  #twist(): void {
    const s = this.#state;
    // without remainders and branches, which cost more than the rest
    const mix = (i: number, next: number, other: number) => {
      const y = (s[i]! & 0x80000000) | (s[next]! & 0x7fffffff);
      s[i] = s[other]! ^ (y >>> 1) ^ (-(y & 1) & 0x9908b0df);
    };
    for (let i = 0; i < N - M; i++) mix(i, i + 1, i + M);
    for (let i = N - M; i < N - 1; i++) mix(i, i + 1, i + M - N);
    mix(N - 1, 0, M - 1);
    this.#index = 0;
  }
}
