// Where boxes go: in layers from left to right, operands before results (Sugiyama, Tagawa and
// Toda, 1981). Each unfolded part is laid out by itself, and is one large box in what is around
// it; so parts never overlap, and there are few boxes to place at a time.

const GAP_X = 48; // between layers: room for a number on an edge
const GAP_Y = 12;
const MARGIN = 14; // of a part, around what is in it
const TITLE = 22;
const SWEEPS = 6;
const LONGEST_EDGE = 24; // layers; a longer edge gets no places of its own in between

// Adds x, y (centres) to the boxes, w and h of which are known; returns the rectangles of the
// unfolded parts and, for each edge, the points it goes through.
export function layout(scene, parts) {
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
  const routes = edges.map((edge) => lift(itemOf, boxes[edge.source], boxes[edge.target]));
  for (const container of [...inside].reverse()) container.place();
  root.place();
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
    this.links = new Map();
    this.outer = null;
  }

  add(item) {
    item.index = this.items.length;
    this.items.push(item);
  }

  link(source, target) {
    const key = source.index * 65536 + target.index;
    if (!this.links.has(key)) this.links.set(key, { source, target, via: [], ends: [] });
    return this.links.get(key);
  }

  place() {
    const title = this.part < 0 ? 0 : TITLE;
    const margin = this.part < 0 ? 8 : MARGIN;
    const links = [...this.links.values()];
    const layers = inLayers(this.items, links);
    order(layers, links);
    const { width, height } = coordinates(layers, links);
    for (const layer of layers) {
      for (const item of layer) {
        item.x += margin;
        item.y += margin + title;
      }
    }
    this.width = width + 2 * margin;
    this.height = height + 2 * margin + title;
    if (this.item) Object.assign(this.item, { w: this.width, h: this.height });
  }
}

// An edge between two boxes as one between items of the innermost part around both.
function lift(itemOf, source, target) {
  let a = itemOf.get(source);
  let b = itemOf.get(target);
  const up = ({ container }) => ({ item: container.item, container: container.outer });
  const depth = ({ container }) => {
    let n = 0;
    for (let c = container; c.outer; c = c.outer) n++;
    return n;
  };
  let [above, below] = [depth(a), depth(b)];
  for (; above > below; above--) a = up(a);
  for (; below > above; below--) b = up(b);
  while (a.container !== b.container) [a, b] = [up(a), up(b)];
  if (a.item === b.item) return { points: () => ends(source, target, []) };
  const link = a.container.link(a.item, b.item);
  link.ends.push([source, target]);
  const turned = () => (link.isTurned ? [...link.via].reverse() : link.via);
  return { points: () => ends(source, target, turned()) };
}

function ends(source, target, via) {
  const start = { x: source.x + source.w / 2, y: source.y };
  const end = { x: target.x - target.w / 2, y: target.y };
  return [start, ...via.map(({ x, y }) => ({ x, y })), end];
}

// Longest paths from the left; a cycle (of parts that use each other) is cut where it is met
// first. What nothing leads to moves right, to what uses it.
function inLayers(items, links) {
  for (const item of items) Object.assign(item, { out: [], missing: 0, layer: 0, isDone: false });
  for (const link of links) {
    link.source.out.push(link);
    link.target.missing++;
  }
  const ready = items.filter((item) => item.missing === 0);
  let next = 0;
  for (let done = 0; done < items.length; done++) {
    if (!ready.length) {
      while (items[next].isDone) next++;
      ready.push(items[next]);
    }
    const item = ready.shift();
    item.isDone = true;
    for (const { target } of item.out) {
      if (target.isDone) continue;
      target.layer = Math.max(target.layer, item.layer + 1);
      if (--target.missing === 0) ready.push(target);
    }
  }
  for (const link of links) {
    link.isTurned = link.source.layer > link.target.layer;
    const [from, to] = link.isTurned ? [link.target, link.source] : [link.source, link.target];
    Object.assign(link, { from, to, via: [] });
  }
  const hasOperands = new Set(links.map((link) => link.to));
  for (const item of items) {
    if (hasOperands.has(item)) continue;
    const uses = links.length < 4000 ? item.out : item.out.slice(0, 50);
    if (uses.length) item.layer = Math.max(0, Math.min(...uses.map((l) => l.target.layer)) - 1);
  }
  const layers = [];
  const put = (item) => (layers[item.layer] ??= []).push(item);
  items.forEach(put);
  for (const link of links) {
    const span = link.to.layer - link.from.layer;
    if (span > LONGEST_EDGE) continue;
    for (let layer = link.from.layer + 1; layer < link.to.layer; layer++) {
      const point = { w: 0, h: 4, layer, isPoint: true, index: link.from.index };
      link.via.push(point);
      put(point);
    }
  }
  return Array.from(layers, (layer) => layer ?? []);
}

// Within a layer: by where the neighbours are in the layer before, then in the one after.
function order(layers, links) {
  for (const layer of layers) {
    for (const item of layer) Object.assign(item, { before: [], after: [] });
  }
  for (const link of links) {
    const chain = [link.from, ...link.via, link.to];
    if (link.via.length + 1 < link.to.layer - link.from.layer) continue;
    const offsets = portOffsets(link);
    for (let i = 0; i + 1 < chain.length; i++) {
      const here = i === 0 ? offsets[0] : 0;
      const there = i + 2 === chain.length ? offsets[1] : 0;
      chain[i].after.push({ item: chain[i + 1], port: there, own: here });
      chain[i + 1].before.push({ item: chain[i], port: here, own: there });
    }
  }
  const number = () => layers.forEach((layer) => layer.forEach((item, i) => (item.rank = i)));
  layers.forEach((layer) => layer.sort((a, b) => a.index - b.index));
  number();
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const side = sweep % 2 ? "after" : "before";
    for (const layer of sweep % 2 ? [...layers].reverse() : layers) {
      for (const item of layer) {
        const near = item[side];
        const sum = near.reduce((s, { item: other, port }) => s + other.rank + port / 1e4, 0);
        item.wish = near.length ? sum / near.length : item.rank;
      }
      layer.sort((a, b) => a.wish - b.wish || a.rank - b.rank);
      layer.forEach((item, i) => (item.rank = i));
    }
  }
}

// Where the boxes at the ends of a link are within their items, up or down from the middle.
function portOffsets(link) {
  const [source, target] = link.ends[0];
  const offset = (item, box) => (item.inner ? innerY(item.inner, box) - item.h / 2 : 0);
  const offsets = [offset(link.source, source), offset(link.target, target)];
  return link.isTurned ? offsets.reverse() : offsets;
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

function coordinates(layers, links) {
  let x = 0;
  for (const layer of layers) {
    const width = Math.max(0, ...layer.map((item) => item.w));
    for (const item of layer) item.x = x + width / 2;
    x += width + GAP_X;
  }
  for (const layer of layers) {
    let y = 0;
    for (const item of layer) {
      item.y = y + item.h / 2;
      y += item.h + GAP_Y;
    }
  }
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const side = sweep % 2 ? "before" : "after";
    for (const layer of sweep % 2 ? layers : [...layers].reverse()) straighten(layer, side);
  }
  const all = layers.flat();
  const top = Math.min(0, ...all.map((item) => item.y - item.h / 2));
  for (const item of all) item.y -= top;
  const bottom = Math.max(0, ...all.map((item) => item.y + item.h / 2));
  return { width: Math.max(0, x - GAP_X), height: bottom };
}

// Each item as near as may be to the mean of its neighbours on one side, none overlapping, the
// order kept: isotonic regression, by pooling those that would get into each other's way.
function straighten(layer, side) {
  const pools = [];
  let start = 0;
  for (const item of layer) {
    const near = item[side];
    const mean = near.reduce((s, n) => s + n.item.y + n.port - n.own, 0) / near.length;
    const weight = near.length ? (item.isPoint ? 2 : 1) : 0.05;
    const wish = (near.length ? mean : item.y) - (start + item.h / 2);
    pools.push({ sum: wish * weight, weight, items: [{ item, at: start + item.h / 2 }] });
    start += item.h + GAP_Y;
    while (pools.length > 1 && shiftOf(pools.at(-2)) > shiftOf(pools.at(-1))) {
      const last = pools.pop();
      const pool = pools.at(-1);
      pool.sum += last.sum;
      pool.weight += last.weight;
      pool.items.push(...last.items);
    }
  }
  for (const pool of pools) {
    for (const { item, at } of pool.items) item.y = at + shiftOf(pool);
  }
}

function shiftOf(pool) {
  return pool.sum / pool.weight;
}

// From positions within a part to positions in the picture.
function settle(container, left, top, clusters) {
  if (container.part >= 0) {
    const { width, height } = container;
    clusters.push({ part: container.part, x: left, y: top, w: width, h: height });
  }
  for (const item of container.items) {
    item.x += left;
    item.y += top;
    if (item.box) Object.assign(item.box, { x: item.x, y: item.y });
    else settle(item.inner, item.x - item.w / 2, item.y - item.h / 2, clusters);
  }
  for (const link of container.links.values()) {
    for (const point of link.via) {
      point.x += left;
      point.y += top;
    }
  }
}
