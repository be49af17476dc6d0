// Sugiyama, Tagawa and Toda's steps (1981) for the items of one part: in which layer, in which
// order within it, and where. An edge over several layers goes through a point in each of those
// between, so that no box gets in its way.

const GAP_X = 48; // between layers: room for a number on an edge
const GAP_Y = 12;
const SWEEPS = 6;
const LONGEST_EDGE = 24; // layers; a longer edge gets no places of its own in between

// Longest paths from the left; a cycle (of parts that use each other) is cut where it is met
// first. What nothing leads to moves right, to what uses it.
export function inLayers(items, links, ports) {
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
    putPoints(link, link.from.layer + 1, link.to.layer, link.from.index, put);
  }
  const last = layers.length;
  for (const port of ports) {
    const { item, isEntry } = port;
    const [start, stop] = isEntry ? [0, item.layer] : [item.layer + 1, last];
    port.via = [];
    if (stop - start <= LONGEST_EDGE) putPoints(port, start, stop, item.index, put);
  }
  return Array.from(layers, (layer) => layer ?? []);
}

function putPoints({ via }, start, stop, index, put) {
  for (let layer = start; layer < stop; layer++) {
    const point = { w: 0, h: 4, layer, isPoint: true, index };
    via.push(point);
    put(point);
  }
}

// Within a layer: by where the neighbours are in the layer before, then in the one after.
export function order(layers, links, ports) {
  for (const layer of layers) {
    for (const item of layer) Object.assign(item, { before: [], after: [] });
  }
  for (const link of links) {
    const chain = [link.from, ...link.via, link.to];
    if (link.via.length + 1 < link.to.layer - link.from.layer) continue;
    const { offsets } = link; // of the boxes at its ends, from the middle of their items
    for (let i = 0; i + 1 < chain.length; i++) {
      const here = i === 0 ? offsets[0] : 0;
      const there = i + 2 === chain.length ? offsets[1] : 0;
      chain[i].after.push({ item: chain[i + 1], port: there, own: here });
      chain[i + 1].before.push({ item: chain[i], port: here, own: there });
    }
  }
  for (const { item, isEntry, via, offset } of ports) {
    const chain = isEntry ? [...via, item] : [item, ...via];
    for (let i = 0; i + 1 < chain.length; i++) {
      const [here, there] = [chain[i] === item ? offset : 0, chain[i + 1] === item ? offset : 0];
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

export function coordinates(layers, links) {
  let x = 0;
  for (const layer of layers) {
    const width = Math.max(0, ...layer.map((item) => item.w));
    for (const item of layer) Object.assign(item, { x: x + width / 2, half: width / 2 });
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
