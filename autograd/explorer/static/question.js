// "Predict first" in the panel: the question, and what there is to say to an answer.

import { element } from "./element.js";
import { judge, parsed } from "./predict.js";
import { called } from "./words.js";

export function question(explorer, node) {
  const { graph, quiz } = explorer;
  const field = element("input", { type: "text", inputmode: "decimal", autocomplete: "off", "aria-label": `Your gradient of ${called(graph, node)}`, "data-key": "guess" });
  const answer = element("p", { class: "ag-answer", role: "status" });
  const submit = (event) => {
    event.preventDefault();
    const guess = parsed(field.value);
    if (Number.isNaN(guess)) {
      answer.textContent = "Type a number, such as −0.25 or 1/3.";
      return;
    }
    const { isRight, why } = judge(graph, node, guess);
    quiz.count(isRight);
    answer.className = `ag-answer ${isRight ? "ag-right" : "ag-wrong"}`;
    answer.textContent = `${isRight ? "✓ Right." : "✗ Not right."} ${why}`;
    explorer.reveal(node, answer);
  };
  const users = [...new Set(Array.from(graph.uses(node), (edge) => called(graph, graph.to[edge])))];
  const hint = users.length ? `It is used by ${users.slice(0, 4).join(", ")}${users.length > 4 ? " …" : ""}: what does each pass back?` : "";
  return element("form", { class: "ag-question", onsubmit: submit },
    element("label", {}, "What is its gradient? ", field), element("button", {}, "Check"),
    hint ? element("p", { class: "ag-faint" }, hint) : null, answer);
}
