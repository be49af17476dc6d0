"""Where each node is drawn, and which are drawn more than once.

Edges that run far are what makes a picture unreadable and a layout slow: dot pays for
every rank that an edge crosses. So a leaf that several scopes or distant nodes use is
drawn again near its use, as a *ghost* of the same name. In a graph with very many long
edges, results of ops are, too.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..scopes import Scope
from ..value import Value
from .membership import Membership, common

LONGEST_REACH = 6  # ranks between a node and what uses it
MANY_CROSSINGS = 600  # of ranks, by all edges between ops together


@dataclass(slots=True)
class Copy:
    """One place where a node is drawn, and who (by id) uses it there."""

    place: Scope | None
    users: list[int]
    is_ghost: bool = False


def copies(order: list[Value], membership: Membership | None) -> dict[int, list[Copy]]:
    """For each node (by id), the places where it is drawn: at least one."""
    home = membership.home if membership else {}
    depth = depths(order)
    users: dict[int, list[Value]] = {id(node): [] for node in order}
    crossings = 0
    for node in order:
        for parent in node.parents:
            if id(parent) not in users:  # which a part of a graph does not show
                continue
            users[id(parent)].append(node)
            if not parent.is_leaf:
                crossings += depth[id(node)] - depth[id(parent)] - 1
    found: dict[int, list[Copy]] = {}
    for node in order:
        using = sorted(users[id(node)], key=lambda user: depth[id(user)])
        if node.is_leaf and using:
            places = membership.places(node, using) if membership else {}
            found[id(node)] = bands(using, places, depth)
            mark_ghosts(found[id(node)])
        else:
            reach = depth[id(node)] + LONGEST_REACH
            far = [user for user in using if depth[id(user)] > reach]
            original = Copy(home.get(id(node)), [])
            ghosts = bands(far, home, depth) if crossings > MANY_CROSSINGS else []
            for ghost in ghosts:
                ghost.is_ghost = True
            found[id(node)] = [original, *ghosts]
    return found


def depths(order: list[Value]) -> dict[int, int]:
    """The length of the longest path from a leaf to each node."""
    depth: dict[int, int] = {}
    for node in order:
        depth[id(node)] = 1 + max((depth.get(id(p), -1) for p in node.parents), default=-1)
    return depth


def bands(using: list[Value], places: dict[int, Scope | None], depth: dict[int, int]) -> list[Copy]:
    """One copy in each place; more where those who use it there are far from each other.

    ``using`` is sorted by depth.
    """
    by_place: dict[int, list[Copy]] = {}
    for user in using:
        place = places.get(id(user))
        here = by_place.setdefault(id(place), [])
        if not here or depth[id(user)] - depth[here[-1].users[0]] > LONGEST_REACH:
            here.append(Copy(place, []))
        here[-1].users.append(id(user))
    return [copy for here in by_place.values() for copy in here]


def mark_ghosts(found: list[Copy]) -> None:
    """Of a leaf's copies, the original is the one in what surrounds all; it may be missing."""
    around = found[0].place
    for copy in found:
        around = common(around, copy.place)
    original = next((copy for copy in found if copy.place is around), None)
    for copy in found:
        copy.is_ghost = copy is not original
