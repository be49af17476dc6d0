"""Ctrl-C as a request instead of an exception."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def stop_requests() -> Iterator[Callable[[], bool]]:
    """Inside, the first Ctrl-C is a request that a loop asks for between its steps.

    An exception in the middle of a step would leave half of the parameters moved. A second
    Ctrl-C raises KeyboardInterrupt at once. Off the main thread, signals do not arrive, and
    there is never a request.

    >>> with stop_requests() as requested:
    ...     requested()
    False
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    asked = False

    def ask(signum: int, frame: Any) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True

    previous = signal.signal(signal.SIGINT, ask)
    try:
        yield lambda: asked
    finally:
        signal.signal(signal.SIGINT, previous)
