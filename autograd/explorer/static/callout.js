// The step just made, on top of the picture: its edge, upstream × local = contribution, and the
// sum it goes into.

import { trace } from "./edges.js";
import { FONT } from "./sizes.js";

const NEARNESS = 3; // what a pixel away costs, in square pixels of boxes covered
const ON_THE_EDGE = 300; // and to cover the middle of the edge itself

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
  const anchor = route ? route.middle : { x: target.x, y: target.y - target.h / 2 };
  const ends = route ? [target, scene.boxes[scene.edges[active.edge].target]] : [target];
  callout(painter, [active.product, active.sum].filter(Boolean), anchor, scene.boxes, ends, inverse);
}

function callout(painter, lines, anchor, boxes, ends, size) {
  const { context, colours, window } = painter;
  context.font = `600 ${12 * size}px ${FONT}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  const wide = Math.max(...lines.map((line) => context.measureText(line).width));
  const [w, h] = [wide + 14 * size, (4 + 17 * lines.length) * size];
  const { x, y } = freePlace({ w, h }, anchor, boxes, ends, window);
  context.strokeStyle = context.fillStyle = colours.mark;
  context.lineWidth = 1.5 * size;
  context.beginPath();
  context.moveTo(anchor.x, anchor.y);
  context.lineTo(x, y);
  context.stroke();
  context.beginPath();
  context.roundRect(x - w / 2, y - h / 2, w, h, 6 * size);
  context.fill();
  context.fillStyle = colours.paper;
  lines.forEach((line, i) => context.fillText(line, x, y + (i - (lines.length - 1) / 2) * 17 * size));
  context.textAlign = "left";
}

// Where a rectangle {w, h} covers least of the boxes, and least of all of `ends`; in sight, and
// as near to a point as may be.
export function freePlace({ w, h }, anchor, boxes, ends, { left, right, top, bottom }) {
  const [farX, farY] = [w / 2 + 160, 240 + h / 2];
  const near = boxes.filter((box) => Math.abs(box.x - anchor.x) < farX + w / 2 + box.w / 2 && Math.abs(box.y - anchor.y) < farY + h / 2 + box.h / 2);
  const within = (x, low, high) => Math.min(Math.max(x, low), Math.max(low, high));
  let [best, least] = [null, Infinity];
  for (let down = -12; down <= 12; down++) {
    for (let across = -4; across <= 4; across++) {
      const x = within(anchor.x + (across * (w / 2 + 160)) / 4, left + w / 2 + 4, right - w / 2 - 4);
      const y = within(anchor.y + down * 20, top + h / 2 + 4, bottom - h / 2 - 4);
      let cost = NEARNESS * Math.hypot(x - anchor.x, y - anchor.y);
      if (Math.abs(x - anchor.x) < w / 2 && Math.abs(y - anchor.y) < h / 2 + 3) cost += ON_THE_EDGE;
      for (const box of near) {
        const wide = Math.min(x + w / 2, box.x + box.w / 2) - Math.max(x - w / 2, box.x - box.w / 2) + 4;
        const high = Math.min(y + h / 2, box.y + box.h / 2) - Math.max(y - h / 2, box.y - box.h / 2) + 4;
        if (wide > 0 && high > 0) cost += wide * high * (ends.includes(box) ? 5 : 1);
      }
      if (cost < least) [best, least] = [{ x, y }, cost];
    }
  }
  return best;
}
