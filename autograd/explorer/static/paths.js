// The paths that contribute most to a gradient: those up to the output whose products of local
// derivatives are largest. One sweep from the output down keeps the few best to each node, as
// autograd/drawing/paths.py does.

export function bestPaths(graph, start, most = 3) {
  const depends = new Uint8Array(graph.size);
  depends[start] = 1;
  for (let i = start + 1; i < graph.size; i++) {
    for (let edge = graph.first[i]; edge < graph.first[i + 1]; edge++) {
      if (graph.live[edge] && depends[graph.from[edge]]) depends[i] = 1;
    }
  }
  const best = new Map([[graph.root, [{ size: 0, product: 1, node: graph.root, above: null }]]]);
  const number = new Map([[graph.root, 1]]);
  for (let i = graph.root; i > start; i--) {
    const steps = best.get(i);
    if (!steps || !depends[i]) continue;
    best.delete(i);
    for (let edge = graph.first[i]; edge < graph.first[i + 1]; edge++) {
      const operand = graph.from[edge];
      if (!graph.live[edge] || !depends[operand]) continue;
      number.set(operand, (number.get(operand) ?? 0) + number.get(i));
      if (!best.has(operand)) best.set(operand, []);
      goOn(best.get(operand), steps, edge, graph, most);
    }
  }
  const found = best.get(start) ?? [];
  return { number: number.get(start) ?? 0, best: found.map(pathOf) };
}

function goOn(found, steps, edge, graph, most) {
  const partial = graph.partial[edge];
  const size = partial !== partial ? Infinity : Math.log(Math.abs(partial));
  for (const step of steps) {
    found.push({
      size: step.size + size,
      product: step.product * partial,
      node: graph.from[edge],
      above: step,
      edge,
    });
  }
  found.sort((a, b) => b.size - a.size || 0);
  found.length = Math.min(found.length, most);
}

// From the start up: its nodes, the edges between them, and their product.
function pathOf(step) {
  const path = { nodes: [], edges: [], product: step.product };
  for (; step; step = step.above) {
    path.nodes.push(step.node);
    if (step.above) path.edges.push(step.edge);
  }
  return path;
}
