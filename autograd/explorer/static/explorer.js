// The explorer: toolbar, picture and panel, in a page of its own or as a widget.

import { Boxes, MOST_BOXES } from "./boxes.js";
import { isDark } from "./colour.js";
import { Graph } from "./graph.js";
import { layout } from "./layout.js";
import { Painter } from "./painter.js";
import { Panel, element } from "./panel.js";
import { bestPaths } from "./paths.js";
import { measure } from "./sizes.js";
import { KernelSource, LocalSource } from "./source.js";
import { Stepper } from "./stepper.js";
import { called, count, exact, number, stepInWords } from "./words.js";

// Boxes to which a graph is unfolded at first: the first of these with which it can be read.
const FIRST_BOXES = [120, 60, 30, 12, 0];
const READABLE = 0.36; // scale of a picture
const SPEEDS = [0.5, 1, 2, 4, 8, 16]; // steps a second
const KEYS = [
  ["Space", "play or pause"], ["n", "one step"], ["b", "one step back"], ["Home", "before the first step"],
  ["End", "after the last"], ["[ and ]", "slower, faster"], ["arrows", "choose the operand, the user, the neighbour"],
  ["Enter", "unfold or fold"], ["f", "fold as at first"], ["+ and −", "zoom"], ["0", "the whole picture"],
  ["v", "whole graph, around the chosen node, its paths"], ["w", "parameters on or off"], ["p", "predict first"],
  ["Esc", "choose nothing"], ["?", "these keys"],
];

export class Explorer {
  constructor(host, snapshot, sourceFor, options = {}) {
    this.graph = new Graph(snapshot);
    this.source = sourceFor(this.graph);
    this.boxes = new Boxes(this.graph, snapshot.unfold);
    this.stepper = new Stepper(this.graph);
    this.mode = { kind: "all" };
    this.selected = null; // a node, a part as ~part, or a group of leaves by its key
    this.revealed = new Set();
    this.score = { right: 0, asked: 0 };
    this.speed = 2;
    this.version = 0;
    this.predicting = Boolean(snapshot.predict || options.predict);
    this.build(host);
    this.unfoldReadably();
    this.paint();
    this.panel.show();
    this.say(this.announcement());
  }

  // --- the elements ------------------------------------------------------------------------

  build(host) {
    const button = (name, sign, title, action) =>
      (this[name] = element("button", { title, "aria-label": title, onclick: action }, sign));
    const speed = element("input", {
      type: "range", min: 0, max: SPEEDS.length - 1, step: 1, value: 2, "aria-label": "Speed",
      title: "Speed ([ and ])", oninput: () => (this.speed = speed.valueAsNumber),
    });
    this.speedInput = speed;
    const tools = element("div", { class: "ag-tools", role: "toolbar", "aria-label": "Backward pass" },
      button("resetButton", "Reset", "Reset: before the first step (Home)", () => this.goTo(0)),
      button("backButton", "Back", "Back (b)", () => this.back()),
      button("playButton", "Play", "Play or pause (Space)", () => this.play()),
      button("stepButton", "Step", "Step (n)", () => this.step()),
      button("endButton", "End", "End: after the last step (End)", () => this.goTo(this.stepper.length)),
      element("label", { class: "ag-speed" }, "speed ", speed),
      element("span", { class: "ag-gap" }),
      button("predictButton", "Predict first", "Hide gradients, and predict them (p)", () => this.predict()),
      button("parametersButton", "Parameters", "Show or hide parameters (w)", () => this.toggleParameters()),
      button("foldButton", "Fold", "Fold as at first (f)", () => this.foldAll()),
      button("fitButton", "Fit", "The whole picture (0)", () => this.fit()),
      button("helpButton", "?", "Keys (?)", () => (this.help.hidden = !this.help.hidden)));
    this.status = element("p", { class: "ag-status", role: "status", "aria-live": "polite" });
    this.canvas = element("canvas", {
      tabindex: 0, role: "application", "aria-roledescription": "graph",
      "aria-label": this.label(),
    });
    const zooms = element("div", { class: "ag-zooms" },
      element("button", { "aria-label": "Zoom in", onclick: () => this.zoom(1.25) }, "+"),
      element("button", { "aria-label": "Zoom out", onclick: () => this.zoom(0.8) }, "−"));
    this.help = element("dl", { class: "ag-help", hidden: true },
      ...KEYS.flatMap(([key, what]) => [element("dt", {}, key), element("dd", {}, what)]));
    const side = element("aside", { class: "ag-panel", "aria-label": "What is chosen" });
    this.panel = new Panel(side, this);
    this.root = element("section", { class: "ag", "aria-label": this.label(), onkeydown: (event) => this.onKey(event) },
      tools, this.status,
      element("div", { class: "ag-main" }, element("div", { class: "ag-stage" }, this.canvas, zooms, this.help), side));
    host.append(this.root);
    this.painter = new Painter(this.canvas, this.graph);
    this.listen();
  }

  label() {
    return `${this.graph.title || "Computation graph"}, ${count(this.graph.size, "node")}: explorer of the backward pass`;
  }

  listen() {
    const { canvas } = this;
    const points = new Map();
    let moved = 0;
    let spread = 0;
    const place = (event) => [event.offsetX, event.offsetY];
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture?.(event.pointerId);
      points.set(event.pointerId, place(event));
      moved = 0;
      spread = 0;
    });
    canvas.addEventListener("pointermove", (event) => {
      const [x, y] = place(event);
      const before = points.get(event.pointerId);
      if (!before) {
        this.hover(this.painter.boxAt(this.scene, x, y));
        return;
      }
      points.set(event.pointerId, [x, y]);
      moved += Math.abs(x - before[0]) + Math.abs(y - before[1]);
      const all = [...points.values()];
      if (all.length > 1) {
        const now = Math.hypot(all[0][0] - all[1][0], all[0][1] - all[1][1]);
        if (spread) this.painter.zoom(now / spread, (all[0][0] + all[1][0]) / 2, (all[0][1] + all[1][1]) / 2);
        spread = now;
      } else if (moved > 4) {
        this.painter.x += x - before[0];
        this.painter.y += y - before[1];
      }
      this.soon();
    });
    const up = (event) => {
      const wasDown = points.delete(event.pointerId);
      if (event.type === "pointerup" && wasDown && moved <= 4) this.click(...place(event));
    };
    canvas.addEventListener("pointerup", up);
    canvas.addEventListener("pointercancel", up);
    canvas.addEventListener("dblclick", (event) => {
      const box = this.scene.boxes[this.painter.boxAt(this.scene, ...place(event))];
      if (box) this.openOrFold(box);
    });
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      const [x, y] = place(event);
      if (event.ctrlKey || event.metaKey || event.deltaMode === 0) this.painter.zoom(Math.exp(-event.deltaY / 400), x, y);
      else this.painter.zoom(event.deltaY < 0 ? 1.15 : 0.87, x, y);
      this.soon();
    }, { passive: false });
    this.observer = new ResizeObserver(() => this.onResize());
    this.observer.observe(canvas);
    this.darkness = matchMedia("(prefers-color-scheme: dark)");
    this.onTheme = () => this.soon();
    this.darkness.addEventListener("change", this.onTheme);
    this.themes = new MutationObserver(this.onTheme);
    for (const host of [document.documentElement, document.body]) {
      this.themes.observe(host, { attributes: true });
    }
  }

  destroy() {
    clearTimeout(this.timer);
    this.observer.disconnect();
    this.themes.disconnect();
    this.darkness.removeEventListener("change", this.onTheme);
    this.root.remove();
  }

  onResize() {
    const wide = this.canvas.clientWidth;
    if (wide && wide !== this.lastWidth) this.painter.fit(this.layout);
    this.lastWidth = wide;
    this.paint();
  }

  // --- what is shown -----------------------------------------------------------------------

  rebuild() {
    this.boxes.parameters = this.parametersShown ?? true;
    this.boxes.part = this.partOfMode();
    const scene = this.boxes.scene();
    measure(this.painter.context, scene, this.graph);
    this.scene = scene;
    this.layout = layout(scene, this.graph.parts);
    this.boxOfLeaf = new Map();
    scene.boxes.forEach((box, i) => {
      for (const leaf of box.kind === "part" ? [] : box.nodes ?? []) {
        if (!this.boxOfLeaf.has(leaf)) this.boxOfLeaf.set(leaf, i);
      }
    });
    this.edgeOf = new Map();
    scene.edges.forEach(({ edges }, i) => edges.forEach((edge) => this.edgeOf.set(edge, i)));
    this.noteLog();
  }

  noteLog() {
    const { graph } = this;
    this.eventOf = new Int32Array(graph.from.length).fill(graph.log.length + 1);
    graph.log.forEach((event, i) => event >= 0 && (this.eventOf[event] = i));
    const finite = (x) => (Number.isFinite(x) ? Math.abs(x) : 0);
    this.largest = this.scene.boxes.reduce((m, box) => (box.kind === "node" ? Math.max(m, finite(graph.grad[box.node])) : m), 0);
    const many = this.scene.boxes.filter((box) => box.kind !== "node");
    this.largestTypical = many.reduce((m, box) => Math.max(m, finite(this.norm(box, graph.grad) / Math.sqrt(box.nodes.length))), 0);
  }

  partOfMode() {
    const { kind, node } = this.mode;
    if (kind === "around") return this.boxes.neighbourhood(node, 2);
    if (kind !== "paths") return null;
    const { best } = bestPaths(this.graph, node);
    const shown = new Set([node, this.graph.root]);
    for (const { nodes } of best) nodes.slice(0, 200).forEach((i) => shown.add(i));
    return shown;
  }

  get selectedBox() {
    const i = this.selectedIndex;
    return i < 0 ? null : this.scene.boxes[i];
  }

  get selectedIndex() {
    const { selected, scene } = this;
    if (selected === null) return -1;
    if (typeof selected === "string") return scene.boxes.findIndex((box) => box.kind === "leaves" && box.key === selected);
    if (selected < 0) return scene.boxes.findIndex((box) => box.kind === "part" && box.part === ~selected);
    if (this.graph.isLeaf(selected) && selected !== this.graph.root) return this.boxOfLeaf.get(selected) ?? -1;
    return scene.boxOf[selected];
  }

  hides(node) {
    return this.predicting && !this.revealed.has(node) && node !== this.graph.root && !this.graph.isConstant(node);
  }

  hidesBox(box) {
    if (!this.predicting) return false;
    return box.kind === "node" ? this.hides(box.node) : true;
  }

  norm(box, grads) {
    let sum = 0;
    for (const node of box.nodes) sum += grads[node] * grads[node];
    return Math.sqrt(sum);
  }

  passed(edge) {
    const { stepper, graph } = this;
    if (edge.edges.length === 1) {
      const [e] = edge.edges;
      if (this.eventOf[e] >= stepper.at || (this.predicting && this.hides(graph.from[e]))) return 0;
      return graph.grad[graph.to[e]] * graph.partial[e];
    }
    if (this.predicting) return 0;
    let sum = 0;
    for (const e of edge.edges) {
      if (this.eventOf[e] < stepper.at) sum += (graph.grad[graph.to[e]] * graph.partial[e]) ** 2;
    }
    return Math.sqrt(sum);
  }

  stateOf(box) {
    const { stepper } = this;
    if (stepper.isAtEnd) return "complete";
    if (box.kind === "node") return stepper.state(box.node);
    let untouched = true;
    let complete = true;
    for (const node of box.nodes) {
      const state = stepper.state(node);
      untouched &&= state === "untouched";
      complete &&= state === "complete";
    }
    return untouched ? "untouched" : complete ? "complete" : "growing";
  }

  paint() {
    const { stepper } = this;
    this.root.toggleAttribute("data-dark", isDark());
    this.painter.paint({
      scene: this.scene,
      layout: this.layout,
      selected: this.selectedIndex,
      hovered: this.hovered ?? -1,
      largest: this.largest,
      largestTypical: this.largestTypical,
      marked: this.marked,
      active: this.active(),
      passed: (edge) => this.passed(edge),
      stateOf: (box) => this.stateOf(box),
      hides: (box) => this.hidesBox(box),
      normOf: (box) => this.norm(box, stepper.sum),
      gradientOf: (box) => box.kind === "node" ? stepper.sum[box.node] : this.norm(box, stepper.sum) / Math.sqrt(box.nodes.length),
    });
    this.backButton.disabled = this.resetButton.disabled = stepper.at === 0;
    this.stepButton.disabled = this.endButton.disabled = stepper.isAtEnd;
    this.playButton.textContent = this.timer ? "Pause" : "Play";
    this.predictButton.setAttribute("aria-pressed", String(this.predicting));
    this.parametersButton.setAttribute("aria-pressed", String(this.boxes.parameters));
  }

  soon() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.paint();
    });
  }

  // The step that was just made, as it is painted.
  active() {
    const step = this.isStepping && this.stepper.last;
    if (!step) return null;
    const edge = step.isChange ? -1 : this.edgeOf.get(step.event) ?? -1;
    const to = edge >= 0 ? this.scene.edges[edge].source : this.indexOf(step.to);
    if (to < 0) return null;
    const hidden = this.hides(step.to);
    const sum = step.nth > 1 || step.of > 1 ? `${number(step.before)} + ${number(step.contribution)} = ${number(step.after)}` : "";
    return {
      edge,
      to,
      product: step.isChange ? `→ ${number(step.after)}` : `${number(step.upstream)} × ${number(step.local)} = ${hidden ? "?" : number(step.contribution)}`,
      sum: step.isChange || hidden ? "" : sum,
    };
  }

  indexOf(node) {
    const i = this.scene.boxOf[node];
    return i >= 0 ? i : this.boxOfLeaf.get(node) ?? -1;
  }

  say(text) {
    this.status.textContent = text;
  }

  announcement() {
    const { graph } = this;
    const folded = this.scene.boxes.filter((box) => box.kind === "part").length;
    const hidden = folded ? ` ${count(folded, "folded box")} (Enter unfolds).`.replace("boxs", "boxes") : "";
    const what = this.predicting ? "Choose a node and predict its gradient." : "Press Step to see the chain rule at work, one edge at a time.";
    return `${count(graph.size, "node")}, ${count(graph.log.length, "step")} of the backward pass.${hidden} ${what}`;
  }

  // --- stepping ----------------------------------------------------------------------------

  // The next step that can be seen: not inside a folded box.
  step() {
    const { stepper } = this;
    if (stepper.isAtEnd) return false;
    if (!this.isStepping && stepper.at === stepper.length) stepper.go(0);
    do stepper.forth();
    while (!stepper.isAtEnd && !this.isVisible(stepper.at - 1));
    const { to } = stepper.last;
    if (stepper.waiting[to] === 0) this.revealed.add(to); // a step tells, prediction or not
    this.afterStep();
    return true;
  }

  back() {
    const { stepper } = this;
    if (stepper.at === 0) return;
    do stepper.back();
    while (stepper.at > 0 && !this.isVisible(stepper.at - 1));
    this.afterStep();
  }

  isVisible(i) {
    const event = this.graph.log[i];
    return event < 0 ? this.indexOf(~event) >= 0 : this.edgeOf.has(event);
  }

  goTo(at) {
    this.pause();
    this.stepper.go(at);
    this.afterStep();
    if (at > 0) {
      this.isStepping = false;
      this.paint();
      this.say(`End of the backward pass: ${count(at, "step")}, all gradients are complete.`);
    }
  }

  afterStep() {
    this.isStepping = true;
    this.marked = null;
    const active = this.active();
    if (active) {
      const { scene } = this;
      const ends = active.edge >= 0 ? [scene.edges[active.edge].source, scene.edges[active.edge].target] : [active.to];
      this.painter.show(ends.map((i) => scene.boxes[i]));
    }
    this.say(stepInWords(this.graph, this.stepper));
    this.paint();
  }

  play() {
    if (this.timer) return this.pause();
    if (this.stepper.isAtEnd) this.stepper.go(0);
    const tick = () => {
      if (!this.step()) return this.pause();
      this.timer = setTimeout(tick, 1000 / SPEEDS[this.speed]);
    };
    this.timer = setTimeout(tick, 0);
    this.paint();
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = null;
    this.paint();
  }

  // --- choosing, folding, views ------------------------------------------------------------

  click(x, y) {
    const i = this.painter.boxAt(this.scene, x, y);
    const part = i < 0 ? this.painter.clusterAt(this.layout, x, y) : -1;
    if (part >= 0 && this.mode.kind === "all") this.toggle(part);
    else this.select(i);
  }

  hover(i) {
    if (i === this.hovered) return;
    this.hovered = i;
    this.canvas.style.cursor = i >= 0 ? "pointer" : "grab";
    this.soon();
  }

  select(i) {
    const box = this.scene.boxes[i];
    this.selected = !box ? null : box.kind === "part" ? ~box.part : box.kind === "leaves" ? box.key : box.node;
    this.marked = null;
    if (box) {
      this.painter.show([box], false);
      this.say(this.inWords(box));
    }
    this.panel.show();
    this.paint();
  }

  inWords(box) {
    const { graph } = this;
    if (box.kind !== "node") return `${box.title}: ${box.about.join("; ")}. Enter unfolds.`;
    const grad = graph.isConstant(box.node) ? "constant" : `gradient ${this.hides(box.node) ? "hidden" : number(graph.grad[box.node])}`;
    return `${called(graph, box.node)}: data ${number(graph.data[box.node])}, ${grad}.`;
  }

  // Choose a node wherever it is: what it is folded into is unfolded.
  choose(node) {
    const { graph } = this;
    if (this.boxes.part && !this.boxes.part.has(node)) this.mode = { kind: "all" };
    const uses = graph.isLeaf(node) ? graph.uses(node) : [];
    const part = graph.isLeaf(node) && uses.length ? graph.part[graph.to[uses[0]]] : graph.part[node];
    this.boxes.unfoldDownTo(part);
    this.selected = node;
    this.rebuild();
    const i = this.selectedIndex;
    if (i >= 0) {
      const box = this.scene.boxes[i];
      if (box.kind === "leaves") {
        this.boxes.opened.add(box.key);
        this.rebuild();
      }
    }
    const box = this.selectedBox;
    if (box) this.painter.show([box]);
    this.panel.show();
    this.paint();
  }

  toggle(part) {
    if (!this.boxes.toggle(part)) {
      this.say(`More than ${MOST_BOXES.toLocaleString("en")} boxes: fold something else first, or choose a part of it.`);
      return;
    }
    const isOpen = this.boxes.unfolded.has(part);
    this.selected = isOpen ? null : ~part;
    this.rebuild();
    const cluster = this.layout.clusters.find((c) => c.part === part);
    if (cluster) this.painter.show([{ x: cluster.x + cluster.w / 2, y: cluster.y + cluster.h / 2, w: cluster.w, h: cluster.h }]);
    else if (this.selectedBox) this.painter.show([this.selectedBox]);
    this.say(`${this.graph.parts[part].name} ${isOpen ? "unfolded" : "folded"}: ${count(this.scene.boxes.length, "box").replace("boxs", "boxes")}.`);
    this.panel.show();
    this.paint();
  }

  open(box) {
    this.boxes.opened.add(box.key);
    this.selected = null;
    this.rebuild();
    this.panel.show();
    this.paint();
  }

  openOrFold(box) {
    if (box.kind === "part") this.toggle(box.part);
    else if (box.kind === "leaves") this.open(box);
    else if (box.container >= 0 && this.mode.kind === "all") this.toggle(box.container);
  }

  unfoldReadably() {
    for (const most of FIRST_BOXES) {
      this.boxes.unfoldReadably(most);
      this.rebuild();
      this.painter.fit(this.layout);
      if (this.painter.scale >= READABLE || this.boxes.unfolded.size === 0) return;
    }
  }

  foldAll() {
    this.mode = { kind: "all" };
    this.boxes.opened.clear();
    this.selected = null;
    this.unfoldReadably();
    this.paint();
    this.panel.show();
  }

  view(kind, node) {
    this.mode = { kind, node };
    this.selected = node;
    if (kind === "all") this.boxes.unfoldDownTo(this.graph.part[node]);
    this.rebuild();
    this.fit();
    const words = { all: "The whole graph.", around: "What is within two edges.", paths: "The paths that contribute most to its gradient." }[kind];
    this.say(`${words} ${count(this.scene.boxes.length, "box").replace("boxs", "boxes")}.`);
    this.panel.show();
  }

  mark(path) {
    for (const node of path.nodes.slice(0, 400)) this.boxes.count() < MOST_BOXES / 2 && this.boxes.unfoldDownTo(this.graph.part[node]);
    this.marked = new Set(path.edges);
    this.rebuild();
    const boxes = path.nodes.map((node) => this.scene.boxes[this.indexOf(node)]).filter(Boolean);
    if (boxes.length) this.painter.show(boxes, false);
    this.paint();
  }

  toggleParameters() {
    this.parametersShown = !(this.parametersShown ?? true);
    this.rebuild();
    this.fit();
  }

  fit() {
    this.painter.fit(this.layout);
    this.paint();
  }

  zoom(factor) {
    this.painter.zoom(factor);
    this.paint();
  }

  // --- numbers -----------------------------------------------------------------------------

  set(leaf, x) {
    this.source.set(leaf, x, (notice) => this.renew(notice));
  }

  renew(notice = "") {
    const { stepper, graph } = this;
    this.version++;
    stepper.reset(stepper.isAtEnd ? null : stepper.at);
    this.noteLog();
    this.paint();
    this.panel.refresh();
    this.say(notice || `Output ${called(graph, graph.root)} = ${exact(graph.data[graph.root])}.`);
  }

  // --- predict first -----------------------------------------------------------------------

  predict() {
    this.predicting = !this.predicting;
    this.revealed.clear();
    this.score = { right: 0, asked: 0 };
    if (this.predicting) this.goTo(this.stepper.length);
    this.say(this.announcement());
    this.panel.show();
    this.paint();
  }

  count(isRight) {
    this.score.asked++;
    if (isRight) this.score.right++;
  }

  reveal(node, answer) {
    this.revealed.add(node);
    const { right, asked } = this.score;
    this.say(`${answer.textContent} ${right} of ${asked} right so far.`);
    this.paint();
    this.panel.show();
    this.panel.host.prepend(answer);
  }

  // --- keyboard ----------------------------------------------------------------------------

  onKey(event) {
    const typing = event.target.matches("input, select, textarea");
    const onControl = event.target.matches("button, summary") && [" ", "Enter"].includes(event.key);
    if (typing || onControl || event.ctrlKey || event.metaKey || event.altKey) return;
    const actions = {
      " ": () => this.play(), n: () => (this.pause(), this.step()), ".": () => (this.pause(), this.step()),
      b: () => (this.pause(), this.back()), ",": () => (this.pause(), this.back()),
      Home: () => this.goTo(0), End: () => this.goTo(this.stepper.length),
      "[": () => this.changeSpeed(-1), "]": () => this.changeSpeed(1),
      "+": () => this.zoom(1.25), "=": () => this.zoom(1.25), "-": () => this.zoom(0.8), 0: () => this.fit(),
      ArrowLeft: () => this.move("operand"), ArrowRight: () => this.move("user"),
      ArrowUp: () => this.move(-1), ArrowDown: () => this.move(1),
      Enter: () => this.selectedBox && this.openOrFold(this.selectedBox),
      f: () => this.foldAll(), v: () => this.cycleView(), w: () => this.toggleParameters(), p: () => this.predict(),
      Escape: () => this.select(-1), "?": () => (this.help.hidden = !this.help.hidden),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    event.stopPropagation(); // a notebook has keys of its own
    action();
  }

  changeSpeed(by) {
    this.speed = Math.max(0, Math.min(SPEEDS.length - 1, this.speed + by));
    this.speedInput.value = this.speed;
    this.say(`Speed: ${SPEEDS[this.speed]} steps a second.`);
  }

  cycleView() {
    const node = this.selected;
    if (typeof node !== "number" || node < 0) return this.say("Choose a node first.");
    const next = { all: "around", around: node === this.graph.root ? "all" : "paths", paths: "all" };
    this.view(next[this.mode.kind], node);
  }

  move(way) {
    const { scene } = this;
    const here = this.selectedIndex;
    if (here < 0) return this.select(this.indexOf(this.graph.root));
    const box = scene.boxes[here];
    let choice = -1;
    if (way === "operand") choice = scene.edges.find((edge) => edge.target === here)?.source ?? -1;
    else if (way === "user") choice = scene.edges.find((edge) => edge.source === here)?.target ?? -1;
    else {
      let best = Infinity;
      scene.boxes.forEach((other, i) => {
        const down = (other.y - box.y) * way;
        const away = down + 4 * Math.abs(other.x - box.x);
        if (down > 1 && away < best) [best, choice] = [away, i];
      });
    }
    if (choice >= 0) this.select(choice);
  }
}

// A page of its own: the snapshot stands in it.
export function startPage() {
  const snapshot = JSON.parse(document.getElementById("snapshot").textContent);
  window.explorer = new Explorer(document.querySelector("main"), snapshot, (graph) => new LocalSource(graph));
}

// A widget: the snapshot, and who answers questions about it, is a model of anywidget.
export function renderWidget({ model, el }) {
  const snapshot = JSON.parse(model.get("snapshot"));
  const explorer = new Explorer(el, snapshot, (graph) => new KernelSource(model, graph));
  el.explorer = explorer;
  return () => explorer.destroy();
}
