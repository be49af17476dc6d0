"""How folded boxes are called."""

from __future__ import annotations

import re

from ..value import Value
from .amounts import sign
from .regions import Region
from .text import count


def title(region: Region) -> str:
    """A region's name, and how many calls it is."""
    return f"{region.name}  {times(region)}".rstrip()


def times(region: Region) -> str:
    """How many calls are one region, and of how many scopes."""
    each = region.calls // max(region.members, 1)
    if region.members > 1 and each > 1:
        return f"{region.members:,} × {count(each, 'call')}"
    return count(region.calls, "call") if region.calls > 1 else ""


def symbols(part: list[Value]) -> str:
    """The op that made like nodes; of several ops, the first few."""
    distinct = list(dict.fromkeys(map(sign, part)))
    return " ".join(distinct[:3]) + (" …" if len(distinct) > 3 else "")


def in_common(names: list[str]) -> str:
    """What names have in common, with a star for each number that differs.

    >>> in_common(["layers.0.w.1", "layers.0.w.2"]), in_common(["a", "b"])
    ('layers.0.w.*', '')
    """
    columns = list(zip(*(re.split(r"([0-9]+)", name) for name in names), strict=False))
    same = [column[0] if len(set(column)) == 1 else "*" for column in columns]
    return "" if "*" in same[::2] else "".join(same)
