"""Two pictures as one, say before and after a backward pass."""

from __future__ import annotations

from dataclasses import replace

from .scene import Cluster, Scene


def side_by_side(
    scenes: tuple[Scene, Scene], names: tuple[str, str], direction: str = "LR"
) -> Scene:
    """Both scenes, each in a cluster with its name. Colours compare: they share one scale."""
    nodes, folds, edges = [], [], []
    clusters: list[Cluster] = []
    for prefix, scene, name in zip("pq", scenes, names, strict=True):
        frame = f"cluster_{prefix}"  # Graphviz draws a subgraph as a box if its name begins so
        place: dict[str | None, str] = {None: frame}
        place |= {c.id: f"cluster_{prefix}_{c.id}" for c in scene.clusters}
        clusters.append(Cluster(frame, name, None))
        clusters += [replace(c, id=place[c.id], outer=place[c.outer]) for c in scene.clusters]
        nodes += [replace(n, id=prefix + n.id, cluster=place[n.cluster]) for n in scene.nodes]
        folds += [replace(f, id=prefix + f.id, cluster=place[f.cluster]) for f in scene.folds]
        edges += [
            replace(e, source=prefix + e.source, target=prefix + e.target) for e in scene.edges
        ]
    if direction == "LR":  # frames of one rank are stacked from the bottom up
        clusters.sort(key=lambda cluster: cluster.id.startswith("cluster_p"))
    left_out = sum(scene.left_out for scene in scenes)
    return Scene(tuple(nodes), tuple(edges), tuple(clusters), left_out, tuple(folds))
