// The way of an edge: straight past the boxes of a layer, curved between layers, and round the
// end of a row. Points come in pairs: from an odd one to the next the edge is between layers.

export class Route {
  constructor(itemOf, source, target) {
    Object.assign(this, { source, target });
    let a = itemOf.get(source);
    let b = itemOf.get(target);
    this.first = a.item;
    this.last = b.item;
    this.out = []; // ports on the way out of parts, and into others
    this.into = [];
    const up = ({ container }) => ({ item: container.item, container: container.outer });
    const leave = () => {
      this.out.push(a.container.port(a.item, 0, source));
      a = up(a);
    };
    const enter = () => {
      this.into.unshift(b.container.port(b.item, 1, target));
      b = up(b);
    };
    let [above, below] = [depth(a), depth(b)];
    for (; above > below; above--) leave();
    for (; below > above; below--) enter();
    while (a.container !== b.container) {
      leave();
      enter();
    }
    this.link = a.item === b.item ? null : a.container.link(a.item, b.item, source, target);
  }

  points() {
    const { source, target, first, last, link } = this;
    const found = [
      { x: source.x + source.w / 2, y: source.y },
      { x: Math.max(first.x + first.half, source.x + source.w / 2), y: source.y },
    ];
    const pass = ({ via }) => via.forEach(({ x, y, half }) => found.push({ x: x - half, y }, { x: x + half, y }));
    this.out.forEach(pass);
    const start = found.length - 1;
    if (link?.isTurned) [...link.via].reverse().forEach(({ x, y }) => found.push({ x, y }, { x, y }));
    else if (link) this.passLink(found);
    const stop = found.length - 1;
    this.into.forEach(pass);
    found.push(
      { x: Math.min(last.x - last.half, target.x - target.w / 2), y: target.y },
      { x: target.x - target.w / 2, y: target.y });
    const points = cornered(found);
    points.middle = this.middle(points, start, stop + points.length - found.length);
    return points;
  }

  // Where the edge is best labelled: between layers, and not where it shares the way of others.
  middle(points, start, stop) {
    const i = start + 2 * Math.floor((stop - start) / 4);
    const [a, b] = [points[i], points[i + 1]];
    return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
  }

  // Where it goes on in another row, there is a turn instead of a pair of points.
  passLink(found) {
    const { from, to, via, turns } = this.link;
    const chain = [from, ...via, to];
    for (let i = 1; i < chain.length; i++) {
      const turn = turns?.get(i);
      if (turn) found.push({ turn });
      const { x, y, half } = chain[i];
      if (i + 1 < chain.length) found.push({ x: x - half, y }, { x: x + half, y });
    }
  }
}

function depth({ container }) {
  let n = 0;
  for (let c = container; c.outer; c = c.outer) n++;
  return n;
}

// Turns written out: to the right, down, back to the left between the rows, and down again.
function cornered(found) {
  return found.flatMap((point, i) => {
    if (!point.turn) return [point];
    const [right, left] = point.turn;
    const [before, after] = [found[i - 1].y, found[i + 1].y];
    const corner = (x, y) => ({ x, y, isCorner: true });
    return [corner(right.x, before), corner(right.x, right.y), corner(left.x, left.y), corner(left.x, after)];
  });
}
