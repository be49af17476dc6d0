// Where an explorer starts: in a page of its own, or as a widget of a notebook.

import { Explorer } from "./explorer.js";
import { KernelSource, LocalSource } from "./source.js";

// A page of its own: the snapshot stands in it.
export function startPage() {
  const snapshot = JSON.parse(document.getElementById("snapshot").textContent);
  window.explorer = new Explorer(document.querySelector("main"), snapshot, (graph) => new LocalSource(graph));
}

// A widget: the snapshot, and who answers questions about it, is a model of anywidget.
export function renderWidget({ model, el }) {
  const snapshot = JSON.parse(model.get("snapshot"));
  const explorer = new Explorer(el, snapshot, (graph) => new KernelSource(model, graph));
  el.explorer = explorer;
  return () => explorer.destroy();
}
