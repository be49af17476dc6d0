// The picture on a canvas, which repaints 2,000 boxes within a frame; the page around it says
// the same in words, for those who cannot see it.

import { paintActive } from "./callout.js";
import { Camera } from "./camera.js";
import { fill, fillBySize, palette } from "./colour.js";
import { paintEdges } from "./edges.js";
import { FONT, LINE } from "./sizes.js";
import { number } from "./words.js";

const READABLE_SCALE = 0.45; // scale from which on text is drawn
const SPECK = 5; // height, in pixels, of a box that is no more than a spot of colour

export class Painter extends Camera {
  constructor(canvas, graph) {
    super(canvas);
    this.graph = graph;
    this.context = canvas.getContext("2d");
  }

  // `state`: {scene, layout, gradientOf(box), stateOf(box), hides(box), selected, hovered, active,
  // marked, stepping}.
  paint(state) {
    this.resize();
    const { context, ratio, scale } = this;
    this.colours = palette();
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = this.colours.paper;
    context.fillRect(0, 0, this.width, this.height);
    context.setTransform(ratio * scale, 0, 0, ratio * scale, ratio * this.x, ratio * this.y);
    for (const cluster of state.layout.clusters) this.paintCluster(cluster, state);
    paintEdges(this, state);
    this.paintBoxes(state);
    if (state.active) paintActive(this, state);
  }

  paintBoxes(state) {
    const { left, right, top, bottom } = this.window;
    const specks = new Map();
    state.scene.boxes.forEach((box, i) => {
      const [w, h] = [box.w / 2 + 6, box.h / 2 + 6];
      if (box.x + w < left || box.x - w > right || box.y + h < top || box.y - h > bottom) return;
      if (box.h * this.scale >= SPECK) {
        this.paintBox(box, i, state);
        return;
      }
      const { fill: colour } = this.look(box, state);
      if (!specks.has(colour)) specks.set(colour, []);
      specks.get(colour).push(box);
      this.paintFrames(box, i, state);
    });
    this.paintSpecks(specks);
  }

  // Boxes too small for an outline, and so many that the changes of colour would cost the most.
  paintSpecks(specks) {
    const { context, colours, scale } = this;
    const rim = 0.5 / scale;
    context.fillStyle = colours.line;
    for (const boxes of specks.values()) {
      for (const { x, y, w, h } of boxes) context.fillRect(x - w / 2 - rim, y - h / 2 - rim, w + 2 * rim, h + 2 * rim);
    }
    for (const [colour, boxes] of specks) {
      context.fillStyle = colour;
      for (const { x, y, w, h } of boxes) context.fillRect(x - w / 2, y - h / 2, w, h);
    }
  }

  paintCluster({ part, x, y, w, h }, state) {
    const { context, colours } = this;
    const { left, right, top, bottom } = this.window;
    if (x + w < left || x > right || y + h < top || y > bottom) return;
    context.fillStyle = colours.cluster;
    context.strokeStyle = colours.clusterLine;
    context.lineWidth = 1;
    context.beginPath();
    context.roundRect(x, y, w, h, 10);
    context.fill();
    context.stroke();
    if (w * this.scale < 40 || h * this.scale < 3 * SPECK) return;
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

  look(box, state) {
    const { colours } = this;
    if (state.hides(box) || state.stateOf(box) === "untouched") return { fill: colours.unknown, ink: colours.ink };
    return box.kind === "node"
      ? fill(colours, state.gradientOf(box), state.largest)
      : fillBySize(colours, state.gradientOf(box), state.largestTypical);
  }

  paintBox(box, i, state) {
    const { context, colours, graph } = this;
    const { w, h } = box;
    const [x, y] = [box.x - w / 2, box.y - h / 2];
    const progress = state.stateOf(box);
    const look = this.look(box, state);
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
    const isDashed = box.ghost || progress === "growing";
    if (isDashed) context.setLineDash([5, 3]);
    context.stroke();
    if (isDashed) context.setLineDash([]);
    this.paintFrames(box, i, state);
    if (this.scale < READABLE_SCALE) {
      if (w * this.scale > 24) this.bigTitle(box, look.ink);
      return;
    }
    context.fillStyle = look.ink;
    context.textBaseline = "middle";
    this.paintText(box, x, y, state, state.hides(box) ? "hidden" : progress);
  }

  paintFrames(box, i, state) {
    const { colours } = this;
    const { w, h } = box;
    const [x, y] = [box.x - w / 2, box.y - h / 2];
    if (this.holdsRoot(box)) this.frame(x - 3, y - 3, w + 6, h + 6, colours.line, 1);
    if (i === state.selected) this.frame(x - 2, y - 2, w + 4, h + 4, colours.mark, 3);
    else if (i === state.hovered) this.frame(x - 2, y - 2, w + 4, h + 4, colours.ink, 1.5);
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

  // A word on the left, a number on the right: never one over the other.
  pair(what, text, x, y, w, isBold = false) {
    const { context } = this;
    context.font = `10px ${FONT}`;
    context.fillText(what, x + 8, y);
    const room = w - 16 - context.measureText(what).width - 6;
    context.font = `${isBold ? "600 " : ""}12px ${FONT}`;
    context.textAlign = "right";
    context.fillText(text, x + w - 8, y, room);
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
}
