"""A folded picture as text, for terminals: clusters, and the boxes in them, indented."""

from __future__ import annotations

from .scene import Fold, Node, Scene
from .text import count, number, visible

MOST_LINES = 200


WAYS = """\
To see more: draw(…, depth=…) unfolds more or fewer levels; draw(…, focus=node) shows what is
around a node, draw(…, path_from=leaf) the paths that contribute most to its gradient, and
draw(…, worst=5) what is next to the worst gradients; or draw a smaller part of the graph."""


def folded_text(scene: Scene, summary: str) -> str:
    """The summary, the boxes by cluster, and the ways to see more."""
    lines = outline(scene)
    if len(lines) > MOST_LINES:
        lines = [*lines[:MOST_LINES], "… and more: only the first lines are shown"]
    return "\n".join([summary, "", *lines, "", WAYS])


def outline(scene: Scene) -> list[str]:
    """A line for each cluster and each box, in the order of the program."""
    inside: dict[str | None, list[tuple[int, Node | Fold]]] = {}
    for position, box in enumerate(in_order_of_flow(scene)):
        inside.setdefault(box.cluster, []).append((position, box))
    last = {cluster: boxes[-1][0] for cluster, boxes in inside.items()}
    for cluster in reversed(scene.clusters):  # inner ones first
        last[cluster.outer] = max(last.get(cluster.outer, 0), last.get(cluster.id, 0))
    lines: list[str] = []
    pending: list[tuple[str | None, str]] = []
    names = {cluster.id: cluster for cluster in scene.clusters}

    def push(cluster: str | None, indent: str) -> None:
        entries: list[tuple[int, str | None, str]] = [
            (position, None, indent + describe(box)) for position, box in inside.get(cluster, [])
        ]
        entries += [(last.get(c.id, 0), c.id, indent) for c in scene.clusters if c.outer == cluster]
        entries.sort(key=lambda entry: entry[0])
        pending.extend(entry[1:] for entry in reversed(entries))

    push(None, "")
    while pending:
        inner, text = pending.pop()
        if inner is None:
            lines.append(text)
            continue
        found = names[inner]
        lines.append(f"{text}{visible(found.name)}: {found.note}")
        push(inner, text + "  ")
    return lines


def in_order_of_flow(scene: Scene) -> list[Node | Fold]:
    """Boxes before those that use them, as far as there is such an order; leaves left out."""
    boxes = {box.id: box for box in scene.boxes if box.id.startswith("b")}
    waiting_for: dict[str, set[str]] = {box: set() for box in boxes}
    for edge in scene.edges:
        if edge.source in boxes:
            waiting_for[edge.target].add(edge.source)
    pending = sorted(boxes, key=lambda box: int(box[1:]))
    placed: dict[str, Node | Fold] = {}
    while pending:
        ready = [box for box in pending if waiting_for[box] <= placed.keys()]
        # Round a cycle, as of a module that is called between others, start with the first.
        for box in ready or pending[:1]:
            placed[box] = boxes[box]
        pending = [box for box in pending if box not in placed]
    return list(placed.values())


def describe(box: Node | Fold) -> str:
    """A box in one line."""
    marked = "   ◀ marked" if box.is_marked else ""
    if isinstance(box, Fold):
        name = f"{visible(box.name)}  {box.times}".strip()
        return f"▣ {name}: {'; '.join(visible(line, 200) for line in box.about)}{marked}"
    name = " ".join(filter(None, [visible(box.name), visible(box.symbol)]))
    return f"{name} = {number(box.data)}, grad {number(box.grad)}{marked}"


def what_is_hidden(scene: Scene, reached: int, levels: int) -> str:
    """How much is inside boxes, and how many levels could still be unfolded."""
    results = [fold.size for fold in scene.folds if fold.kind != "leaves"]
    leaves = [fold.size for fold in scene.folds if fold.kind == "leaves"]
    text = f"{count(sum(results), 'result')} folded into {count(len(results), 'box')}"
    if not results:
        text = f"leaves folded into {count(len(leaves), 'box')}"
    return f"{text}, {reached} of {count(levels, 'level')} unfolded" if levels else text
