// "Predict first": is the gradient that a learner typed right, and if not, which mistake is it?

import { called, exact, number } from "./words.js";

const NEAR = 0.01; // relative: two digits are enough to show that one has understood

// What reaches a node's gradient: one upstream × local for each use that something flows back
// from.
export function contributionsTo(graph, node) {
  const found = [];
  for (const edge of graph.uses(node)) {
    const user = graph.to[edge];
    if (!graph.live[edge] || (graph.grad[user] === 0 && !isSwept(graph, edge))) continue;
    const [upstream, local] = [graph.grad[user], graph.partial[edge]];
    found.push({ user, edge, upstream, local, contribution: upstream * local });
  }
  return found;
}

// A number as typed: decimal point or comma, a true minus sign, a fraction such as 1/3.
export function parsed(text) {
  const plain = text.trim().replaceAll("−", "-").replace(",", ".");
  const fraction = plain.match(/^(-?[\d.]+)\s*\/\s*([\d.]+)$/);
  if (fraction) return Number(fraction[1]) / Number(fraction[2]);
  return plain === "" ? NaN : Number(plain);
}

// {isRight, why}: `why` says what was mistaken, as far as that can be seen from the number.
export function judge(graph, node, guess) {
  const truth = graph.grad[node];
  const sum = contributionsTo(graph, node);
  if (isNear(guess, truth)) return { isRight: true, why: derivation(graph, node, sum) };
  return { isRight: false, why: `${mistake(graph, node, guess, truth, sum)} ${derivation(graph, node, sum)}`.trim() };
}

function mistake(graph, node, guess, truth, sum) {
  if (node === graph.root) return "The output's own gradient is 1: it changes as much as itself.";
  if (!sum.length) return "Nothing flows back to it, so its gradient is 0.";
  if (isNear(-guess, truth)) return "The size is right, the sign is not.";
  if (sum.length > 1) {
    const only = sum.find(({ contribution }) => isNear(guess, contribution));
    if (only) {
      return `That is what comes through ${called(graph, only.user)} alone. It is used ${sum.length} times, and the contributions add up.`;
    }
    const product = sum.reduce((p, { contribution }) => p * contribution, 1);
    if (isNear(guess, product)) return "Contributions of several uses are added, not multiplied.";
  }
  if (isNear(guess, sum.reduce((s, { local }) => s + local, 0))) {
    return "That is the local derivative; the chain rule multiplies it with the gradient upstream.";
  }
  if (isNear(guess, sum.reduce((s, { upstream }) => s + upstream, 0))) {
    return "That is the gradient upstream; the chain rule multiplies it with the local derivative.";
  }
  if (isNear(guess, graph.data[node])) return "That is the node's value, not its gradient.";
  if (guess === 0) return "It is not 0: the output does change with it.";
  return "";
}

// The gradient as the sum that it is.
function derivation(graph, node, sum) {
  if (node === graph.root) return "";
  const terms = sum.map(({ upstream, local }) => `${number(upstream)} × ${number(local)}`);
  const shown = terms.length > 6 ? [...terms.slice(0, 5), "…"] : terms;
  return sum.length ? `${shown.join(" + ")} = ${exact(graph.grad[node])}` : "";
}

function isNear(a, b) {
  return b === 0 ? Math.abs(a) < 1e-9 : Math.abs(a - b) <= NEAR * Math.abs(b);
}

function isSwept(graph, edge) {
  if (graph.sweptLog !== graph.log) {
    graph.sweptLog = graph.log;
    graph.swept = new Set(graph.log);
  }
  return graph.swept.has(edge);
}
