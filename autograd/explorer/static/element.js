// Elements of the page.

// An element with attributes, handlers (onclick …) and children; texts are only ever texts.
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "class") made.className = value;
    else if (typeof value === "boolean") made.toggleAttribute(name, value);
    else made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

export function table(heads, rows) {
  const head = element("tr", {}, ...heads.map((text) => element("th", { scope: "col" }, text)));
  return element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows));
}

// An element whose children are written anew at each step of the backward pass.
export function living(tag, attributes, write) {
  const made = element(tag, attributes);
  made.toggleAttribute("data-living", true);
  made.update = () => made.replaceChildren(...write().filter(Boolean));
  made.update();
  return made;
}
