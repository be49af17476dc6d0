// Blue for positive gradients, orange for negative ones: a pair that can be told apart with
// every kind of colour blindness. Many nodes in one box are violet: a size has no sign. What
// is not finite is yellow on black.

const LIGHT = {
  paper: "#ffffff", ink: "#1f2328", faint: "#59636e", line: "#8c959f", noLine: "#d8dde3",
  neutral: "#f3f4f6", positive: "#74b3ea", negative: "#f7a35c", positiveLine: "#0d6ab8",
  negativeLine: "#c2560c", large: "#c3a6e8", cluster: "#f8f9fb", clusterLine: "#afb8c1",
  mark: "#b5103f", unknown: "#ffffff", shadow: "#c9d1d9",
};
const DARK = {
  paper: "#0d1117", ink: "#f0f3f6", faint: "#a9b4c0", line: "#7d8590", noLine: "#30363d",
  neutral: "#21262d", positive: "#1f5f99", negative: "#8f4a0c", positiveLine: "#58a6ff",
  negativeLine: "#f0883e", large: "#5a3d8a", cluster: "#12171e", clusterLine: "#484f58",
  mark: "#ff7b9c", unknown: "#0d1117", shadow: "#30363d",
};
const ALARM = { fill: "#111111", ink: "#ffe45c" };
const DECADES = 6;

// The colours in which to paint, by day or by night.
export function palette() {
  return isDark() ? DARK : LIGHT;
}

// As the notebook says, else as the system does.
export function isDark() {
  const jupyter = document.querySelector("body[data-jp-theme-light]");
  if (jupyter) return jupyter.dataset.jpThemeLight === "false";
  const says = (word) => `html.${word}, body.${word}, html[theme="${word}"], body.vscode-${word}`;
  if (document.querySelector(says("dark"))) return true;
  if (document.querySelector(says("light"))) return false;
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

// A node's fill and ink; the root spreads small gradients out.
export function fill(colours, gradient, largest) {
  if (!Number.isFinite(gradient)) return ALARM;
  if (gradient === 0 || largest === 0) return { fill: colours.neutral, ink: colours.ink };
  const strength = Math.sqrt(Math.min(Math.abs(gradient) / largest, 1));
  const strong = gradient > 0 ? colours.positive : colours.negative;
  return { fill: mix(colours.neutral, strong, strength), ink: colours.ink };
}

// Of many nodes: by decades of their typical gradient.
export function fillBySize(colours, size, largest) {
  if (!Number.isFinite(size)) return ALARM;
  if (size === 0 || largest === 0) return { fill: colours.neutral, ink: colours.ink };
  const decades = Math.log10(Math.min(size / largest, 1) || 5e-324);
  const strength = Math.max(0, 1 + decades / DECADES);
  return { fill: mix(colours.neutral, colours.large, strength), ink: colours.ink };
}

// An edge's colour and width by what it passes back.
export function stroke(colours, contribution, largest) {
  if (!Number.isFinite(contribution)) return { colour: colours.ink, width: 2.5 };
  if (contribution === 0 || largest === 0) return { colour: colours.noLine, width: 1 };
  const strength = Math.sqrt(Math.min(Math.abs(contribution) / largest, 1));
  const strong = contribution > 0 ? colours.positiveLine : colours.negativeLine;
  return { colour: mix(colours.noLine, strong, 0.25 + 0.75 * strength), width: 1 + 2 * strength };
}

const mixed = new Map();

function mix(start, end, t) {
  const key = `${start}${end}${Math.round(t * 64)}`;
  if (!mixed.has(key)) {
    const part = (colour, i) => parseInt(colour.slice(i, i + 2), 16);
    const at = Math.round(t * 64) / 64;
    const channel = (i) => Math.round(part(start, i) + (part(end, i) - part(start, i)) * at);
    const hex = [1, 3, 5].map((i) => channel(i).toString(16).padStart(2, "0"));
    mixed.set(key, `#${hex.join("")}`);
  }
  return mixed.get(key);
}
