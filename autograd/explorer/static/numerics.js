// Float functions that JavaScript does not have, or not as IEEE 754 and Python have them:
// the counterpart of autograd/numerics.py, whose formulas (and reasons) these are.

const TWO_OVER_SQRT_PI = 1.1283791670955126;
const INVERSE_SQRT_PI = 0.5641895835477563;
const INVERSE_SQRT_2PI = 0.3989422804014327;
const SQRT_HALF = 0.7071067811865476; // √½, and the same as a sum of two floats
const SQRT_HALF_HEAD = 0.7071067839860916;
const SQRT_HALF_TAIL = -2.799544089368687e-9;
export const LOG2_E = 1.4426950408889634;
export const LOG10_E = 0.4342944819032518;
export const GELU_LINEAR = 1.5957691216057308;
export const GELU_CUBIC = 0.07135481627260025;
export const SELU_ABOVE = 1.0507009873554805;
export const SELU_BELOW = 1.7580993408473768;

// As C's pow: 1 to any power and any number to the 0 is 1, which Math.pow calls nan.
export function power(x, y) {
  if (x === 1) return 1;
  if (x === -1 && (y === Infinity || y === -Infinity)) return 1;
  return Math.pow(x, y);
}

export function powerBelow(x, n) {
  const whole = power(x, n);
  return Number.isFinite(whole) && whole !== 0 ? whole / x : power(x, n - 1);
}

// Python's // and %: towards −∞, with the sign of the divisor.
export function floorDivide(a, b) {
  if (b === 0) return a / b;
  const rest = a % b;
  let quotient = (a - rest) / b;
  if (rest !== 0 && rest < 0 !== b < 0) quotient -= 1;
  if (quotient === 0) return a / b < 0 || Object.is(a / b, -0) ? -0 : 0;
  const floor = Math.floor(quotient);
  return quotient - floor > 0.5 ? floor + 1 : floor;
}

export function remainder(a, b) {
  if (b === 0) return NaN;
  const rest = a % b;
  if (rest === 0) return b < 0 ? -0 : 0;
  return rest < 0 !== b < 0 ? rest + b : rest;
}

// The nearest whole number; of two equally near, the even one.
export function nearest(x) {
  if (!(Math.abs(x) < 4503599627370496)) return x;
  const below = Math.floor(x);
  const rest = x - below;
  const up = rest > 0.5 || (rest === 0.5 && below % 2 !== 0);
  const whole = Math.abs(below + (up ? 1 : 0));
  return x < 0 || Object.is(x, -0) ? -whole : whole;
}

export const step = (x) => (x <= 0 ? 0 : 1);
export const larger = (a, b) => (a < b ? 0 : a === b ? 0.5 : 1);
export const between = (x, low, high) => (low < x && x < high ? 1 : 0);
export const inside = (x, low, high) => (x === x ? between(x, low, high) : 1);
export const sign = (x) => (x > 0 ? 1 : x < 0 ? -1 : x === 0 ? 0 : x);
export const clip = (x, low, high) => (x < low ? low : x > high ? high : x);
export const maximum = (a, b) => (a < b || b !== b ? b : a);
export const minimum = (a, b) => (b < a || b !== b ? b : a);
export const log = (x) => (x === 0 ? -Infinity : Math.log(x));
export const oneMinusSquare = (x) => (1 - x) * (1 + x);
export const overSquare = (x, y) => x / y / y;

export function sech2(x) {
  const e = Math.exp(-2 * Math.abs(x));
  return (4 * e) / ((1 + e) * (1 + e));
}

export function sigmoid(x) {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

export function sigmoidSlope(x) {
  const e = Math.exp(-Math.abs(x));
  return e / ((1 + e) * (1 + e));
}

export const softplus = (x) => (x <= 0 ? 0 : x) + Math.log1p(Math.exp(-Math.abs(x)));

// exp(−c·x²) for c = ½ or 1: x² in two parts, of which the larger is exact.
export function gaussian(x, c) {
  x = Math.abs(x);
  if (!(x < 40)) return x === x ? 0 : x;
  const h = Math.floor(32 * x) / 32;
  return Math.exp(-c * (h * h)) * Math.exp(-c * ((x - h) * (x + h)));
}

// Near 0, Kummer's series 2/√π·exp(−x²)·x·Σ (2x²)ᵏ/(1·3·…·(2k+1)): all terms have one sign.
// (Abramowitz and Stegun, 7.1.6)
export function erf(x) {
  const size = Math.abs(x);
  if (!(size < 2.2)) return x !== x ? x : x > 0 ? 1 - erfc(x) : erfc(-x) - 1;
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-18; k++) {
    term *= (2 * x * x) / (2 * k + 1);
    sum += term;
  }
  return TWO_OVER_SQRT_PI * gaussian(x, 1) * x * sum;
}

// Further out, Laplace's continued fraction exp(−x²)/√π / (x + ½/(x + 1/(x + 3/2/(x + …)))),
// from its inner end; the nearer to 0, the more of it. (Abramowitz and Stegun, 7.1.14)
export function erfc(x) {
  if (x < 0.5) return x < -6 ? 2 : 1 - erf(x);
  if (!(x < 28)) return x === x ? 0 : x;
  let denominator = x;
  for (let k = Math.ceil(180 / (x * x)) + 12; k > 0; k--) denominator = x + k / 2 / denominator;
  return (gaussian(x, 1) * INVERSE_SQRT_PI) / denominator;
}

export const erfSlope = (x) => TWO_OVER_SQRT_PI * gaussian(x, 1);
export const normalPdf = (x) => INVERSE_SQRT_2PI * gaussian(x, 0.5);

export function normalCdf(x) {
  const y = -x * SQRT_HALF;
  if (!(y > -28 && y < 28)) return 0.5 * erfc(y);
  const wide = 134217729 * x;
  const h = wide - (wide - x);
  const rest = -(h * SQRT_HALF_HEAD + y + (x - h) * SQRT_HALF_HEAD + x * SQRT_HALF_TAIL);
  return 0.5 * erfc(y) - rest * INVERSE_SQRT_PI * Math.exp(-y * y);
}

// --- many operands -------------------------------------------------------------------------

export function total(xs) {
  let sum = 0;
  for (const x of xs) sum += x;
  return sum;
}

export function dot(xs) {
  const n = xs.length >> 1;
  let sum = xs.length % 2 ? xs[xs.length - 1] : 0;
  for (let i = 0; i < n; i++) sum += xs[i] * xs[n + i];
  return sum;
}

export const largest = (xs) => xs.reduce((a, b) => (a !== a ? a : b !== b || b > a ? b : a));
export const smallest = (xs) => xs.reduce((a, b) => (a !== a ? a : b !== b || b < a ? b : a));

export function shift(xs) {
  const top = largest(xs);
  return Number.isFinite(top) ? top : 0;
}

// ln Σ e^(xᵢ − top): log1p takes the largest on, which is 1, so that nothing small is lost.
export function excess(xs) {
  const top = shift(xs);
  const terms = xs.map((x) => Math.exp(x - top));
  const one = terms.indexOf(1);
  if (one < 0) return log(total(terms));
  terms.splice(one, 1);
  return Math.log1p(total(terms));
}

export function softmaxWeights(xs) {
  const top = shift(xs);
  const terms = xs.map((x) => Math.exp(x - top));
  const sum = total(terms);
  return terms.map((term) => term / sum);
}

export function equalShares(out, xs) {
  const count = xs.filter((x) => x === out).length;
  return xs.map((x) => (x === out ? 1 : 0) / count);
}

export function productsOfTheOthers(xs) {
  const found = new Array(xs.length);
  let before = 1;
  for (let i = 0; i < xs.length; i++) {
    found[i] = before;
    before *= xs[i];
  }
  let after = 1;
  for (let i = xs.length - 1; i >= 0; i--) {
    found[i] *= after;
    after *= xs[i];
  }
  return found;
}
