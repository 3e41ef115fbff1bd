import { Ell2Error } from "../errors.js";

/** The way from a result back to one operand. */
export interface Edge {
  /** The operand's node. */
  readonly node: GradNode;
  /** The operand's share of the gradient, from the result's; it changes neither its argument nor keeps it. */
  readonly pull: (gradient: Float64Array) => Float64Array;
}

/**
 * A place in the graph of what was computed from what: a leaf accepts its gradient, the result of
 * an operation passes it on along its edges. Nodes know no tensors, only flat gradients.
 */
export class GradNode {
  /** Empty for a leaf; null once `backpropagate` has gone through and set the operands free. */
  edges: readonly Edge[] | null;
  /** What a leaf does with the gradient that arrives; null for the result of an operation. */
  readonly accept: ((gradient: Float64Array) => void) | null;

  constructor(edges: readonly Edge[], accept: ((gradient: Float64Array) => void) | null = null) {
    this.edges = edges;
    this.accept = accept;
  }
}

/** Every node that `root` depends on, operands before results. With a stack of its own: chains may be of any length. */
function operandsFirst(root: GradNode): GradNode[] {
  const order: GradNode[] = [];
  const seen = new Set([root]);
  const path = [{ node: root, next: 0 }];
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const { edges } = top.node;
    if (edges === null) {
      throw new Ell2Error("AUTOGRAD", {
        where: "nn.Tensor.backward",
        expected: "a graph that no backward has gone through",
        got: "backward was already called through this graph",
        remedy: "compute the loss again, or add the losses and call backward once",
      });
    }
    const edge = edges[top.next++];
    if (edge === undefined) {
      order.push(top.node);
      path.pop();
    } else if (!seen.has(edge.node)) {
      seen.add(edge.node);
      path.push({ node: edge.node, next: 0 });
    }
  }
  return order;
}

/**
 * Reverse-mode differentiation: each node, results before operands, gets the sum of what its
 * results pull back; leaves accept theirs, and the other nodes are set free.
 * @param root the node of what is differentiated
 * @param gradient the gradient at the root
 * @throws AUTOGRAD if a part of the graph was set free before; no leaf has accepted anything then
 */
export function backpropagate(root: GradNode, gradient: Float64Array): void {
  const gradients = new Map([[root, gradient]]);
  for (const node of operandsFirst(root).reverse()) {
    const own = gradients.get(node)!;
    gradients.delete(node);
    if (node.accept !== null) {
      node.accept(own);
      continue;
    }
    for (const { node: operand, pull } of node.edges!) {
      const share = pull(own);
      const rest = gradients.get(operand);
      // a share may be the array `own` itself: it is never added to in place
      gradients.set(operand, rest === undefined ? share : rest.map((x, i) => x + share[i]!));
    }
    node.edges = null;
  }
}
