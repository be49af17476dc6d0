// "Predict first": which gradients are hidden still, and how many guesses were right.

export class Quiz {
  constructor(graph, isOn) {
    this.graph = graph;
    this.start(isOn);
  }

  start(isOn) {
    this.isOn = isOn;
    this.revealed = new Set();
    this.right = 0;
    this.asked = 0;
  }

  hides(node) {
    return this.isOn && !this.revealed.has(node) && node !== this.graph.root && !this.graph.isConstant(node);
  }

  hidesBox(box) {
    return this.isOn && (box.kind === "node" ? this.hides(box.node) : true);
  }

  reveal(node) {
    this.revealed.add(node);
  }

  count(isRight) {
    this.asked++;
    if (isRight) this.right++;
  }
}
