// What is to be seen, in words: for the status line and for the list of boxes.

import { called, count, number } from "./words.js";

// The explorer's name for those who cannot see it.
export function labelOf(graph) {
  return `${graph.title || "Computation graph"}, ${count(graph.size, "node")}: explorer of the backward pass`;
}

export function announcement({ graph, scene, quiz }) {
  const folded = scene.boxes.filter((box) => box.kind === "part").length;
  const hidden = folded ? ` ${count(folded, "folded box")} (Enter unfolds).`.replace("boxs", "boxes") : "";
  const what = quiz.isOn ? "Choose a node and predict its gradient." : "Press Step to see the chain rule at work, one edge at a time.";
  return `${count(graph.size, "node")}, ${count(graph.log.length, "step")} of the backward pass.${hidden} ${what}`;
}

// A box with its numbers, as they are at this step.
export function boxInWords({ graph, picture, quiz }, box) {
  const progress = picture.stateOf(box);
  if (box.kind !== "node") {
    const norm = quiz.isOn ? "hidden" : gradientInWords(picture.normOf(box), progress);
    return `${box.title}: ${box.about.join("; ")}; norm of the gradients ${norm}. Enter unfolds.`;
  }
  const { node } = box;
  const grad = graph.isConstant(node) ? "constant" : `gradient ${quiz.hides(node) ? "hidden" : gradientInWords(picture.gradientOf(box), progress)}`;
  return `${called(graph, node)}: data ${number(graph.data[node])}, ${grad}.`;
}

function gradientInWords(x, progress) {
  return progress === "complete" ? number(x) : `${number(x)} so far, more is to come`;
}
