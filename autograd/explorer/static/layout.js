// Where boxes go: in layers from left to right, operands before results. Each unfolded part is
// laid out by itself, and is one large box in what is around it; so parts never overlap, and
// there are few boxes to place at a time.

import { coordinates, inLayers, order } from "./layers.js";
import { Route } from "./route.js";
import { ENOUGH, wrapped } from "./wrapping.js";

const MARGIN = 14; // of a part, around what is in it
const TITLE = 22;
const FEW = 400; // boxes of a picture that may be laid out more than once

// Adds x, y (centres) to the boxes, w and h of which are known; returns the rectangles of the
// unfolded parts and, for each edge, the points it goes through. A picture much wider than
// `view`, {width, height}, is broken into rows.
export function layout(scene, parts, view = null) {
  const first = layoutWithin(scene, parts, view, view);
  const scale = ({ width, height }) => Math.min(view.width / width, view.height / height);
  if (!view || scale(first) >= 1 || scene.boxes.length > FEW || !first.clusters.length) return first;
  // There is more than one part: each in rows so much shorter that all may be in sight.
  const beside = first.width - Math.max(...first.clusters.map(({ w }) => w));
  const narrower = { width: Math.max(view.width / 4, view.width - ENOUGH * beside), height: view.height };
  const second = layoutWithin(scene, parts, view, narrower);
  return scale(second) > scale(first) ? second : layoutWithin(scene, parts, view, view);
}

function layoutWithin(scene, parts, view, viewOfParts) {
  const { boxes, edges } = scene;
  const root = new Container(-1);
  const containers = new Map([[-1, root]]);
  const containerOf = (part) => {
    if (!containers.has(part)) {
      const made = new Container(part);
      containers.set(part, made);
      made.outer = containerOf(parts[part].outer);
    }
    return containers.get(part);
  };
  boxes.forEach((box) => containerOf(box.container).add({ box, w: box.w, h: box.h }));
  const inside = [...containers.values()].filter((c) => c !== root);
  inside.sort((a, b) => a.part - b.part); // outer ones first
  for (const container of inside) {
    container.item = { inner: container, w: 0, h: 0 };
    container.outer.add(container.item);
  }
  const itemOf = new Map();
  for (const container of containers.values()) {
    container.items.forEach((item) => item.box && itemOf.set(item.box, { item, container }));
  }
  const routes = edges.map((edge) => new Route(itemOf, boxes[edge.source], boxes[edge.target]));
  for (const container of [...inside].reverse()) container.place(viewOfParts);
  root.place(view);
  const clusters = [];
  settle(root, 0, 0, clusters);
  return {
    width: root.width,
    height: root.height,
    clusters,
    routes: routes.map((route) => route.points()),
  };
}

class Container {
  constructor(part) {
    this.part = part;
    this.items = [];
    this.links = new Map(); // between two items
    this.ports = new Map(); // between an item and what is outside
    this.outer = null;
  }

  add(item) {
    item.index = this.items.length;
    this.items.push(item);
  }

  // `source` and `target` are the boxes at the ends of the first edge that is lifted to it.
  link(from, to, source, target) {
    const key = from.index * 65536 + to.index;
    if (!this.links.has(key)) this.links.set(key, { source: from, target: to, via: [], ends: [source, target] });
    return this.links.get(key);
  }

  // The way through the other layers, which all edges share that enter (or leave) an item.
  port(item, isEntry, box) {
    const key = 2 * item.index + isEntry;
    if (!this.ports.has(key)) this.ports.set(key, { item, isEntry: Boolean(isEntry), box, via: [] });
    return this.ports.get(key);
  }

  place(view) {
    const isRoot = this.part < 0;
    const title = isRoot ? 0 : TITLE;
    const margin = isRoot ? 8 : MARGIN;
    const [links, ports] = [[...this.links.values()], [...this.ports.values()]];
    const layers = inLayers(this.items, links, ports);
    for (const link of links) {
      const offsets = [offset(link.source, link.ends[0]), offset(link.target, link.ends[1])];
      link.offsets = link.isTurned ? offsets.reverse() : offsets;
    }
    for (const port of ports) port.offset = offset(port.item, port.box);
    order(layers, links, ports);
    const size = coordinates(layers, links);
    const { width, height } = (view && wrapped(layers, links, ports, size, view)) || size;
    for (const item of layers.flat()) displace(item, margin, margin + title);
    for (const link of links) for (const turn of turnsOf(link)) displace(turn, margin, margin + title);
    this.width = width + 2 * margin;
    this.height = height + 2 * margin + title;
    if (this.item) Object.assign(this.item, { w: this.width, h: this.height });
  }
}

// Where a box is within its item, up or down from the middle.
function offset(item, box) {
  return item.inner ? innerY(item.inner, box) - item.h / 2 : 0;
}

function innerY(container, box) {
  for (const item of container.items) {
    if (item.box === box) return item.y;
    if (item.inner) {
      const y = innerY(item.inner, box);
      if (y !== null) return item.y - item.h / 2 + y;
    }
  }
  return null;
}

// From positions within a part to positions in the picture.
function settle(container, left, top, clusters) {
  if (container.part >= 0) {
    const { width, height } = container;
    clusters.push({ part: container.part, x: left, y: top, w: width, h: height });
  }
  for (const item of container.items) {
    displace(item, left, top);
    if (item.box) Object.assign(item.box, { x: item.x, y: item.y });
    else settle(item.inner, item.x - item.w / 2, item.y - item.h / 2, clusters);
  }
  for (const way of [...container.links.values(), ...container.ports.values()]) {
    for (const point of [...way.via, ...turnsOf(way)]) displace(point, left, top);
  }
}

function turnsOf({ turns }) {
  return turns ? [...turns.values()].flat() : [];
}

function displace(point, right, down) {
  point.x += right;
  point.y += down;
}
