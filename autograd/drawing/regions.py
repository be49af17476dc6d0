"""The parts that a large graph falls into: its scopes, those that are alike put together.

A hundred calls of one layer are one region "× 100", sixteen neurons side by side another.
Calls that hand on to each other, as time steps do, are kept apart and in order: of many,
ranges such as "t=0 … t=199" are made, and ranges of ranges within.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..scopes import Scope
from ..value import Value

MOST_IN_A_ROW = 8  # steps or ranges of steps, one after the other
MOST_ABREAST = 4  # scopes side by side that differ in a number only
MOST_INSIDE = 24  # regions within one
LOOKED_AT = 32  # calls that are asked whether they hand on to each other


@dataclass(slots=True, eq=False)
class Region:
    """Calls that are shown as one: what they are called, and the regions within.

    ``scopes`` are the calls; a range has none of its own, only ``inner`` regions.
    ``members`` are how many differently named scopes were put together.
    """

    name: str
    outer: Region | None
    scopes: list[Scope] = field(default_factory=list)
    inner: list[Region] = field(default_factory=list)
    members: int = 1
    nodes: list[Value] = field(default_factory=list)  # results of ops directly in it

    @property
    def calls(self) -> int:
        """How many calls are shown as one."""
        return len(self.scopes) or sum(region.calls for region in self.inner)

    def within(self) -> list[Region]:
        """This region and all within it."""
        found = [self]
        for region in found:  # which grows
            found += region.inner
        return found


def regions(scopes: Iterable[Scope], home: dict[int, Scope | None]) -> tuple[Region, list[Region]]:
    """The outermost region, which holds all, and every region, outer ones first.

    ``home`` is the innermost scope of each node, by id.
    """
    within: dict[int, list[Scope]] = {}
    for scope in scopes:
        within.setdefault(id(scope.outer), []).append(scope)
    root = Region("", None)
    every = [root]
    for region in every:  # which grows
        if region.inner:  # a range
            every += region.inner
            continue
        inside = [within.get(id(outer), []) for outer in region.scopes or (None,)]
        region.inner = families(alike(inside, home), region, home)
        every += region.inner
    return root, every


def alike(inside: list[list[Scope]], home: dict[int, Scope | None]) -> list[Region]:
    """The scopes within each of several calls that are alike, those of one name put together.

    Where calls of one name hand on to each other, the first is put together with the
    first, the second with the second.
    """
    by_name: dict[str, list[list[Scope]]] = {}
    for scopes in inside:
        here: dict[str, list[Scope]] = {}
        for scope in scopes:
            here.setdefault(scope.name, []).append(scope)
        for name, calls in here.items():
            by_name.setdefault(name, []).append(calls)
    found = []
    for name, groups in by_name.items():
        longest = max(groups, key=len)
        if len(longest) > 1 and hand_on([[scope] for scope in longest], home):
            turns = itertools.zip_longest(*groups)
            for i, turn in enumerate(turns):
                calls = [scope for scope in turn if scope is not None]
                found.append(Region(f"{name} ({i + 1})", None, calls))
        else:
            found.append(Region(name, None, [scope for calls in groups for scope in calls]))
    return found


def families(members: list[Region], outer: Region, home: dict[int, Scope | None]) -> list[Region]:
    """The regions within ``outer``, with those whose names differ in a number gathered."""
    by_stem: dict[str, list[Region]] = {}
    for region in members:
        by_stem.setdefault(re.sub(r"[0-9]+", "#", region.name), []).append(region)
    found: list[Region] = []
    for family in by_stem.values():
        if hand_on([region.scopes for region in family], home):
            found += in_ranges(by_number(family), outer, MOST_IN_A_ROW)
        elif len(family) > MOST_ABREAST:
            every = [scope for region in family for scope in region.scopes]
            found.append(Region(span(family), None, every, members=len(family)))
        else:
            found += family
    return in_ranges(found, outer, MOST_INSIDE)


def hand_on(members: list[list[Scope]], home: dict[int, Scope | None]) -> bool:
    """Whether a scope among the first few of several took in what another of them had made."""
    looked_at = [scope for scopes in members[:LOOKED_AT] for scope in scopes[:1]]
    among = set(map(id, looked_at))
    for scope in looked_at:
        for value in scope.inputs:
            maker = home.get(id(value))
            while maker is not None and id(maker) not in among:
                maker = maker.outer
            if maker is not None and maker is not scope and maker.outer is scope.outer:
                return True
    return False


def by_number(family: list[Region]) -> list[Region]:
    """Sorted by the numbers in their names, which may have been used in another order."""

    def numbers(region: Region) -> list[int]:
        return [int(digits) for digits in re.findall(r"[0-9]{1,18}", region.name)]

    return sorted(family, key=numbers)


def in_ranges(members: list[Region], outer: Region, most: int) -> list[Region]:
    """At most ``most`` regions: if there are more members, ranges of them, and ranges within."""
    if len(members) <= most:
        for region in members:
            region.outer = outer
        return members
    size = nice(-(-len(members) // most))
    found = []
    for i in range(0, len(members), size):
        part = members[i : i + size]
        whole = Region(span(part), outer, members=sum(region.members for region in part))
        whole.inner = in_ranges(part, whole, most)
        found += [whole] if len(part) > 1 else in_ranges(part, outer, most)
    return found


def nice(n: int) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50 … that is at least ``n``: round borders are easy to read.

    >>> nice(1), nice(3), nice(150), nice(200)
    (1, 5, 200, 200)
    """
    size = 1
    for factor in itertools.cycle((2, 2.5, 2)):
        if size >= n:
            break
        size = int(size * factor)
    return size


def span(part: list[Region]) -> str:
    """The first and the last name."""
    first, last = part[0].name.split(" … ")[0], part[-1].name.split(" … ")[-1]
    return f"{first} … {last}"
