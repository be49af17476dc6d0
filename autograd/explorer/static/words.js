// Numbers and nodes in words. Names may be anything; they are only ever shown as text.

// Four significant digits, with a true minus sign.
export function number(x) {
  if (x !== x) return "nan";
  if (!Number.isFinite(x)) return x > 0 ? "inf" : "−inf";
  if (x === 0) return "0";
  const size = Math.abs(x);
  const text = size >= 1e5 || size < 1e-4 ? x.toExponential(3) : x.toPrecision(4);
  const [digits, exponent] = text.split("e");
  const short = digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
  const power = exponent ? `e${exponent.replace("+", "")}` : "";
  return (short + power).replaceAll("-", "−");
}

// All digits, as Python shows them.
export function exact(x) {
  if (!Number.isFinite(x)) return number(x);
  return String(Object.is(x, -0) ? "−0" : x).replaceAll("-", "−").replace("e+", "e");
}

export function count(n, what) {
  return `${n.toLocaleString("en")} ${what}${n === 1 ? "" : "s"}`;
}

// What a node is called: its name, else its op's sign, else its number.
export function called(graph, node) {
  const name = graph.names.get(node);
  if (name) return name;
  const op = graph.ops[graph.op[node]];
  return op.symbol || number(graph.data[node]);
}

// In a formula: a name, a number, or, as far as that is short, how it was computed.
export function inFormula(graph, node, longest = 40) {
  const name = graph.names.get(node);
  if (name) return name;
  if (graph.isLeaf(node)) return number(graph.data[node]);
  const op = graph.ops[graph.op[node]];
  if (longest > 10) {
    const text = filledIn(graph, node, op.formula, (operand) => inFormula(graph, operand, longest - 8));
    if (text.length <= longest) return text;
  }
  return `${op.symbol}…`;
}

// A formula with the operands' names, formulas or numbers in their places; in brackets where
// they would fall apart.
export function filledIn(graph, node, template, nameOf) {
  const operands = graph.operands(node);
  const fill = (text) => (template === "{0}" || !fallsApart(text, template) ? text : `(${text})`);
  return template
    .replaceAll("{out}", "out")
    .replace(/([(|]?)\{(\d+)\}([),|]?)/g, (_, before, i, after) => {
      const text = nameOf(operands[i]);
      return before + (before && after ? text : fill(text)) + after;
    });
}

function fallsApart(text, template) {
  let open = text;
  while (/\([^()]*\)/.test(open)) open = open.replace(/\([^()]*\)/g, "");
  const isSum = /[[ ][+−] | if |^−/.test(open);
  const isProduct = / [·/] |\^|[⁰-⁹²³¹]/.test(open);
  const isIntoSum = !/ [·/] |\^|[⁰-⁹²³¹⁻]|^−/.test(template);
  return isSum || (isProduct && !isIntoSum);
}

// One step of the backward pass in one sentence.
export function stepInWords(graph, stepper) {
  const step = stepper.last;
  const where = `Step ${stepper.at.toLocaleString("en")} of ${stepper.length.toLocaleString("en")}`;
  if (!step) {
    return `${where}: the output's gradient is 1, because the output changes as much as itself.`;
  }
  const to = called(graph, step.to);
  if (step.isChange) {
    return `${where}: Python code (a hook or a checkpoint) changes the gradient of ${to} from ${number(step.before)} to ${number(step.after)}.`;
  }
  const from = called(graph, step.node);
  const product = `${number(step.upstream)} × ${number(step.local)} = ${number(step.contribution)}`;
  const sum =
    step.nth > 1
      ? ` It adds up: ${number(step.before)} + ${number(step.contribution)} = ${number(step.after)}.`
      : "";
  const rest = step.of - step.nth;
  const more = rest ? ` ${count(rest, "more contribution")} to come.` : step.of > 1 ? " Complete." : "";
  return `${where}: ${from} passes upstream × local = ${product} back to ${to}.${sum}${more}`;
}
