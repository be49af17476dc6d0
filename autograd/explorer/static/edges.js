// Edges on the canvas: coloured by what they pass back, with local derivatives where there is
// room. Edges that look alike are one path: that is quicker than one by one.

import { NUMBERED } from "./camera.js";
import { stroke } from "./colour.js";
import { FONT } from "./sizes.js";
import { number } from "./words.js";

const MOST_LABELS = 250;
const ARROWED = 0.3; // scale from which on edges end in an arrow
const CORNER = 8; // radius
const SHORT = 2; // pixels of an edge that nobody can see
const SMOOTH = 0.06; // scale below which a curve cannot be told from a line

export function paintEdges(painter, state) {
  const { context, colours, graph, scale } = painter;
  const { scene, layout } = state;
  const passed = scene.edges.map((edge) => state.passed(edge));
  const largest = passed.reduce((m, p) => (Number.isFinite(p) ? Math.max(m, Math.abs(p)) : m), 0);
  const { left, right, top, bottom } = painter.window;
  const labels = [];
  const batches = new Map();
  scene.edges.forEach((edge, i) => {
    const route = layout.routes[i];
    const around = (route.around ??= rectangleAround(route));
    if (around.right < left || around.left > right || around.bottom < top || around.top > bottom) return;
    if ((around.right - around.left + around.bottom - around.top) * scale < SHORT) return;
    const isDead = edge.edges.every((e) => !graph.live[e]);
    const look = stroke(colours, passed[i], largest);
    const isMarked = state.marked && edge.edges.some((e) => state.marked.has(e));
    const colour = isMarked ? colours.mark : look.colour;
    const width = isMarked ? 3.5 : Math.round(look.width * 2) / 2;
    const key = `${colour} ${width} ${isDead}`;
    if (!batches.has(key)) batches.set(key, { colour, width, isDead, routes: [] });
    batches.get(key).routes.push(route);
    if (scale >= NUMBERED && edge.edges.length <= 3 && isBetweenNodes(edge, scene)) labels.push([edge, route, isDead]);
  });
  for (const { colour, width, isDead, routes } of batches.values()) {
    context.strokeStyle = context.fillStyle = colour;
    context.lineWidth = width;
    context.setLineDash(isDead ? [4, 4] : []);
    context.beginPath();
    for (const route of routes) scale < SMOOTH ? sketch(context, route) : trace(context, route);
    context.stroke();
    if (scale < ARROWED) continue;
    context.beginPath();
    for (const route of routes) arrow(context, route.at(-1), 3 + width);
    context.fill();
  }
  context.setLineDash([]);
  if (labels.length <= MOST_LABELS) paintLabels(painter, labels);
}

function paintLabels({ context, colours, graph }, labels) {
  context.font = `10px ${FONT}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  const placed = []; // where labels would cover each other, the first is enough
  for (const [edge, route, isDead] of labels) {
    const text = isDead ? "no edge" : partialsOf(graph, edge.edges);
    const { x, y } = route.middle;
    const w = context.measureText(text).width + 4;
    if (placed.some((other) => Math.abs(other.x - x) < (other.w + w) / 2 && Math.abs(other.y - y) < 11)) continue;
    placed.push({ x, y, w });
    context.fillStyle = colours.paper;
    context.globalAlpha = 0.85;
    context.fillRect(x - w / 2, y - 6, w, 12);
    context.globalAlpha = 1;
    context.fillStyle = colours.faint;
    context.fillText(text, x, y);
  }
  context.textAlign = "left";
}

function isBetweenNodes({ source, target, edges }, { boxes }) {
  return edges.length === 1 || (boxes[source].kind === "node" && boxes[target].kind === "node");
}

function rectangleAround(route) {
  const around = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
  for (const { x, y } of route) {
    around.left = Math.min(around.left, x);
    around.right = Math.max(around.right, x);
    around.top = Math.min(around.top, y);
    around.bottom = Math.max(around.bottom, y);
  }
  return around;
}

export function trace(context, route) {
  context.moveTo(route[0].x, route[0].y);
  for (let i = 1; i < route.length; i++) {
    const [a, b] = [route[i - 1], route[i]];
    const across = b.x - a.x;
    if (b.isCorner) context.arcTo(b.x, b.y, route[i + 1].x, route[i + 1].y, CORNER);
    else if (a.y === b.y || Math.abs(across) < 1) context.lineTo(b.x, b.y);
    else {
      const bend = across > 0 ? across / 2 : 40;
      context.bezierCurveTo(a.x + bend, a.y, b.x - bend, b.y, b.x, b.y);
    }
  }
}

function sketch(context, route) {
  context.moveTo(route[0].x, route[0].y);
  for (let i = 1; i < route.length; i++) context.lineTo(route[i].x, route[i].y);
}

function arrow(context, { x, y }, size) {
  context.moveTo(x, y);
  context.lineTo(x - size, y - size / 2);
  context.lineTo(x - size, y + size / 2);
  context.closePath();
}

// The local derivatives of a few edges: "0.5", "2 × 0.5", "0.5, 1".
function partialsOf(graph, edges) {
  const texts = edges.map((edge) => number(graph.partial[edge]));
  const distinct = [...new Set(texts)];
  return distinct.length === 1 && texts.length > 1 ? `${texts.length} × ${texts[0]}` : texts.join(", ");
}
