// The step just made, on top of the picture: its edge, upstream × local = contribution, and the
// sum it goes into.

import { labelPoint, trace } from "./edges.js";
import { FONT } from "./sizes.js";

export function paintActive(painter, { active, scene, layout }) {
  const { context, colours } = painter;
  const route = active.edge >= 0 ? layout.routes[active.edge] : null;
  const target = scene.boxes[active.to];
  if (route) {
    context.strokeStyle = context.fillStyle = colours.mark;
    context.lineWidth = 4;
    context.beginPath();
    trace(context, route);
    context.stroke();
  }
  if (target) {
    const [x, y] = [target.x - target.w / 2 - 3, target.y - target.h / 2 - 3];
    painter.frame(x, y, target.w + 6, target.h + 6, colours.mark, 3);
  }
  const inverse = Math.max(1, 0.85 / painter.scale); // readable whatever the zoom
  const boxes = route ? [target, scene.boxes[scene.edges[active.edge].target]] : [target];
  const x = route ? labelPoint(route).x : target.x;
  const top = Math.min(...boxes.map((box) => box.y - box.h / 2), route ? labelPoint(route).y : Infinity);
  const lines = [active.product, active.sum].filter(Boolean);
  callout(painter, lines, x, top - (6 + 10 * lines.length) * inverse, inverse);
}

function callout({ context, colours, window }, lines, x, y, size) {
  context.font = `600 ${12 * size}px ${FONT}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  const wide = Math.max(...lines.map((line) => context.measureText(line).width));
  const [w, h] = [wide + 14 * size, (4 + 17 * lines.length) * size];
  const { left, right, top } = window;
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
