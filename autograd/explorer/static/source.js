// Who computes when a slider moves: Python, if a kernel answers, else JavaScript.

const PATIENCE = 2000; // ms without an answer, after which there is no kernel

// In a page of its own: the graph computes itself.
export class LocalSource {
  constructor(graph) {
    this.graph = graph;
  }

  get problem() {
    return this.graph.problem && `Sliders are off: ${this.graph.problem}.`;
  }

  set(node, x, done) {
    this.graph.data[node] = x;
    this.graph.recompute();
    done(this.notice());
  }

  notice() {
    const node = this.graph.frozenBranch;
    if (node < 0) return "";
    return "A number that Python code compared has changed: if it chose a branch by that, the branch is frozen.";
  }

  async differences(node) {
    return this.graph.problem ? null : this.graph.differences(node);
  }
}

// In a notebook: the numbers are those of the Values that the program holds. One change is
// under way at a time; of those that come meanwhile, each leaf's last one goes next.
export class KernelSource {
  constructor(model, graph) {
    this.model = model;
    this.graph = graph;
    this.local = new LocalSource(graph);
    this.pending = new Map();
    this.serial = 0;
    this.answers = new Map();
    this.problem = "";
    this.isDead = false;
    model.on("change:reply", () => this.receive(JSON.parse(model.get("reply"))));
  }

  set(node, x, done) {
    if (this.isDead) return this.local.set(node, x, done);
    this.graph.data[node] = x; // what the slider shows
    this.done = done;
    this.pending.set(node, x);
    if (!this.waiting) this.sendPending();
  }

  sendPending() {
    const leaves = [...this.pending];
    this.pending.clear();
    this.waiting = true;
    this.ask({ leaves }).then((reply) => {
      this.waiting = false;
      if (!reply) {
        this.bury(leaves);
        return;
      }
      this.graph.take(reply);
      for (const [node, x] of this.pending) this.graph.data[node] = x;
      this.done(reply.notice);
      if (this.pending.size) this.sendPending();
    });
  }

  // No kernel answers: a notebook that is only looked at.
  bury(leaves) {
    this.isDead = true;
    this.problem = this.local.problem;
    if (this.problem) {
      this.done(`No kernel answers. ${this.problem}`);
      return;
    }
    for (const [node, x] of leaves) this.local.set(node, x, () => {});
    this.done("No kernel answers: computed in JavaScript.");
  }

  ask(question) {
    const serial = ++this.serial;
    this.model.set("question", JSON.stringify({ serial, ...question }));
    this.model.save_changes();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.answers.delete(serial) && resolve(null), PATIENCE);
      this.answers.set(serial, (reply) => {
        clearTimeout(timer);
        resolve(reply);
      });
    });
  }

  receive(reply) {
    this.answers.get(reply.serial)?.(reply);
    this.answers.delete(reply.serial);
  }

  async differences(node) {
    if (!this.graph.problem) return this.graph.differences(node);
    if (!this.graph.isLeaf(node) || this.isDead) return null;
    return (await this.ask({ check: node }))?.differences ?? null;
  }
}
