"""Checksums of sources: is what was compiled still what they say?

Used by the build, which notes them, and by ``_build``, which compares.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from pathlib import Path


def checksum(paths: Iterable[Path]) -> int:
    """Of all these files together; 0 of none.

    >>> checksum([])
    0
    """
    found = 0
    for path in paths:
        found = zlib.crc32(path.read_bytes(), found)
    return found


def machine_sources(folder: Path) -> list[Path]:
    """The sources of the vector machine: ``executor.c`` in ``autograd/native``, and all headers."""
    return [*folder.glob("executor.c"), *sorted(folder.glob("*.h"))]
