// The backward pass, step by step: after `at` events of the log, what has each gradient grown
// to? Going back restores what was there before, to the bit.

export class Stepper {
  constructor(graph) {
    this.graph = graph;
    this.reset();
  }

  // After new numbers: the same place in the log, as far as it goes.
  reset(at = null) {
    const { graph } = this;
    const n = graph.log.length;
    this.sum = new Float64Array(graph.size);
    this.before = new Float64Array(n);
    this.waiting = new Int32Array(graph.size); // contributions still to come
    for (const event of graph.log) this.waiting[event < 0 ? ~event : graph.from[event]]++;
    this.expected = this.waiting.slice();
    this.at = 0;
    if (!graph.isConstant(graph.root)) this.sum[graph.root] = 1;
    this.go(at === null ? n : Math.min(at, n));
  }

  get length() {
    return this.graph.log.length;
  }

  get isAtEnd() {
    return this.at === this.length;
  }

  go(at) {
    while (this.at < at) this.forth();
    while (this.at > at) this.back();
  }

  forth() {
    const event = this.graph.log[this.at];
    const to = this.target(event);
    this.before[this.at] = this.sum[to];
    this.sum[to] = event < 0 ? this.graph.changes.get(to) : this.sum[to] + this.contribution(event);
    this.waiting[to]--;
    this.at++;
  }

  back() {
    this.at--;
    const to = this.target(this.graph.log[this.at]);
    this.sum[to] = this.before[this.at];
    this.waiting[to]++;
  }

  target(event) {
    return event < 0 ? ~event : this.graph.from[event];
  }

  contribution(edge) {
    const { graph } = this;
    return graph.grad[graph.to[edge]] * graph.partial[edge];
  }

  // "untouched", "growing" or "complete": how far a node's gradient is.
  state(node) {
    if (node === this.graph.root || this.isAtEnd) return "complete";
    if (this.waiting[node] === 0) return "complete";
    return this.waiting[node] === this.expected[node] ? "untouched" : "growing";
  }

  // The last step made, in numbers; null before the first.
  get last() {
    if (this.at === 0) return null;
    const event = this.graph.log[this.at - 1];
    const to = this.target(event);
    const step = { event, to, before: this.before[this.at - 1], after: this.sum[to] };
    step.of = this.expected[to];
    step.nth = step.of - this.waiting[to];
    if (event < 0) return { ...step, isChange: true };
    const node = this.graph.to[event];
    return {
      ...step,
      node,
      upstream: this.graph.grad[node],
      local: this.graph.partial[event],
      contribution: this.contribution(event),
    };
  }
}
