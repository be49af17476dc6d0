// The picture as data: which boxes there are and where, and what is known of them at the step of
// the backward pass that is shown.

import { layout } from "./layout.js";
import { measure } from "./sizes.js";
import { number } from "./words.js";

export class Picture {
  constructor(graph, boxes, stepper, quiz) {
    Object.assign(this, { graph, boxes, stepper, quiz });
  }

  // After folding and unfolding. `context` is a canvas's, which knows how wide texts are; `view`
  // is how large the picture may be.
  rebuild(context, view) {
    const { graph, boxes } = this;
    const scene = boxes.scene();
    measure(context, scene, graph);
    this.scene = scene;
    this.layout = layout(scene, graph.parts, view);
    this.boxOfLeaf = new Map();
    scene.boxes.forEach((box, i) => {
      for (const leaf of box.kind === "part" ? [] : box.nodes ?? []) {
        if (!this.boxOfLeaf.has(leaf)) this.boxOfLeaf.set(leaf, i);
      }
    });
    this.edgeOf = new Map();
    scene.edges.forEach(({ edges }, i) => edges.forEach((edge) => this.edgeOf.set(edge, i)));
    this.noteLog();
  }

  // After new numbers.
  noteLog() {
    const { graph, scene } = this;
    this.eventOf = new Int32Array(graph.from.length).fill(graph.log.length + 1);
    graph.log.forEach((event, i) => event >= 0 && (this.eventOf[event] = i));
    const finite = (x) => (Number.isFinite(x) ? Math.abs(x) : 0);
    const largest = (boxes, size) => boxes.reduce((m, box) => Math.max(m, finite(size(box))), 0);
    const [single, many] = [[], []];
    for (const box of scene.boxes) (box.kind === "node" ? single : many).push(box);
    this.largest = largest(single, (box) => graph.grad[box.node]);
    this.largestTypical = largest(many, (box) => norm(box, graph.grad) / Math.sqrt(box.nodes.length));
  }

  // The box of a node, −1 if it is folded away or hidden.
  indexOf(node) {
    const i = this.scene.boxOf[node];
    return i >= 0 ? i : this.boxOfLeaf.get(node) ?? -1;
  }

  // The box of what is chosen: a node, a part as ~part, or a group of leaves by its key.
  indexOfChoice(chosen) {
    const { scene, graph } = this;
    if (chosen === null) return -1;
    if (typeof chosen === "string") return scene.boxes.findIndex((box) => box.kind === "leaves" && box.key === chosen);
    if (chosen < 0) return scene.boxes.findIndex((box) => box.kind === "part" && box.part === ~chosen);
    if (graph.isLeaf(chosen) && chosen !== graph.root) return this.boxOfLeaf.get(chosen) ?? -1;
    return scene.boxOf[chosen];
  }

  // An event of the log whose edge is drawn.
  isVisible(i) {
    const event = this.graph.log[i];
    return event < 0 ? this.indexOf(~event) >= 0 : this.edgeOf.has(event);
  }

  // Whether an operand of the graph has got its contribution.
  hasArrived(edge) {
    return this.eventOf[edge] < this.stepper.at;
  }

  // What a drawn edge has passed back; of several edges, the norm.
  passed(edge) {
    const { graph, quiz, stepper } = this;
    if (edge.edges.length === 1) {
      const [e] = edge.edges;
      return !this.hasArrived(e) || quiz.hides(graph.from[e]) ? 0 : stepper.contribution(e);
    }
    if (quiz.isOn) return 0;
    let sum = 0;
    for (const e of edge.edges) if (this.hasArrived(e)) sum += stepper.contribution(e) ** 2;
    return Math.sqrt(sum);
  }

  stateOf(box) {
    const { stepper } = this;
    if (stepper.isAtEnd) return "complete";
    if (box.kind === "node") return stepper.state(box.node);
    let untouched = true;
    let complete = true;
    for (const node of box.nodes) {
      const state = stepper.state(node);
      untouched &&= state === "untouched";
      complete &&= state === "complete";
    }
    return untouched ? "untouched" : complete ? "complete" : "growing";
  }

  // The gradient so far; of many nodes, its norm.
  normOf(box) {
    return norm(box, this.stepper.sum);
  }

  gradientOf(box) {
    return box.kind === "node" ? this.stepper.sum[box.node] : this.normOf(box) / Math.sqrt(box.nodes.length);
  }

  // The last step as it is painted; null if there is nothing of it to be seen.
  active() {
    const step = this.stepper.last;
    if (!step) return null;
    const edge = step.isChange ? -1 : this.edgeOf.get(step.event) ?? -1;
    const to = edge >= 0 ? this.scene.edges[edge].source : this.indexOf(step.to);
    if (to < 0) return null;
    const hidden = this.quiz.hides(step.to);
    const sum = step.nth > 1 || step.of > 1 ? `${number(step.before)} + ${number(step.contribution)} = ${number(step.after)}` : "";
    return {
      edge,
      to,
      product: step.isChange ? `→ ${number(step.after)}` : `${number(step.upstream)} × ${number(step.local)} = ${hidden ? "?" : number(step.contribution)}`,
      sum: step.isChange || hidden ? "" : sum,
    };
  }
}

export function norm(box, grads) {
  let sum = 0;
  for (const node of box.nodes) sum += grads[node] * grads[node];
  return Math.sqrt(sum);
}
