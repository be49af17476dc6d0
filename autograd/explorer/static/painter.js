// The picture on a canvas, which repaints 2,000 boxes within a frame; the page around it says
// the same in words, for those who cannot see it.

import { fill, fillBySize, palette, stroke } from "./colour.js";
import { count, number } from "./words.js";

const FONT = "system-ui, Helvetica, Arial, sans-serif";
const LINE = 15; // height of a line of text
const READABLE_SCALE = 0.45; // scale from which on text is drawn
const NUMBERED = 0.72; // and numbers on edges

export class Painter {
  constructor(canvas, graph) {
    this.canvas = canvas;
    this.graph = graph;
    this.context = canvas.getContext("2d");
    this.scale = 1;
    this.x = 0;
    this.y = 0;
  }

  // Sizes of boxes, from what will stand in them.
  measure(scene, parts) {
    const { context } = this;
    const width = (text, font) => {
      context.font = font;
      return context.measureText(text).width;
    };
    const { graph } = this;
    for (const box of scene.boxes) {
      box.title = this.title(box, parts);
      box.about = this.about(box);
      const name = width(box.title, `600 12px ${FONT}`) + (box.symbol ? width(box.symbol, `13px ${FONT}`) + 8 : 0);
      const about = Math.max(0, ...box.about.map((line) => width(line, `10px ${FONT}`)));
      box.w = Math.max(box.kind === "node" && graph.isConstant(box.node) ? 72 : 112, Math.min(Math.max(name, about) + 16, 240));
      const lines = box.kind === "node" ? (graph.isConstant(box.node) ? 2 : 3) : 2 + box.about.length;
      box.h = lines * LINE + 8;
    }
  }

  title(box, parts) {
    const { graph } = this;
    if (box.kind === "part") return parts[box.part].name;
    if (box.kind === "leaves") return count(box.nodes.length, ["", "parameter", "input", "constant"][graph.kind[box.node]]);
    box.symbol = graph.ops[graph.op[box.node]].symbol ?? "";
    return graph.names.get(box.node) ?? "";
  }

  about(box) {
    const { graph } = this;
    if (box.kind === "leaves") {
      const names = box.nodes.map((leaf) => graph.names.get(leaf)).filter(Boolean);
      const shown = names.length > 1 ? `${names[0]} … ${names.at(-1)}` : names[0] ?? "";
      return shown ? [shown.length > 34 ? `${shown.slice(0, 33)}…` : shown] : [];
    }
    if (box.kind !== "part") return [];
    const ops = new Map();
    for (const node of box.nodes) {
      const symbol = graph.ops[graph.op[node]].symbol;
      ops.set(symbol, (ops.get(symbol) ?? 0) + 1);
    }
    const common = [...ops].sort((a, b) => b[1] - a[1]).slice(0, 3);
    const lines = [common.map(([symbol, n]) => `${n.toLocaleString("en")} ${symbol}`).join(", ")];
    const leaves = [...box.leaves].filter((leaf) => !graph.isConstant(leaf)).length;
    if (leaves) lines.push(count(leaves, "variable"));
    return lines;
  }

  resize() {
    const { canvas } = this;
    const ratio = window.devicePixelRatio || 1;
    const { width, height } = canvas.getBoundingClientRect();
    this.width = width;
    this.height = height;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    this.ratio = ratio;
  }

  // The whole picture, or at least a readable part of it with the output.
  fit(layout) {
    this.resize();
    const margin = 16;
    const wide = (this.width - 2 * margin) / Math.max(layout.width, 1);
    const high = (this.height - 2 * margin) / Math.max(layout.height, 1);
    this.scale = Math.min(wide, high, 1.4);
    this.x = (this.width - layout.width * this.scale) / 2;
    this.y = (this.height - layout.height * this.scale) / 2;
  }

  zoom(factor, x = this.width / 2, y = this.height / 2) {
    const scale = Math.max(0.02, Math.min(this.scale * factor, 4));
    this.x = x - ((x - this.x) * scale) / this.scale;
    this.y = y - ((y - this.y) * scale) / this.scale;
    this.scale = scale;
  }

  // Pan so far that these boxes are in sight, and readable.
  show(boxes, readable = true) {
    const left = Math.min(...boxes.map((box) => box.x - box.w / 2));
    const right = Math.max(...boxes.map((box) => box.x + box.w / 2));
    const top = Math.min(...boxes.map((box) => box.y - box.h / 2));
    const bottom = Math.max(...boxes.map((box) => box.y + box.h / 2));
    const wanted = Math.min((this.width - 40) / (right - left), (this.height - 90) / (bottom - top), 1);
    if (readable && this.scale < Math.min(NUMBERED, wanted)) this.zoom(Math.min(1, wanted) / this.scale);
    const margin = 44;
    const to = ([low, high], size) => {
      if (high - low > size - 2 * margin) return (low + high) / 2 - size / 2;
      return low < margin ? low - margin : high > size - margin ? high - size + margin : 0;
    };
    this.x -= to([this.x + left * this.scale, this.x + right * this.scale], this.width);
    this.y -= to([this.y + top * this.scale, this.y + bottom * this.scale], this.height);
  }

  boxAt(scene, x, y) {
    const [px, py] = [(x - this.x) / this.scale, (y - this.y) / this.scale];
    const hit = (box) => Math.abs(px - box.x) <= box.w / 2 && Math.abs(py - box.y) <= box.h / 2;
    return scene.boxes.findLastIndex(hit);
  }

  clusterAt(layout, x, y) {
    const [px, py] = [(x - this.x) / this.scale, (y - this.y) / this.scale];
    const hit = (c) => px >= c.x && px <= c.x + c.w && py >= c.y && py <= c.y + 26;
    return layout.clusters.findLast(hit)?.part ?? -1;
  }

  // `state`: {scene, layout, gradientOf(box), stateOf(box), hides(box), selected, hovered, active,
  // marked, stepping}.
  paint(state) {
    this.resize();
    const { context, ratio, scale } = this;
    const colours = (this.colours = palette());
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = colours.paper;
    context.fillRect(0, 0, this.width, this.height);
    context.setTransform(ratio * scale, 0, 0, ratio * scale, ratio * this.x, ratio * this.y);
    this.window = {
      left: -this.x / scale, right: (this.width - this.x) / scale,
      top: -this.y / scale, bottom: (this.height - this.y) / scale,
    };
    for (const cluster of state.layout.clusters) this.paintCluster(cluster, state);
    this.paintEdges(state);
    state.scene.boxes.forEach((box, i) => {
      if (this.isInSight(box)) this.paintBox(box, i, state);
    });
    if (state.active) this.paintActive(state);
  }

  isInSight(box) {
    const { left, right, top, bottom } = this.window;
    const [w, h] = [box.w / 2 + 6, box.h / 2 + 6];
    return box.x + w > left && box.x - w < right && box.y + h > top && box.y - h < bottom;
  }

  paintCluster({ part, x, y, w, h }, state) {
    const { context, colours } = this;
    context.fillStyle = colours.cluster;
    context.strokeStyle = colours.clusterLine;
    context.lineWidth = 1;
    context.beginPath();
    context.roundRect(x, y, w, h, 10);
    context.fill();
    context.stroke();
    if (w * this.scale < 40) return;
    context.font = `600 ${Math.min(12 / Math.min(this.scale, 1), 19)}px ${FONT}`;
    context.fillStyle = state.selectedPart === part ? colours.mark : colours.faint;
    const title = `▾ ${this.graph.parts[part].name}`;
    context.save();
    context.beginPath();
    context.rect(x, y - 20, w, h);
    context.clip();
    context.textBaseline = "alphabetic";
    context.fillText(title, x + 9, y + 17);
    context.restore();
  }

  paintEdges(state) {
    const { scene, layout } = state;
    const { context, colours, graph } = this;
    const passed = scene.edges.map((edge) => state.passed(edge));
    const largest = passed.reduce((m, p) => (Number.isFinite(p) ? Math.max(m, Math.abs(p)) : m), 0);
    const labels = [];
    const batches = new Map();
    scene.edges.forEach((edge, i) => {
      const route = layout.routes[i];
      if (!this.crosses(route)) return;
      const isDead = edge.edges.every((e) => !graph.live[e]);
      const look = stroke(colours, passed[i], largest);
      const isMarked = state.marked && edge.edges.some((e) => state.marked.has(e));
      const colour = isMarked ? colours.mark : look.colour;
      const width = isMarked ? 3.5 : Math.round(look.width * 2) / 2;
      const key = `${colour} ${width} ${isDead}`;
      if (!batches.has(key)) batches.set(key, { colour, width, isDead, paths: [] });
      batches.get(key).paths.push(route);
      if (this.scale >= NUMBERED && edge.edges.length <= 3 && this.isBetweenNodes(edge, scene)) labels.push([edge, route, isDead]);
    });
    for (const { colour, width, isDead, paths } of batches.values()) {
      context.strokeStyle = context.fillStyle = colour;
      context.lineWidth = width;
      context.setLineDash(isDead ? [4, 4] : []);
      context.beginPath();
      for (const route of paths) this.trace(route);
      context.stroke();
      if (this.scale < 0.3) continue;
      context.beginPath();
      for (const route of paths) this.arrow(route.at(-1), 3 + width);
      context.fill();
    }
    context.setLineDash([]);
    context.font = `10px ${FONT}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    if (labels.length > 250) return;
    for (const [edge, route, isDead] of labels) {
      const text = isDead ? "no edge" : partialsOf(graph, edge.edges);
      const { x, y } = labelPoint(route);
      const w = context.measureText(text).width + 4;
      context.fillStyle = colours.paper;
      context.globalAlpha = 0.85;
      context.fillRect(x - w / 2, y - 6, w, 12);
      context.globalAlpha = 1;
      context.fillStyle = colours.faint;
      context.fillText(text, x, y);
    }
    context.textAlign = "left";
  }

  isBetweenNodes({ source, target, edges }, { boxes }) {
    return edges.length === 1 || (boxes[source].kind === "node" && boxes[target].kind === "node");
  }

  crosses(route) {
    const { left, right, top, bottom } = this.window;
    const [start, end] = [route[0], route.at(-1)];
    if (Math.max(start.x, end.x) < left || Math.min(start.x, end.x) > right) return false;
    const ys = route.map((p) => p.y);
    return Math.max(...ys) > top && Math.min(...ys) < bottom;
  }

  trace(route) {
    const { context } = this;
    context.moveTo(route[0].x, route[0].y);
    for (let i = 1; i < route.length; i++) {
      const [a, b] = [route[i - 1], route[i]];
      const bend = b.x > a.x ? (b.x - a.x) / 2 : 40;
      context.bezierCurveTo(a.x + bend, a.y, b.x - bend, b.y, b.x, b.y);
    }
  }

  arrow({ x, y }, size) {
    const { context } = this;
    context.moveTo(x, y);
    context.lineTo(x - size, y - size / 2);
    context.lineTo(x - size, y + size / 2);
    context.closePath();
  }

  paintBox(box, i, state) {
    const { context, colours, graph } = this;
    const { w, h } = box;
    const [x, y] = [box.x - w / 2, box.y - h / 2];
    const progress = state.stateOf(box);
    const hidden = state.hides(box);
    let look = { fill: colours.unknown, ink: colours.ink };
    if (!hidden && progress !== "untouched") {
      look = box.kind === "node"
        ? fill(colours, state.gradientOf(box), state.largest)
        : fillBySize(colours, state.gradientOf(box), state.largestTypical);
    }
    const isOp = box.kind === "node" && !graph.isLeaf(box.node);
    if (box.kind === "part") {
      context.fillStyle = colours.shadow;
      context.beginPath();
      context.roundRect(x + 4, y + 4, w, h, 4);
      context.fill();
    }
    context.fillStyle = look.fill;
    context.beginPath();
    context.roundRect(x, y, w, h, isOp ? 9 : 2);
    context.fill();
    context.strokeStyle = box.kind === "node" && graph.isConstant(box.node) ? colours.noLine : colours.line;
    context.lineWidth = box.kind === "node" && graph.kind[box.node] === 1 ? 2.5 : 1;
    context.setLineDash(box.ghost || progress === "growing" ? [5, 3] : []);
    context.stroke();
    context.setLineDash([]);
    if (this.holdsRoot(box)) this.frame(x - 3, y - 3, w + 6, h + 6, colours.line, 1);
    if (i === state.selected) this.frame(x - 2, y - 2, w + 4, h + 4, colours.mark, 3);
    else if (i === state.hovered) this.frame(x - 2, y - 2, w + 4, h + 4, colours.ink, 1.5);
    if (this.scale < READABLE_SCALE) {
      if (w * this.scale > 24) this.bigTitle(box, look.ink);
      return;
    }
    context.fillStyle = look.ink;
    context.textBaseline = "middle";
    this.paintText(box, x, y, state, hidden ? "hidden" : progress);
  }

  bigTitle(box, ink) {
    const { context } = this;
    context.save();
    context.beginPath();
    context.rect(box.x - box.w / 2, box.y - box.h / 2, box.w, box.h);
    context.clip();
    context.fillStyle = ink;
    context.textBaseline = "middle";
    context.font = `600 ${Math.min(9 / this.scale, box.h * 0.5)}px ${FONT}`;
    context.fillText(box.title || box.symbol, box.x - box.w / 2 + 5, box.y);
    context.restore();
  }

  paintText(box, x, y, state, progress) {
    const { context, graph } = this;
    let top = y + 4 + LINE / 2;
    const row = (text, font, offset = 8) => {
      context.font = font;
      context.fillText(text, x + offset, top, box.w - offset - 6);
    };
    row(box.title, `600 12px ${FONT}`);
    if (box.symbol) {
      const offset = box.title ? Math.min(context.measureText(box.title).width + 14, box.w - 30) : 8;
      row(box.symbol, `13px ${FONT}`, offset);
    }
    top += LINE;
    if (box.kind === "node") {
      this.pair("data", number(graph.data[box.node]), x, top, box.w);
      if (graph.isConstant(box.node)) return;
      const text = { hidden: "?", untouched: "·" }[progress] ?? number(state.gradientOf(box));
      this.pair(progress === "growing" ? "so far" : "grad", text, x, top + LINE, box.w, true);
      return;
    }
    for (const line of box.about) {
      row(line, `10px ${FONT}`);
      top += LINE;
    }
    const size = { hidden: "?", untouched: "·" }[progress] ?? number(state.normOf(box));
    this.pair("‖grad‖", size, x, top, box.w, true);
  }

  pair(what, text, x, y, w, isBold = false) {
    const { context } = this;
    context.font = `10px ${FONT}`;
    context.fillText(what, x + 8, y);
    context.font = `${isBold ? "600 " : ""}12px ${FONT}`;
    context.textAlign = "right";
    context.fillText(text, x + w - 8, y);
    context.textAlign = "left";
  }

  frame(x, y, w, h, colour, width) {
    const { context } = this;
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    context.roundRect(x, y, w, h, 8);
    context.stroke();
  }

  holdsRoot(box) {
    return box.kind === "node" ? box.node === this.graph.root : box.kind === "part" && box.nodes.at(-1) === this.graph.root;
  }

  // The step just made: its edge, upstream × local = contribution, and the sum it goes into.
  paintActive({ active, scene, layout }) {
    const { context, colours } = this;
    const route = active.edge >= 0 ? layout.routes[active.edge] : null;
    const target = scene.boxes[active.to];
    if (route) {
      context.strokeStyle = context.fillStyle = colours.mark;
      context.lineWidth = 4;
      context.beginPath();
      this.trace(route);
      context.stroke();
    }
    if (target) {
      const [x, y] = [target.x - target.w / 2 - 3, target.y - target.h / 2 - 3];
      this.frame(x, y, target.w + 6, target.h + 6, colours.mark, 3);
    }
    const inverse = Math.max(1, 0.85 / this.scale); // readable whatever the zoom
    const boxes = route ? [target, scene.boxes[scene.edges[active.edge].target]] : [target];
    const x = route ? labelPoint(route).x : target.x;
    const top = Math.min(...boxes.map((box) => box.y - box.h / 2), route ? labelPoint(route).y : Infinity);
    const lines = [active.product, active.sum].filter(Boolean);
    this.callout(lines, x, top - (6 + 10 * lines.length) * inverse, inverse);
  }

  callout(lines, x, y, size) {
    const { context, colours } = this;
    context.font = `600 ${12 * size}px ${FONT}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    const wide = Math.max(...lines.map((line) => context.measureText(line).width));
    const [w, h] = [wide + 14 * size, (4 + 17 * lines.length) * size];
    const { left, right, top } = this.window;
    const middle = Math.min(Math.max(x, left + w / 2 + 4), Math.max(right - w / 2 - 4, left + w / 2 + 4));
    const centre = Math.max(y, top + h / 2 + 4);
    context.fillStyle = colours.mark;
    context.beginPath();
    context.roundRect(middle - w / 2, centre - h / 2, w, h, 6 * size);
    context.fill();
    context.fillStyle = colours.paper;
    lines.forEach((line, i) => {
      context.fillText(line, middle, centre + (i - (lines.length - 1) / 2) * 17 * size);
    });
    context.textAlign = "left";
  }
}

// The local derivatives of a few edges: "0.5", "2 × 0.5", "0.5, 1".
function partialsOf(graph, edges) {
  const texts = edges.map((edge) => number(graph.partial[edge]));
  const distinct = [...new Set(texts)];
  return distinct.length === 1 && texts.length > 1 ? `${texts.length} × ${texts[0]}` : texts.join(", ");
}

// The middle of a route, on the curve.
function labelPoint(route) {
  const i = (route.length - 1) >> 1;
  return { x: (route[i].x + route[i + 1].x) / 2, y: (route[i].y + route[i + 1].y) / 2 };
}
