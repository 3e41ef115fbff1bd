/**
 * Solves A·X = B by elimination with partial pivoting (Golub and Van Loan, Matrix Computations, §3.4).
 * @param A [n×n], overwritten
 * @param B [n×k], overwritten with the solution
 * @returns whether every pivot was other than 0
 */
export function solve(A: Float64Array, n: number, B: Float64Array, k: number): boolean {
  for (let j = 0; j < n; j++) {
    let pivot = j;
    for (let i = j + 1; i < n; i++) if (Math.abs(A[i * n + j]!) > Math.abs(A[pivot * n + j]!)) pivot = i;
    if (!(Math.abs(A[pivot * n + j]!) > 0)) return false;
    swapRows(A, n, j, pivot);
    swapRows(B, k, j, pivot);
    for (let i = j + 1; i < n; i++) {
      const factor = A[i * n + j]! / A[j * n + j]!;
      for (let c = j + 1; c < n; c++) A[i * n + c]! -= factor * A[j * n + c]!;
      for (let c = 0; c < k; c++) B[i * k + c]! -= factor * B[j * k + c]!;
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let c = 0; c < k; c++) {
      let sum = B[i * k + c]!;
      for (let j = i + 1; j < n; j++) sum -= A[i * n + j]! * B[j * k + c]!;
      B[i * k + c] = sum / A[i * n + i]!;
    }
  }
  return true;
}

function swapRows(M: Float64Array, cols: number, i: number, j: number): void {
  if (i === j) return;
  for (let c = 0; c < cols; c++) {
    const value = M[i * cols + c]!;
    M[i * cols + c] = M[j * cols + c]!;
    M[j * cols + c] = value;
  }
}
