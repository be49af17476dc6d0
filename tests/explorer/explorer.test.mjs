// The explorer's JavaScript by itself: node --test tests/explorer/explorer.test.mjs

import assert from "node:assert/strict";
import { test } from "node:test";

const folder = new URL("../../autograd/explorer/static/", import.meta.url);
const load = (name) => import(new URL(name, folder));
const numerics = await load("numerics.js");
const { Graph } = await load("graph.js");
const { Stepper } = await load("stepper.js");
const { Boxes } = await load("boxes.js");
const { layout } = await load("layout.js");
const { namesInShort } = await load("sizes.js");
const { freePlace } = await load("callout.js");
const { judge, parsed } = await load("predict.js");
const { exact, filledIn, number } = await load("words.js");
const { bestPaths } = await load("paths.js");

const TYPES = { B: Uint8Array, H: Uint16Array, I: Uint32Array, i: Int32Array, d: Float64Array };
const packed = (code, numbers) => Buffer.from(TYPES[code].from(numbers).buffer).toString("base64");
const ADD = { name: "+", symbol: "+", form: "+", constants: "", formula: "{0} + {1}" };
const MUL = { name: "*", symbol: "×", form: "*", constants: "", formula: "{0} · {1}" };
const TANH = { name: "tanh", symbol: "tanh", form: "tanh", constants: "", formula: "tanh({0})" };
const OPS = [{}, ADD, MUL, TANH];

// A graph from rows [op, …operands], where a leaf is [0, data]; `part` puts nodes into parts.
function graphOf(rows, { parts = [], part = {}, names = {} } = {}) {
  const first = [0];
  const from = [];
  for (const [op, ...operands] of rows) {
    if (op !== 0) from.push(...operands);
    first.push(from.length);
  }
  const graph = new Graph({
    size: rows.length, title: "", ops: OPS,
    kinds: packed("B", rows.map(([op]) => (op === 0 ? 2 : 0))),
    op: packed("H", rows.map(([op]) => op)),
    first: packed("I", first), from: packed("I", from),
    part: packed("i", rows.map((_, i) => part[i] ?? -1)),
    parts, names: [Object.keys(names).map(Number), Object.values(names)],
    compared: [], lines: [], unfold: [], dead: [], changes: [[], ""],
    data: packed("d", rows.map(([op, x]) => (op === 0 ? x : 0))),
    grad: packed("d", rows.map(() => 0)), partial: packed("d", from.map(() => 0)),
    log: null,
  });
  graph.foundForms = null;
  graph.disagreement = () => ""; // these rows hold no results of Python's
  graph.recompute();
  return graph;
}

// x·x + x·y at x = 3, y = 2: used thrice, x has the gradient 2x + y.
const example = () =>
  graphOf([[0, 3], [0, 2], [2, 0, 0], [2, 0, 1], [1, 2, 3]], { names: { 0: "x", 1: "y" } });

test("erf and erfc have all their digits, in the tails too", () => {
  const known = [ // Abramowitz and Stegun, table 7.1; erfc from mpmath with 30 digits
    [numerics.erf(0.5), 0.5204998778130465], [numerics.erf(1), 0.8427007929497149],
    [numerics.erf(-2), -0.9953222650189527], [numerics.erfc(1), 0.15729920705028513],
    [numerics.erfc(5), 1.5374597944280349e-12], [numerics.erfc(25), 8.300172571196522e-274],
  ];
  for (const [found, expected] of known) {
    assert.ok(Math.abs(found - expected) <= 1e-15 * Math.abs(expected), `${found} ${expected}`);
  }
});

test("whole numbers and remainders are Python's, not JavaScript's", () => {
  assert.equal(numerics.nearest(0.5), 0);
  assert.equal(numerics.nearest(1.5), 2);
  assert.ok(Object.is(numerics.nearest(-0.3), -0));
  assert.equal(numerics.floorDivide(-5, 3), -2);
  assert.equal(numerics.remainder(-5, 3), 1);
  assert.equal(numerics.remainder(5, -3), -1);
  assert.equal(numerics.power(1, NaN), 1);
  assert.equal(numerics.power(-1, Infinity), 1);
});

test("values and gradients are computed from the leaves", () => {
  const graph = example();
  assert.equal(graph.data[graph.root], 15);
  assert.deepEqual([...graph.grad], [8, 3, 1, 1, 1]);
  graph.data[0] = -1;
  graph.recompute();
  assert.deepEqual([...graph.grad], [0, -1, 1, 1, 1]);
});

test("finite differences agree with the gradient, of nodes in between too", () => {
  const graph = example();
  for (let node = 0; node < graph.size; node++) {
    assert.ok(Math.abs(graph.differences(node).central - graph.grad[node]) < 1e-8);
  }
});

test("a step back is a step undone", () => {
  const graph = example();
  const stepper = new Stepper(graph);
  const end = [...stepper.sum];
  stepper.go(0);
  assert.deepEqual([...stepper.sum], [0, 0, 0, 0, 1]);
  assert.equal(stepper.state(0), "untouched");
  stepper.go(3);
  assert.equal(stepper.state(0), "growing");
  const middle = [...stepper.sum];
  stepper.go(stepper.length);
  assert.deepEqual([...stepper.sum], end);
  assert.equal(stepper.state(0), "complete");
  stepper.go(3);
  assert.deepEqual([...stepper.sum], middle);
});

test("the numbers of a step are those of the chain rule", () => {
  const stepper = new Stepper(example());
  stepper.go(stepper.length);
  const { to, upstream, local, contribution, before, after, nth, of } = stepper.last;
  assert.deepEqual([to, upstream, local, contribution], [0, 1, 3, 3]);
  assert.deepEqual([before, after, nth, of], [5, 8, 3, 3]);
});

test("the paths that contribute most come first, and add up to the gradient", () => {
  const { best, number: n } = bestPaths(example(), 0, 5);
  assert.equal(n, 3);
  assert.deepEqual(best.map((path) => path.product), [3, 3, 2]);
  assert.deepEqual(best[2].nodes, [0, 3, 4]);
});

test("a prediction is judged, and the mistake is named", () => {
  const graph = example();
  assert.ok(judge(graph, 0, 8.05).isRight);
  assert.match(judge(graph, 0, -8).why, /the sign is not/);
  assert.match(judge(graph, 0, 3).why, /through × alone\. It is used 3 times/);
  assert.match(judge(graph, 0, 18).why, /added, not multiplied/);
  const chain = graphOf([[0, 2], [0, 5], [2, 0, 1], [2, 2, 1]]); // x·5·5
  assert.match(judge(chain, 0, 5).why, /multiplies it with/);
  assert.match(judge(chain, 0, 2).why, /value, not its gradient/);
  assert.match(judge(chain, 0, 0).why, /It is not 0/);
  assert.match(judge(chain, 0, 1e3).why, /^5 × 5 = 25$/);
});

test("numbers may be typed as people type them", () => {
  assert.equal(parsed("−0,25"), -0.25);
  assert.equal(parsed(" 1/4 "), 0.25);
  assert.ok(Number.isNaN(parsed("")));
  assert.ok(Number.isNaN(parsed("abc")));
});

test("numbers are shown short, and in full", () => {
  assert.deepEqual([3.14159, -2, 1e-10, -Infinity, NaN, 120000, 0].map(number),
    ["3.142", "−2", "1e−10", "−inf", "nan", "1.2e5", "0"]);
  assert.equal(exact(-0.1), "−0.1");
});

test("the names of many leaves are said by where they differ", () => {
  assert.equal(namesInShort(["layers.1.neurons.0.w.0", "layers.1.neurons.0.b"]), "neurons.0: w.0 … b");
  assert.equal(namesInShort(["l0.weight_hh.0.0", "l0.bias_hh.0"]), "l0: weight_hh.0.0 … bias_hh.0");
  assert.equal(namesInShort(["x", "y"]), "x … y");
  assert.equal(namesInShort(["x.a", "x.a"]), "x: a … a");
  assert.deepEqual([namesInShort(["x"]), namesInShort([])], ["x", ""]);
});

test("formulas get brackets where they would fall apart, and only there", () => {
  const graph = example();
  const names = (text) => () => text;
  assert.equal(filledIn(graph, 2, "{0} · {1}", names("a + b")), "(a + b) · (a + b)");
  assert.equal(filledIn(graph, 2, "{0} + {1}", names("a · b")), "a · b + a · b");
  assert.equal(filledIn(graph, 2, "tanh({0})", names("a + b")), "tanh(a + b)");
  assert.equal(filledIn(graph, 2, "{0}²", names("a · b")), "(a · b)²");
  assert.equal(filledIn(graph, 2, "{0} · {1}", names("{0}")), "{0} · {0}"); // a name is a name
});

// Many steps, each a part, of a recurrence with one shared leaf.
function recurrence(steps) {
  const rows = [[0, 0.9], [0, 0.5]];
  const parts = [];
  const part = {};
  let h = 1;
  for (let t = 0; t < steps; t++) {
    parts.push([`t=${t}`, "call", -1]);
    part[rows.length] = part[rows.length + 1] = t;
    rows.push([2, 0, h], [3, rows.length]);
    h = rows.length - 1;
  }
  return graphOf(rows, { parts, part });
}

function sceneOf(boxes) {
  const scene = boxes.scene();
  for (const box of scene.boxes) Object.assign(box, { w: 100, h: 50 });
  return scene;
}

test("unfolding all draws every result once, and each part gets its ghost of a shared leaf", () => {
  const boxes = new Boxes(recurrence(5));
  const scene = sceneOf(boxes);
  const results = scene.boxes.filter((box) => box.kind === "node" && !boxes.graph.isLeaf(box.node));
  assert.equal(results.length, 10);
  const shared = scene.boxes.filter((box) => box.node === 0);
  assert.equal(shared.length, 5);
  assert.equal(shared.filter((box) => box.ghost).length, 4);
});

test("a folded part is one box, and edges into it are one", () => {
  const boxes = new Boxes(recurrence(5));
  boxes.toggle(2);
  const scene = sceneOf(boxes);
  const folded = scene.boxes.findIndex((box) => box.kind === "part");
  assert.equal(scene.boxes[folded].nodes.length, 2);
  assert.equal(scene.edges.filter((edge) => edge.target === folded).length, 1);
  assert.equal(scene.edges.filter((edge) => edge.source === folded).length, 1);
});

test("no more boxes are unfolded than can be laid out", () => {
  const boxes = new Boxes(recurrence(1500));
  boxes.unfoldReadably(100);
  assert.equal(boxes.count(), 1500);
  for (let part = 0; part < 1500; part++) boxes.toggle(part);
  assert.ok(boxes.count() <= 2000);
});

test("the boxes of leaves count as well, opened one by one or with their parts", () => {
  // 1,200 results with a variable each: 2,401 boxes.
  const rows = [[0, 1]];
  const part = {};
  const parts = [["a", "call", -1], ["b", "call", -1]];
  for (let i = 0; i < 1200; i++) {
    rows.push([0, 0.5], [2, rows.length - 1, rows.length]);
    part[rows.length - 1] = i < 600 ? 0 : 1;
  }
  const boxes = new Boxes(graphOf(rows, { parts, part }));
  boxes.unfolded.clear();
  assert.ok(boxes.toggle(0));
  assert.ok(!boxes.toggle(1));
  assert.equal(boxes.countResults(), 601);
  assert.equal(boxes.count(), 1202);

  const wide = graphOf([...Array.from({ length: 2500 }, () => [0, 1]), [1, ...Array(2500).keys()]]);
  const many = new Boxes(wide);
  const { key } = many.scene().boxes.find((box) => box.kind === "leaves");
  assert.ok(!many.open(key));
  assert.equal(many.count(), 2);
});

test("in a layout operands stand to the left, boxes do not overlap, parts hold what is theirs", () => {
  for (const graph of [recurrence(6), example()]) {
    const boxes = new Boxes(graph);
    const scene = sceneOf(boxes);
    const { clusters, width, height, routes } = layout(scene, graph.parts);
    for (const { source, target } of scene.edges) {
      assert.ok(scene.boxes[source].x < scene.boxes[target].x);
    }
    scene.boxes.forEach((a, i) => {
      assert.ok(a.x >= 50 && a.x <= width - 50 && a.y >= 25 && a.y <= height - 25);
      for (const b of scene.boxes.slice(i + 1)) {
        assert.ok(Math.abs(a.x - b.x) >= 100 || Math.abs(a.y - b.y) >= 50 - 1e-9);
      }
      const home = clusters.find((c) => c.part === a.container);
      if (home) assert.ok(a.x - 50 >= home.x && a.x + 50 <= home.x + home.w);
    });
    routes.forEach((route, i) => {
      assert.equal(route[0].x, scene.boxes[scene.edges[i].source].x + 50);
      assert.equal(route.at(-1).x, scene.boxes[scene.edges[i].target].x - 50);
    });
  }
});

test("parts that use each other are laid out all the same", () => {
  // Node 2 is in part 0, 3 in part 1, 4 in part 0 again.
  const graph = graphOf([[0, 1], [0, 2], [2, 0, 1], [1, 2, 0], [2, 3, 2]], {
    parts: [["a", "call", -1], ["b", "call", -1]], part: { 2: 0, 3: 1, 4: 0 },
  });
  const { width } = layout(sceneOf(new Boxes(graph)), graph.parts);
  assert.ok(Number.isFinite(width));
});

// Does a stretch of a route, given as a rectangle, go through a box?
const crosses = (a, b, box) =>
  Math.max(a.x, b.x) > box.x - box.w / 2 + 1e-9 && Math.min(a.x, b.x) < box.x + box.w / 2 - 1e-9 &&
  Math.max(a.y, b.y) > box.y - box.h / 2 + 1e-9 && Math.min(a.y, b.y) < box.y + box.h / 2 - 1e-9;

test("edges go past boxes and not under them, from part to part and from row to row", () => {
  const graph = recurrence(9);
  const boxes = new Boxes(graph);
  boxes.unfolded.clear();
  for (const part of [2, 5, 6]) boxes.toggle(part);
  for (const view of [null, { width: 700, height: 700 }]) {
    const scene = sceneOf(boxes);
    const { routes } = layout(scene, graph.parts, view);
    let straight = 0;
    routes.forEach((route) => {
      assert.equal(route.length % 2, 0);
      for (let i = 0; i + 1 < route.length; i++) {
        const [a, b] = [route[i], route[i + 1]];
        if (a.y !== b.y && a.x !== b.x) continue; // a curve between two layers
        straight++;
        for (const box of scene.boxes) assert.ok(!crosses(a, b, box), JSON.stringify([a, b, box.x, box.y]));
      }
    });
    assert.ok(straight > scene.edges.length);
  }
});

test("a chain too long for the view goes on in rows, which can be read from left to right", () => {
  const graph = recurrence(12);
  const boxes = new Boxes(graph);
  boxes.unfolded.clear();
  const line = sceneOf(boxes);
  const long = layout(line, graph.parts);
  const scene = sceneOf(boxes);
  const found = layout(scene, graph.parts, { width: 800, height: 500 });
  assert.ok(long.width > 1700 && long.height < 100);
  assert.ok(found.width <= 800 / 0.92 && found.height <= 500 / 0.92);
  const steps = [...scene.boxes].sort((a, b) => a.y - b.y || a.x - b.x).map((box) => box.part);
  assert.deepEqual(steps, [...steps].sort((a, b) => a - b));
  for (const route of found.routes) {
    for (const { x, y } of route) assert.ok(x >= 0 && x <= found.width && y >= 0 && y <= found.height);
    assert.ok(route.middle.x > 0);
  }
});

test("a callout stands where it covers least, and in sight", () => {
  const box = (x, y) => ({ x, y, w: 100, h: 50 });
  const window = { left: 0, right: 500, top: 0, bottom: 300 };
  const ends = [box(100, 150), box(300, 150)];
  const over = ({ x, y }, { x: bx, y: by }) => Math.abs(x - bx) < 110 && Math.abs(y - by) < 37;
  for (const others of [[], [box(200, 90)], [box(200, 90), box(200, 210), box(90, 90)]]) {
    const place = freePlace({ w: 120, h: 24 }, { x: 200, y: 150 }, [...ends, ...others], ends, window);
    for (const other of [...ends, ...others]) assert.ok(!over(place, other), JSON.stringify([place, other]));
    assert.ok(place.x >= 60 && place.x <= 440 && place.y >= 12 && place.y <= 288);
  }
});
