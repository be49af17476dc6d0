// What stands in each box, and so how large it is.

import { count } from "./words.js";

export const FONT = "system-ui, Helvetica, Arial, sans-serif";
export const LINE = 15; // height of a line of text
const WIDEST = 240;
const LONGEST = 34; // letters of the names of leaves

// Gives each box its title, its symbol, the lines about it, and its size.
export function measure(context, scene, graph) {
  const width = (text, font) => {
    context.font = font;
    return context.measureText(text).width;
  };
  for (const box of scene.boxes) {
    box.title = titleOf(box, graph);
    box.about = about(box, graph);
    const name = width(box.title, `600 12px ${FONT}`) + (box.symbol ? width(box.symbol, `13px ${FONT}`) + 8 : 0);
    const lines = Math.max(0, ...box.about.map((line) => width(line, `10px ${FONT}`)));
    const isNode = box.kind === "node";
    const isConstant = isNode && graph.isConstant(box.node);
    const narrowest = isConstant ? 72 : isNode ? 112 : 134; // "‖grad‖" needs more room than "grad"
    box.w = Math.max(narrowest, Math.min(Math.max(name, lines) + 16, WIDEST));
    box.h = (isNode ? (isConstant ? 2 : 3) : 2 + box.about.length) * LINE + 8;
  }
}

function titleOf(box, graph) {
  if (box.kind === "part") return graph.parts[box.part].name;
  if (box.kind === "leaves") return count(box.nodes.length, ["", "parameter", "input", "constant"][graph.kind[box.node]]);
  box.symbol = graph.ops[graph.op[box.node]].symbol ?? "";
  return graph.names.get(box.node) ?? "";
}

// "neurons.0: w.0 … b" for names from layers.1.neurons.0.w.0 to layers.1.neurons.0.b.
export function namesInShort(names) {
  if (names.length < 2) return names[0] ?? "";
  const [first, last] = [names[0].split("."), names.at(-1).split(".")];
  let same = 0;
  while (same + 1 < Math.min(first.length, last.length) && first[same] === last[same]) same++;
  const within = first.slice(Math.max(0, same - 2), same).join(".");
  return `${within && `${within}: `}${first.slice(same).join(".")} … ${last.slice(same).join(".")}`;
}

function about(box, graph) {
  if (box.kind === "leaves") {
    const shown = namesInShort(box.nodes.map((leaf) => graph.names.get(leaf)).filter(Boolean));
    return shown ? [shown.length > LONGEST ? `${shown.slice(0, LONGEST - 1)}…` : shown] : [];
  }
  if (box.kind !== "part") return [];
  const ops = new Map();
  for (const node of box.nodes) {
    const { symbol } = graph.ops[graph.op[node]];
    ops.set(symbol, (ops.get(symbol) ?? 0) + 1);
  }
  const common = [...ops].sort((a, b) => b[1] - a[1]).slice(0, 3);
  const lines = [common.map(([symbol, n]) => `${n.toLocaleString("en")} ${symbol}`).join(", ")];
  const leaves = [...box.leaves].filter((leaf) => !graph.isConstant(leaf)).length;
  if (leaves) lines.push(count(leaves, "variable"));
  return lines;
}
