// What is to be seen of a graph: boxes for nodes, for folded parts, and for leaves. A leaf that
// several parts use is drawn in each of them, as a ghost: edges that run far make a picture
// unreadable, and a layout slow.

export const MOST_BOXES = 2000; // beyond, nobody reads a picture
const FEW_LEAVES = 2; // with the same users, which are drawn one by one
const SMALL = 40; // nodes of a graph whose leaves are all drawn one by one
const LONGEST_REACH = 6; // levels between a leaf and a user of it

export class Boxes {
  constructor(graph, unfold = []) {
    this.graph = graph;
    this.unfolded = new Set();
    this.parameters = true;
    this.opened = new Set(); // groups of leaves that are drawn one by one all the same
    this.part = null; // a set of nodes: nothing else is shown, and no part is folded
    this.children = graph.parts.map(() => []);
    graph.parts.forEach(({ outer }, part) => outer >= 0 && this.children[outer].push(part));
    this.asked = unfold;
    this.countContents();
    this.unfoldReadably(Infinity);
  }

  // How many nodes are directly in each part, how many with the parts within, and by which ops.
  countContents() {
    const { graph } = this;
    this.own = new Uint32Array(graph.parts.length);
    this.total = new Uint32Array(graph.parts.length);
    this.loose = 0;
    for (let i = 0; i < graph.size; i++) {
      if (graph.part[i] >= 0) this.own[graph.part[i]]++;
      else if (!graph.isLeaf(i)) this.loose++;
    }
    this.total.set(this.own);
    for (let part = graph.parts.length - 1; part >= 0; part--) {
      const { outer } = graph.parts[part];
      if (outer >= 0) this.total[outer] += this.total[part];
    }
    this.level = new Uint32Array(graph.size);
    for (let i = 0; i < graph.size; i++) {
      for (const operand of graph.operands(i)) {
        this.level[i] = Math.max(this.level[i], this.level[operand] + 1);
      }
    }
  }

  // Level by level, siblings together or not at all, up to `most` boxes. What is many, ranges and
  // nodes that are alike, stays folded: they have little to tell from each other.
  unfoldReadably(most) {
    const { parts } = this.graph;
    this.unfolded.clear();
    const outermost = parts.flatMap((part, i) => (part.outer < 0 ? [i] : []));
    let boxes = this.loose + outermost.length;
    const families = [outermost];
    for (const family of families) { // which grows
      const calls = family.filter((part) => parts[part].kind === "call");
      const more = calls.reduce((n, part) => n + this.own[part] + this.children[part].length - 1, 0);
      if (!calls.length || boxes + more > most) continue;
      boxes += more;
      for (const part of calls) {
        this.unfolded.add(part);
        families.push(this.children[part]);
      }
    }
    for (const part of this.asked) if (this.countResults() <= MOST_BOXES) this.unfoldDownTo(part);
  }

  unfoldDownTo(part) {
    for (; part >= 0; part = this.graph.parts[part].outer) this.unfolded.add(part);
  }

  // Fold or unfold; false if the picture would be too large.
  toggle(part) {
    if (this.unfolded.delete(part)) return true;
    this.unfolded.add(part);
    if (this.count() <= MOST_BOXES) return true;
    this.unfolded.delete(part);
    return false;
  }

  // Draw the leaves of a group one by one; false if the picture would be too large.
  open(key) {
    this.opened.add(key);
    if (this.count() <= MOST_BOXES) return true;
    this.opened.delete(key);
    return false;
  }

  foldAllBut(part) {
    this.unfolded.clear();
    this.opened.clear();
    this.unfoldDownTo(part);
  }

  // How many boxes there are, those of leaves included.
  count() {
    return this.countResults() > MOST_BOXES ? Infinity : this.scene().boxes.length;
  }

  // How many there are but for leaves, which is quicker to know.
  countResults() {
    const shown = this.shownAs();
    let boxes = this.loose;
    this.graph.parts.forEach((_, part) => {
      if (shown[part] === part) boxes++;
      else if (shown[part] < 0) boxes += this.own[part];
    });
    return boxes;
  }

  // For each part the folded one that it is shown in, −1 if it is all unfolded.
  shownAs() {
    const shown = new Int32Array(this.graph.parts.length);
    this.graph.parts.forEach(({ outer }, part) => {
      if (this.part) shown[part] = -1;
      else if (outer >= 0 && shown[outer] >= 0) shown[part] = shown[outer];
      else shown[part] = this.unfolded.has(part) ? -1 : part;
    });
    return shown;
  }

  // The boxes and the edges between them. `boxOf[i]` is the box of each result of an op.
  scene() {
    const { graph } = this;
    const shown = this.shownAs();
    const boxes = [];
    const boxOf = new Int32Array(graph.size).fill(-1);
    const boxOfPart = new Map();
    for (let i = 0; i < graph.size; i++) {
      if (graph.isLeaf(i) && i !== graph.root) continue;
      if (this.part && !this.part.has(i)) continue;
      const part = graph.part[i];
      if (part < 0 || shown[part] < 0) {
        boxOf[i] = boxes.length;
        boxes.push({ kind: "node", node: i, container: part });
      } else {
        const folded = shown[part];
        if (!boxOfPart.has(folded)) {
          boxOfPart.set(folded, boxes.length);
          const container = graph.parts[folded].outer;
          boxes.push({ kind: "part", part: folded, container, nodes: [], leaves: new Set() });
        }
        boxOf[i] = boxOfPart.get(folded);
        boxes[boxOf[i]].nodes.push(i);
      }
    }
    const edges = this.edges(boxes, boxOf);
    return { boxes, edges, boxOf, shown };
  }

  edges(boxes, boxOf) {
    const { graph } = this;
    const found = new Map();
    const usesOf = new Map(); // of leaves: edges into boxes of one node
    const join = (source, target, edge) => {
      const key = source * 4194304 + target;
      if (!found.has(key)) found.set(key, { source, target, edges: [] });
      found.get(key).edges.push(edge);
    };
    for (let edge = 0; edge < graph.from.length; edge++) {
      const target = boxOf[graph.to[edge]];
      if (target < 0) continue;
      const operand = graph.from[edge];
      const source = boxOf[operand];
      if (source >= 0) {
        if (source !== target) join(source, target, edge);
      } else if (!graph.isLeaf(operand)) {
        continue; // hidden: only a part of the graph is shown
      } else if (boxes[target].kind === "part") {
        boxes[target].leaves.add(operand);
      } else if (this.showsLeaf(operand)) {
        if (!usesOf.has(operand)) usesOf.set(operand, []);
        usesOf.get(operand).push(edge);
      }
    }
    this.addLeaves(boxes, boxOf, usesOf, join);
    return [...found.values()];
  }

  showsLeaf(leaf) {
    if (this.part) return this.part.has(leaf);
    return this.parameters || this.graph.kind[leaf] !== 1;
  }

  // One copy of a leaf for each part that uses it, and for users far from each other; copies
  // with the same users together, if they are many.
  addLeaves(boxes, boxOf, usesOf, join) {
    const { graph } = this;
    const groups = new Map();
    for (const [leaf, edges] of usesOf) {
      const byPlace = new Map();
      for (const edge of edges) {
        const place = graph.part[graph.to[edge]];
        if (!byPlace.has(place)) byPlace.set(place, []);
        byPlace.get(place).push(edge);
      }
      let copies = 0;
      for (const [place, inPlace] of byPlace) {
        for (const some of this.bands(inPlace)) {
          const users = [...new Set(some.map((edge) => boxOf[graph.to[edge]]))].join();
          const key = `${place} ${graph.kind[leaf]} ${users}`;
          if (!groups.has(key)) groups.set(key, { key, place, copies: [] });
          groups.get(key).copies.push({ leaf, edges: some, nth: copies++ });
        }
      }
    }
    for (const group of groups.values()) {
      const few = graph.size <= SMALL ? SMALL : FEW_LEAVES;
      const together = group.copies.length > few && !this.opened.has(group.key);
      const some = together ? [group.copies] : group.copies.map((copy) => [copy]);
      for (const copies of some) {
        const box = boxes.length;
        boxes.push({
          kind: together ? "leaves" : "node",
          node: copies[0].leaf,
          nodes: copies.map((copy) => copy.leaf),
          key: group.key,
          container: group.place,
          ghost: copies.some((copy) => copy.nth > 0),
        });
        for (const { edges } of copies) {
          for (const edge of edges) join(box, boxOf[graph.to[edge]], edge);
        }
      }
    }
  }

  // The uses of a leaf in one place, those that are near each other together.
  bands(edges) {
    const levelOf = (edge) => this.level[this.graph.to[edge]];
    const found = [];
    for (const edge of [...edges].sort((a, b) => levelOf(a) - levelOf(b) || a - b)) {
      const band = found.at(-1);
      if (band && levelOf(edge) - levelOf(band[0]) <= LONGEST_REACH) band.push(edge);
      else found.push([edge]);
    }
    return found;
  }

  // What is within so many edges of a node, the nearest first, at most `most` nodes.
  neighbourhood(node, hops, most = 120) {
    const { graph } = this;
    const found = new Set([node]);
    let border = [node];
    for (let hop = 0; hop < hops; hop++) {
      const beyond = [];
      for (const i of border) {
        const users = Array.from(graph.uses(i), (edge) => graph.to[edge]);
        for (const near of [...graph.operands(i), ...users]) {
          if (found.has(near) || found.size >= most) continue;
          found.add(near);
          beyond.push(near);
        }
      }
      border = beyond;
    }
    return found;
  }
}
