// What Python's tests ask of the explorer's JavaScript: node programs.mjs NAME FOLDER < data.
// Numbers travel as base64, exactly, as they do in snapshots.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [program, folder] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(`${folder}/${name}`));
const { Graph, unpacked } = await load("graph.js");
const { FAMILIES, PRIMITIVES, WIDE, javascriptForm } = await load("primitives.js");
const { Stepper } = await load("stepper.js");
const { bestPaths } = await load("paths.js");

const packed = (numbers) =>
  Buffer.from(Float64Array.from(numbers).buffer).toString("base64");

const programs = {
  // The names of all ops that have a form.
  names: () => ({
    primitives: [...Object.keys(PRIMITIVES), ...Object.keys(WIDE)],
    families: Object.keys(FAMILIES),
  }),

  // Value and slopes of ops at points; a missing edge is nan.
  ops: (ops) =>
    ops.map(({ form, constants, points }) => {
      const { forward, slopes } = javascriptForm(form, unpacked("d", constants));
      return points.map((point) => {
        const xs = Array.from(unpacked("d", point));
        const out = forward(xs);
        return packed([out, ...slopes(out, xs).map((slope) => slope ?? NaN)]);
      });
    }),

  // Graphs whose leaves were set to other numbers: all data and gradients.
  graphs: (asked) =>
    asked.map(({ snapshot, leaves }) => {
      const graph = new Graph(snapshot);
      if (graph.problem) return { problem: graph.problem };
      for (const [leaf, x] of leaves) graph.data[leaf] = x;
      graph.recompute();
      return { problem: "", data: packed(graph.data), grad: packed(graph.grad) };
    }),

  // The backward pass as the page shows it: before and after, step by step, and back again.
  steps: (snapshots) =>
    snapshots.map((snapshot) => {
      const stepper = new Stepper(new Graph(snapshot));
      const end = packed(stepper.sum);
      stepper.go(0);
      const start = packed(stepper.sum);
      const found = [];
      while (!stepper.isAtEnd) {
        stepper.forth();
        const { to, before, after } = stepper.last;
        found.push([to, packed([before, after])]);
      }
      const again = packed(stepper.sum);
      return { found, end, start, again };
    }),

  paths: (asked) => asked.map(([snapshot, node]) => {
    const { best, number } = bestPaths(new Graph(snapshot), node);
    return { number, products: packed(best.map((path) => path.product)) };
  }),
};

const data = program === "names" ? null : JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(programs[program](data)));
