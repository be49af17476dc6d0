// Every op in JavaScript, by its name in Python's table: forward function and local
// derivatives, the same rules as in autograd/primitives/. null is a missing edge: nothing
// flows there. A test in Python says which entries of the table are missing here.

import {
  GELU_CUBIC, GELU_LINEAR, LOG10_E, LOG2_E, SELU_ABOVE, SELU_BELOW, between, clip, dot,
  equalShares, erf, erfSlope, excess, floorDivide, inside, larger, largest, log,
  maximum, minimum, nearest, normalCdf, normalPdf, oneMinusSquare, overSquare, power,
  powerBelow, productsOfTheOthers, remainder, sech2, shift, sigmoid, sigmoidSlope, sign,
  smallest, softmaxWeights, softplus, step, total,
} from "./numerics.js";

// Ops of a fixed number of operands: [(…operands) => out, (out, …operands) => slopes].
export const PRIMITIVES = {
  "+": [(a, b) => a + b, () => [1, 1]],
  "-": [(a, b) => a - b, () => [1, -1]],
  "*": [(a, b) => a * b, (out, a, b) => [b, a]],
  "neg": [(a) => -a, () => [-1]],
  "/": [(a, b) => a / b, (out, a, b) => [1 / b, -(out / b)]],

  "step": [step, () => [0]],
  "sign": [sign, () => [0]],
  "larger": [larger, () => [0, 0]],
  "equal": [(a, b) => (a === b ? 1 : 0), () => [0, 0]],
  "finite": [(x) => (Number.isFinite(x) ? 1 : 0), () => [0]],
  "between": [between, () => [0, 0, 0]],
  "maximum": [maximum, (out, a, b) => [larger(a, b), larger(b, a)]],
  "minimum": [minimum, (out, a, b) => [larger(b, a), larger(a, b)]],
  "where": [
    (c, a, b) => (c > 0 ? a : b),
    (out, c) => (c > 0 ? [null, 1, null] : [null, null, 1]),
  ],

  "abs": [Math.abs, (out, x) => [sign(x)]],
  "exp": [Math.exp, (out) => [out]],
  "expm1": [Math.expm1, (out, x) => [Math.exp(x)]],
  "log": [log, (out, x) => [1 / x]],
  "log1p": [Math.log1p, (out, x) => [1 / (1 + x)]],
  "log2": [(x) => (x === 0 ? -Infinity : Math.log2(x)), (out, x) => [LOG2_E / x]],
  "log10": [(x) => (x === 0 ? -Infinity : Math.log10(x)), (out, x) => [LOG10_E / x]],
  "sqrt": [Math.sqrt, (out) => [0.5 / out]],
  "cbrt": [Math.cbrt, (out) => [1 / (3 * (out * out))]],
  "**": [power, (out, x, y) => [baseSlope(out, x, y), x === 0 && !(y < 0) ? 0 : out * log(x)]],
  "xlogy": [
    (x, y) => (x === 0 && y === y ? 0 : x * log(y)),
    (out, x, y) => [x === 0 && y <= 0 ? 0 : log(y), x / y],
  ],
  "hypot": [Math.hypot, (out, x, y) => (out === 0 ? [0, 0] : [x / out, y / out])],

  "sin": [Math.sin, (out, x) => [Math.cos(x)]],
  "cos": [Math.cos, (out, x) => [-Math.sin(x)]],
  "tan": [Math.tan, (out) => [1 + out * out]],
  "asin": [Math.asin, (out, x) => [1 / Math.sqrt(oneMinusSquare(x))]],
  "acos": [Math.acos, (out, x) => [-(1 / Math.sqrt(oneMinusSquare(x)))]],
  "1-x²": [oneMinusSquare, (out, x) => [-2 * x]],
  "atan": [Math.atan, (out, x) => [overSquare(1, Math.hypot(1, x))]],
  "atan2": [Math.atan2, (out, y, x) => turn(y, x, Math.hypot(y, x))],
  "sinh": [Math.sinh, (out, x) => [Math.cosh(x)]],
  "cosh": [Math.cosh, (out, x) => [Math.sinh(x)]],
  "tanh": [Math.tanh, (out, x) => [sech2(x)]],
  "sech2": [sech2, (out, x) => [-2 * out * Math.tanh(x)]],
  "asinh": [Math.asinh, (out, x) => [1 / Math.hypot(1, x)]],
  "acosh": [Math.acosh, (out, x) => [1 / Math.sqrt(x - 1) / Math.sqrt(x + 1)]],
  "atanh": [Math.atanh, (out, x) => [1 / oneMinusSquare(x)]],

  "sigmoid": [sigmoid, (out, x) => [sigmoidSlope(x)]],
  "sigmoid_slope": [sigmoidSlope, (out, x) => [-out * Math.tanh(0.5 * x)]],
  "softplus": [softplus, (out, x) => [sigmoid(x)]],
  "logsigmoid": [(x) => -softplus(-x), (out, x) => [sigmoid(-x)]],
  "silu": [
    (x) => (x === -Infinity ? -0 : x * sigmoid(x)),
    (out, x) => [sigmoid(x) + (Number.isFinite(x) ? x * sigmoidSlope(x) : 0)],
  ],
  "gelu": [
    (x) => (x === -Infinity ? -0 : x * normalCdf(x)),
    (out, x) => [normalCdf(x) + (Number.isFinite(x) ? x * normalPdf(x) : 0)],
  ],
  "gelu_tanh": [
    (x) => (x === -Infinity ? -0 : x * sigmoid(geluArgument(x))),
    (out, x) => [geluTanhSlope(x, geluArgument(x))],
  ],
  "mish": [
    (x) => (x === -Infinity ? -0 : x * Math.tanh(softplus(x))),
    (out, x) => [mishSlope(x, softplus(x))],
  ],
  "softsign": [
    (x) => (Math.abs(x) === Infinity ? Math.sign(x) : x / (1 + Math.abs(x))),
    (out, x) => [overSquare(1, 1 + x * sign(x))],
  ],
  "erf": [erf, (out, x) => [erfSlope(x)]],
  "erf_slope": [erfSlope, (out, x) => [-2 * (x * out)]],
  "normal_cdf": [normalCdf, (out, x) => [normalPdf(x)]],
  "normal_pdf": [normalPdf, (out, x) => [-x * out]],

  "relu": [(x) => (x <= 0 ? 0 : x), (out, x) => [step(x)]],
  "relu6": [(x) => (x <= 0 ? 0 : x >= 6 ? 6 : x), (out, x) => [inside(x, 0, 6)]],
  "selu": [
    (x) => (x <= 0 ? SELU_BELOW * Math.expm1(x) : SELU_ABOVE * x),
    (out, x) => [step(x) > 0 ? SELU_ABOVE : SELU_BELOW * Math.exp(x)],
  ],
  "hardsigmoid": [hardsigmoid, (out, x) => [between(x, -3, 3) * (1 / 6)]],
  "hardswish": [
    (x) => (x <= -3 ? -0 : x >= 3 ? x : (x * (x + 3)) / 6),
    (out, x) => [hardsigmoid(x) + (between(x, -3, 3) ? x : 0) * (1 / 6)],
  ],

  "floor": [Math.floor, () => [0]],
  "ceil": [Math.ceil, () => [0]],
  "round": [nearest, () => [0]],
  "//": [floorDivide, () => [0, 0]],
  "%": [remainder, (out, a, b) => [1, -floorDivide(a, b)]],
  "fmod": [
    (a, b) => a % b,
    (out, a, b) => [1, -(sign(a) * sign(b) * floorDivide(Math.abs(a), Math.abs(b)))],
  ],

  "softmax": [(x, top, above) => Math.exp(x - top - above), (out) => [out, null, -out]],
  "log_softmax": [(x, top, above) => x - top - above, () => [1, null, -1]],
};

// Ops of any number of operands: the same with an array of operands.
export const WIDE = {
  "sum": [total, (out, xs) => xs.map(() => 1)],
  "mean": [(xs) => total(xs) / xs.length, (out, xs) => xs.map(() => 1 / xs.length)],
  "prod": [(xs) => xs.reduce((a, b) => a * b, 1), (out, xs) => productsOfTheOthers(xs)],
  "norm": [(xs) => Math.hypot(...xs), (out, xs) => xs.map((x) => (out === 0 ? 0 : x / out))],
  "dot": [dot, (out, xs) => swapped(xs)],
  "max": [largest, equalShares],
  "min": [smallest, equalShares],
  "logsumexp": [(xs) => shift(xs) + excess(xs), (out, xs) => softmaxWeights(xs)],
  "shift": [shift, (out, xs) => xs.map(() => null)],
  "excess": [excess, (out, xs) => softmaxWeights(xs)],
  "pick": [
    (xs) => (Number.isInteger(at(xs)) && at(xs) < xs.length - 1 ? xs[at(xs)] ?? NaN : NaN),
    (out, xs) => xs.map((x, i) => (i < xs.length - 1 && i === at(xs) ? 1 : null)),
  ],
};

// Ops with constants, by the name of the function that makes them: constants => an op.
export const FAMILIES = {
  "pow_constant": (n) => [(x) => power(x, n), (out, x) => [n ? n * power(x, n - 1) : 0]],
  "pow_fraction": (n) => [(x) => power(x, n), (out, x) => [n * powerBelow(x, n)]],
  "_power_below": (n) => [(x) => powerBelow(x, n), (out, x) => [(n - 1) * (out / x)]],
  "leaky_relu_constant": (slope) => [
    (x) => (x <= 0 ? slope * x : x),
    (out, x) => [step(x) ? 1 : slope],
  ],
  "elu_constant": (alpha) => [
    (x) => (x <= 0 ? alpha * Math.expm1(x) : x),
    (out, x) => [step(x) ? 1 : alpha * Math.exp(x)],
  ],
  "celu_constant": (alpha) => [
    (x) => (x <= 0 ? alpha * Math.expm1(x / alpha) : x),
    (out, x) => [step(x) ? 1 : Math.exp(x / alpha)],
  ],
  "clip_constant": (low, high) => [
    (x) => clip(x, low, high),
    (out, x) => [between(x, low, high)],
  ],
  "hardtanh_constant": (low, high) => [
    (x) => clip(x, low, high),
    (out, x) => [inside(x, low, high)],
  ],
};

// The op of that name as {forward(array), slopes(out, array)}, or null if there is none.
export function javascriptForm(name, constants) {
  if (Object.hasOwn(WIDE, name)) return { forward: WIDE[name][0], slopes: WIDE[name][1] };
  let entry = null;
  if (Object.hasOwn(PRIMITIVES, name)) entry = PRIMITIVES[name];
  if (Object.hasOwn(FAMILIES, name)) entry = FAMILIES[name](...constants);
  if (!entry) return null;
  const [forward, slopes] = entry;
  return { forward: (xs) => forward(...xs), slopes: (out, xs) => slopes(out, ...xs) };
}

// --- slopes that need more than a line -----------------------------------------------------

// y·x^(y−1), for y < ½ as y·out/x: there y − 1 is rounded.
function baseSlope(out, x, y) {
  if (y === 0) return 0;
  const small = y < 0.5 && Number.isFinite(x) && Number.isFinite(y) && x !== 0;
  return small ? (y * out) / x : y * power(x, y - 1);
}

function turn(y, x, h) {
  return h === 0 ? [0, 0] : [overSquare(x, h), -overSquare(y, h)];
}

function geluArgument(x) {
  return GELU_LINEAR * x + GELU_CUBIC * (x * x * x);
}

function geluTanhSlope(x, v) {
  const slope = sigmoidSlope(v);
  if (!(slope > 0)) return 0.5 + 0.5 * sign(x);
  return sigmoid(v) + x * slope * (GELU_LINEAR + 3 * GELU_CUBIC * (x * x));
}

function mishSlope(x, s) {
  return Math.tanh(s) + (Number.isFinite(x) ? x * (sech2(s) * sigmoid(x)) : 0);
}

function hardsigmoid(x) {
  return x <= -3 ? 0 : x >= 3 ? 1 : (x + 3) / 6;
}

function swapped(xs) {
  const n = xs.length >> 1;
  const slopes = [...xs.slice(n, 2 * n), ...xs.slice(0, n)];
  return xs.length % 2 ? [...slopes, 1] : slopes;
}

function at(xs) {
  return xs[xs.length - 1];
}
