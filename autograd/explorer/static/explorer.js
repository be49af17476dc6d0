// The explorer: what is chosen, what is folded, at which step; and what changes when that does.

import { Boxes } from "./boxes.js";
import { isDark } from "./colour.js";
import { build, refreshToolbar } from "./frame.js";
import { Graph } from "./graph.js";
import { actionOf, isCommand, neighbour } from "./keys.js";
import { Painter } from "./painter.js";
import { Panel } from "./panel.js";
import { Picture } from "./picture.js";
import { Player } from "./player.js";
import { listenToPointers, listenToSurroundings } from "./pointer.js";
import { Quiz } from "./quiz.js";
import { Stepper } from "./stepper.js";
import { announcement, boxInWords } from "./telling.js";
import { Views } from "./views.js";
import { called, count, exact, stepInWords } from "./words.js";

export class Explorer {
  constructor(host, snapshot, sourceFor, options = {}) {
    this.graph = new Graph(snapshot);
    this.source = sourceFor(this.graph);
    this.boxes = new Boxes(this.graph, snapshot.unfold);
    this.stepper = new Stepper(this.graph);
    this.quiz = new Quiz(this.graph, Boolean(snapshot.predict || options.predict));
    this.picture = new Picture(this.graph, this.boxes, this.stepper, this.quiz);
    this.player = new Player(this);
    this.views = new Views(this);
    this.selected = null; // a node, a part as ~part, or a group of leaves by its key
    this.version = 0; // of the numbers
    build(this, host);
    this.panel = new Panel(this.side, this);
    this.painter = new Painter(this.canvas, this.graph);
    listenToPointers(this);
    this.deafen = listenToSurroundings(this.canvas, () => this.onResize(), () => this.soon());
    this.views.unfoldReadably();
    this.lastWidth = this.canvas.clientWidth;
    this.refresh();
    this.say(announcement(this));
  }

  destroy() {
    clearTimeout(this.player.timer);
    this.deafen();
    this.root.remove();
  }

  // --- what is shown -----------------------------------------------------------------------

  get scene() {
    return this.picture.scene;
  }

  get selectedIndex() {
    return this.picture.indexOfChoice(this.selected);
  }

  get selectedBox() {
    return this.scene.boxes[this.selectedIndex] ?? null;
  }

  rebuild() {
    this.views.rebuild();
  }

  paint() {
    const { picture } = this;
    this.root.toggleAttribute("data-dark", isDark());
    this.painter.paint({
      scene: picture.scene,
      layout: picture.layout,
      selected: this.selectedIndex,
      hovered: this.hovered ?? -1,
      largest: picture.largest,
      largestTypical: picture.largestTypical,
      marked: this.marked,
      active: this.isStepping ? picture.active() : null,
      passed: (edge) => picture.passed(edge),
      stateOf: (box) => picture.stateOf(box),
      hides: (box) => this.quiz.hidesBox(box),
      normOf: (box) => picture.normOf(box),
      gradientOf: (box) => picture.gradientOf(box),
    });
    refreshToolbar(this);
    this.list.update();
  }

  // After another choice.
  refresh() {
    this.panel.show();
    this.paint();
  }

  soon() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.paint();
    });
  }

  onResize() {
    const wide = this.canvas.clientWidth;
    if (wide && !this.lastWidth) this.views.unfoldReadably(); // it had no place on the page before
    else if (wide && wide !== this.lastWidth) {
      this.rebuild();
      this.painter.fit(this.picture.layout);
      this.views.startReadably();
    }
    if (wide) this.lastWidth = wide;
    this.paint();
  }

  fit() {
    this.painter.fit(this.picture.layout);
    this.paint();
  }

  zoom(factor) {
    this.painter.zoom(factor);
    this.paint();
  }

  toggleHelp() {
    this.help.hidden = !this.help.hidden;
  }

  say(text) {
    this.status.textContent = text;
  }

  // --- stepping ----------------------------------------------------------------------------

  step() {
    return this.player.step();
  }

  back() {
    this.player.back();
  }

  goTo(at) {
    this.player.pause();
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
    if (this.quiz.isOn && this.stepper.last?.to === this.selected) this.panel.show(); // it may be told now
    else this.panel.tick();
    const active = this.picture.active();
    if (active) {
      const { scene } = this;
      const ends = active.edge >= 0 ? [scene.edges[active.edge].source, scene.edges[active.edge].target] : [active.to];
      this.painter.show(ends.map((i) => scene.boxes[i]));
    }
    this.say(stepInWords(this.graph, this.stepper));
    this.paint();
  }

  changeSpeed(by) {
    const speed = this.player.changeSpeed(by);
    this.speedInput.value = this.player.speed;
    this.say(`Speed: ${speed} steps a second.`);
  }

  // --- choosing ----------------------------------------------------------------------------

  onKey(event) {
    const action = isCommand(event) && actionOf(this, event.key);
    if (!action) return;
    event.preventDefault();
    event.stopPropagation(); // a notebook has keys of its own
    action();
  }

  click(x, y) {
    const i = this.painter.boxAt(this.scene, x, y);
    const part = i < 0 ? this.painter.clusterAt(this.picture.layout, x, y) : -1;
    if (part >= 0 && this.views.mode.kind === "all") this.views.toggle(part);
    else this.select(i);
  }

  hover(i) {
    if (i === this.hovered) return;
    this.hovered = i;
    this.canvas.style.cursor = i >= 0 ? "pointer" : "grab";
    this.soon();
  }

  move(way) {
    const here = this.selectedIndex;
    const choice = here < 0 ? this.picture.indexOf(this.graph.root) : neighbour(this.scene, here, way);
    if (choice >= 0 || here < 0) this.select(choice);
  }

  select(i) {
    const box = this.scene.boxes[i];
    this.selected = !box ? null : box.kind === "part" ? ~box.part : box.kind === "leaves" ? box.key : box.node;
    this.marked = null;
    if (box) {
      this.painter.show([box], false);
      this.say(boxInWords(this, box));
    }
    this.refresh();
  }

  choose(node) {
    this.views.choose(node);
  }

  // --- numbers -----------------------------------------------------------------------------

  set(leaf, x) {
    this.source.set(leaf, x, (notice) => this.renew(notice));
  }

  renew(notice = "") {
    const { stepper, graph } = this;
    this.version++;
    stepper.reset(stepper.isAtEnd ? null : stepper.at);
    this.picture.noteLog();
    this.paint();
    this.panel.refresh();
    this.say(notice || `Output ${called(graph, graph.root)} = ${exact(graph.data[graph.root])}.`);
  }

  // --- predict first -----------------------------------------------------------------------

  predict() {
    this.quiz.start(!this.quiz.isOn);
    if (this.quiz.isOn) this.goTo(this.stepper.length);
    this.say(announcement(this));
    this.refresh();
  }

  reveal(node, answer) {
    this.quiz.reveal(node);
    this.say(`${answer.textContent} ${this.quiz.right} of ${this.quiz.asked} right so far.`);
    this.paint();
    this.panel.show();
    this.panel.host.prepend(answer);
  }
}
