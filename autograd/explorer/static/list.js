// The boxes as a list, with their numbers as text: for those who cannot see the picture, or
// would rather read. It is written when it is opened, and then kept as the picture is.

import { element } from "./element.js";
import { boxInWords } from "./telling.js";

export class BoxList {
  constructor(explorer) {
    this.explorer = explorer;
    this.items = element("ol");
    this.root = element("details", { class: "ag-list", ontoggle: () => this.update() },
      element("summary", {}, "The boxes as a list"), this.items);
  }

  update() {
    if (!this.root.open) return;
    const { scene, selectedIndex } = this.explorer;
    if (this.scene !== scene) this.rebuild(scene);
    for (const { button, i } of this.buttons) {
      const text = boxInWords(this.explorer, scene.boxes[i]);
      if (button.textContent !== text) button.textContent = text;
      if (i === selectedIndex) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  }

  // From left to right, as values flow.
  rebuild(scene) {
    this.scene = scene;
    const order = scene.boxes.map((box, i) => ({ box, i }));
    order.sort((a, b) => a.box.x - b.box.x || a.box.y - b.box.y);
    this.buttons = order.map(({ i }) => ({ i, button: element("button", { class: "ag-link", onclick: () => this.explorer.select(i) }) }));
    this.items.replaceChildren(...this.buttons.map(({ button }) => element("li", {}, button)));
  }
}
