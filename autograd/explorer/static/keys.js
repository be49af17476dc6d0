// The keyboard: everything that can be done with a mouse.

export const KEYS = [
  ["Space", "play or pause"], ["n", "one step"], ["b", "one step back"], ["Home", "before the first step"],
  ["End", "after the last"], ["[ and ]", "slower, faster"], ["arrows", "choose the operand, the user, the neighbour"],
  ["Enter", "unfold or fold"], ["f", "fold as at first"], ["+ and −", "zoom"], ["0", "the whole picture"],
  ["v", "whole graph, around the chosen node, its paths"], ["w", "parameters on or off"], ["p", "predict first"],
  ["Esc", "choose nothing"], ["?", "these keys"],
];

// What a key does; undefined if nothing.
export function actionOf(explorer, key) {
  const { player } = explorer;
  const step = () => (player.pause(), explorer.step());
  const back = () => (player.pause(), explorer.back());
  return {
    " ": () => player.play(), n: step, ".": step, b: back, ",": back,
    Home: () => explorer.goTo(0), End: () => explorer.goTo(explorer.stepper.length),
    "[": () => explorer.changeSpeed(-1), "]": () => explorer.changeSpeed(1),
    "+": () => explorer.zoom(1.25), "=": () => explorer.zoom(1.25), "-": () => explorer.zoom(0.8), 0: () => explorer.fit(),
    ArrowLeft: () => explorer.move("operand"), ArrowRight: () => explorer.move("user"),
    ArrowUp: () => explorer.move(-1), ArrowDown: () => explorer.move(1),
    Enter: () => explorer.selectedBox && explorer.views.openOrFold(explorer.selectedBox),
    f: () => explorer.views.foldAll(), v: () => explorer.views.cycle(), w: () => explorer.views.toggleParameters(), p: () => explorer.predict(),
    Escape: () => explorer.select(-1), "?": () => explorer.toggleHelp(),
  }[key];
}

// Typing in a field, or pressing a button by its key, is no command.
export function isCommand(event) {
  const typing = event.target.matches("input, select, textarea");
  const onControl = event.target.matches("button, summary") && [" ", "Enter"].includes(event.key);
  return !typing && !onControl && !event.ctrlKey && !event.metaKey && !event.altKey;
}

// The box next to one: its first operand, its first user, or the nearest above (−1) or below (1).
export function neighbour(scene, here, way) {
  if (way === "operand") return scene.edges.find((edge) => edge.target === here)?.source ?? -1;
  if (way === "user") return scene.edges.find((edge) => edge.source === here)?.target ?? -1;
  const box = scene.boxes[here];
  let [best, choice] = [Infinity, -1];
  scene.boxes.forEach((other, i) => {
    const down = (other.y - box.y) * way;
    const away = down + 4 * Math.abs(other.x - box.x);
    if (down > 1 && away < best) [best, choice] = [away, i];
  });
  return choice;
}
