// The graph of a snapshot, as columns of numbers: node i has the operands from[first[i]] …
// from[first[i + 1] − 1]. Nodes are in topological order, the output is last. The numbers can
// be computed anew from changed leaves: the counterpart of autograd.replay and backward.

import { javascriptForm } from "./primitives.js";

export const KINDS = ["op", "parameter", "input", "constant"];
const CONSTANT = 3;
const ARRAYS = {
  B: Uint8Array, H: Uint16Array, I: Uint32Array, i: Int32Array, d: Float64Array,
};

// Base64 of little-endian numbers, as an array of their kind.
export function unpacked(code, text) {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i); // from() is slow
  return new ARRAYS[code](bytes.buffer);
}

export class Graph {
  constructor(snapshot) {
    this.size = snapshot.size;
    this.root = snapshot.size - 1;
    this.title = snapshot.title;
    this.ops = snapshot.ops;
    this.kind = unpacked("B", snapshot.kinds);
    this.op = unpacked("H", snapshot.op);
    this.first = unpacked("I", snapshot.first);
    this.from = unpacked("I", snapshot.from);
    this.part = unpacked("i", snapshot.part);
    this.parts = snapshot.parts.map(([name, kind, outer]) => ({ name, kind, outer }));
    this.names = new Map(snapshot.names[0].map((node, i) => [node, snapshot.names[1][i]]));
    this.compared = new Set(snapshot.compared);
    this.lines = new Map(snapshot.lines.flatMap(([line, nodes]) => nodes.map((n) => [n, line])));
    this.to = new Uint32Array(this.from.length); // the node that each edge leads to
    for (let i = 0; i < this.size; i++) this.to.fill(i, this.first[i], this.first[i + 1]);
    this.take(snapshot);
    this.original = this.data.slice();
  }

  // The numbers of a snapshot, or of an update of it.
  take(numbers) {
    this.data = unpacked("d", numbers.data);
    this.grad = unpacked("d", numbers.grad);
    this.partial = unpacked("d", numbers.partial);
    this.live = new Uint8Array(this.from.length).fill(1);
    for (const edge of numbers.dead) this.live[edge] = 0;
    const [nodes, changed] = numbers.changes;
    const values = unpacked("d", changed);
    this.changes = new Map(nodes.map((node, i) => [node, values[i]]));
    // A log that goes through all results from the last to the first is not sent.
    this.log = numbers.log === null ? this.plainLog() : unpacked("i", numbers.log);
  }

  plainLog() {
    const log = new Int32Array(this.from.length);
    let n = 0;
    for (const node of this.sweepOrder()) {
      for (let edge = this.first[node]; edge < this.first[node + 1]; edge++) {
        if (this.live[edge] && !this.isConstant(this.from[edge])) log[n++] = edge;
      }
    }
    return log.slice(0, n);
  }

  isLeaf(node) {
    return this.op[node] === 0;
  }

  isConstant(node) {
    return this.kind[node] === CONSTANT;
  }

  operands(node) {
    return this.from.subarray(this.first[node], this.first[node + 1]);
  }

  // The edges that lead away from a node: to those who use it.
  uses(node) {
    if (!this.firstUse) this.findUses();
    return this.useEdges.subarray(this.firstUse[node], this.firstUse[node + 1]);
  }

  findUses() {
    const firstUse = new Uint32Array(this.size + 1);
    for (const node of this.from) firstUse[node + 1]++;
    for (let i = 0; i < this.size; i++) firstUse[i + 1] += firstUse[i];
    const next = firstUse.slice();
    this.useEdges = new Uint32Array(this.from.length);
    for (let edge = 0; edge < this.from.length; edge++) {
      this.useEdges[next[this.from[edge]]++] = edge;
    }
    this.firstUse = firstUse;
  }

  // The forms of the ops in JavaScript, or what stands in the way of computing here.
  forms() {
    if (this.foundForms) return this.foundForms;
    const used = new Set(this.op);
    used.delete(0);
    const missing = [];
    const forms = this.ops.map((op, i) => {
      if (!used.has(i)) return null;
      const form = op.form ? javascriptForm(op.form, unpacked("d", op.constants)) : null;
      if (!form) missing.push(op.name);
      return form;
    });
    let problem = "";
    if (missing.length) {
      problem = `${missing.slice(0, 3).join(", ")} ${missing.length > 1 ? "have" : "has"} no form in JavaScript`;
    } else if (this.changes.size) {
      problem = "a hook or a checkpoint, which is Python code, changes gradients";
    }
    this.foundForms = { forms, problem };
    if (!problem) this.foundForms.problem = this.disagreement();
    return this.foundForms;
  }

  // What keeps this graph from being computed in JavaScript; "" if nothing does.
  get problem() {
    return this.forms().problem;
  }

  // The snapshot's numbers are Python's: what JavaScript makes of the same leaves must agree.
  disagreement() {
    const { data, partial, live } = this.evaluate(this.data);
    for (let i = 0; i < this.size; i++) {
      if (!close(data[i], this.data[i])) {
        return `JavaScript computes ${data[i]} for ${this.ops[this.op[i]].name}, and Python ${this.data[i]}`;
      }
    }
    for (let edge = 0; edge < partial.length; edge++) {
      if (live[edge] !== this.live[edge] || !close(partial[edge], this.partial[edge])) {
        const name = this.ops[this.op[this.to[edge]]].name;
        return `JavaScript and Python disagree on a local derivative of ${name}`;
      }
    }
    return "";
  }

  // Data and local derivatives from the leaves of `leaves`. A node in `fixed` keeps the number
  // given for it there.
  evaluate(leaves, fixed = null) {
    const { forms } = this.forms();
    const data = leaves.slice();
    const partial = new Float64Array(this.from.length);
    const live = new Uint8Array(this.from.length).fill(1);
    for (let i = 0; i < this.size; i++) {
      if (fixed && fixed.has(i)) data[i] = fixed.get(i);
      if (this.op[i] === 0) continue;
      const start = this.first[i];
      const xs = new Array(this.first[i + 1] - start);
      for (let k = 0; k < xs.length; k++) xs[k] = data[this.from[start + k]];
      const form = forms[this.op[i]];
      if (!(fixed && fixed.has(i))) data[i] = form.forward(xs);
      const slopes = form.slopes(data[i], xs);
      for (let k = 0; k < slopes.length; k++) {
        if (slopes[k] === null) live[start + k] = 0;
        else partial[start + k] = slopes[k];
      }
    }
    return { data, partial, live };
  }

  // The output for a node's number changed to `x`: only what depends on the node is computed.
  outputFor(node, x) {
    const { forms } = this.forms();
    const data = this.data.slice();
    const changed = new Uint8Array(this.size);
    data[node] = x;
    changed[node] = 1;
    for (let i = node + 1; i < this.size; i++) {
      const xs = this.operands(i);
      if (!xs.some((operand) => changed[operand])) continue;
      changed[i] = 1;
      data[i] = forms[this.op[i]].forward(Array.from(xs, (operand) => data[operand]));
    }
    return data[this.root];
  }

  // The leaves' numbers changed: everything anew, the backward pass and its log included.
  recompute() {
    Object.assign(this, this.evaluate(this.data));
    this.log = this.plainLog();
    this.grad = new Float64Array(this.size);
    if (!this.isConstant(this.root)) this.grad[this.root] = 1;
    for (const edge of this.log) {
      this.grad[this.from[edge]] += this.grad[this.to[edge]] * this.partial[edge];
    }
  }

  // The results that the output depends on, from the last to the first: the engine's order,
  // but where a `where` has switched to another branch.
  sweepOrder() {
    if (this.isLeaf(this.root)) return [];
    const reached = new Uint8Array(this.size);
    reached[this.root] = 1;
    for (let i = this.root; i >= 0; i--) {
      if (!reached[i]) continue;
      for (let edge = this.first[i]; edge < this.first[i + 1]; edge++) {
        if (this.live[edge]) reached[this.from[edge]] = 1;
      }
    }
    const found = [];
    for (let i = this.root; i >= 0; i--) if (reached[i] && !this.isLeaf(i)) found.push(i);
    return found;
  }

  // A frozen branch: a number that Python code has compared is another now.
  get frozenBranch() {
    for (const node of this.compared) {
      if (this.data[node] !== this.original[node] && node !== this.root) return node;
    }
    return -1;
  }

  // Central differences of the output against a node's number, and both one-sided ones.
  differences(node) {
    const x = this.data[node];
    const h = 1e-5 * Math.max(1, Math.abs(x));
    const here = this.data[this.root];
    const [up, down] = [x + h, x - h];
    const above = this.outputFor(node, up);
    const below = this.outputFor(node, down);
    const half = this.outputFor(node, x + h / 2) - this.outputFor(node, x - h / 2);
    const wide = (above - below) / (up - down);
    const narrow = half / (x + h / 2 - (x - h / 2));
    return {
      central: narrow + (narrow - wide) / 3, // Richardson: the error in h² is gone
      left: (here - below) / (x - down),
      right: (above - here) / (up - x),
    };
  }
}

function close(a, b) {
  if (a === b || (a !== a && b !== b)) return true;
  return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b)) + 1e-300 || Math.abs(a - b) < 1e-13;
}
