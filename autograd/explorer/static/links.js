// A node's name as a button that chooses it.

import { element } from "./element.js";
import { called } from "./words.js";

export function linkTo(explorer, node) {
  return element("button", { class: "ag-link", "data-key": `to ${node}`, onclick: () => explorer.choose(node) }, called(explorer.graph, node));
}
