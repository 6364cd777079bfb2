"""A wish to stop: whoever has it says so here, and what is running looks here before it begins anything new."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue

LOOK_UP = 0.25
"""Seconds after which who waits looks up: a signal that came just before a wait began is only then seen (CPython)."""


class Stop:
    """Nothing is asked until `ask`, which may be called at any moment, by a signal handler too: it takes no lock."""

    def __init__(self) -> None:
        self.by = ""
        """Who asked, such as SIGTERM; "" while nobody did."""
        self._wake: Callable[[], object] = lambda: None

    def ask(self, by: str) -> None:
        """Ask to stop; what is running is woken up to notice."""
        self.by = self.by or by
        self._wake()

    def wakes(self, call: Callable[[], object]) -> None:
        """Have that called when somebody asks: it must not block, and must be safe in a signal handler."""
        self._wake = call

    def wait(self, seconds: float) -> None:
        """Wait so long, or until somebody asks."""
        news: SimpleQueue[None] = SimpleQueue()
        self.wakes(partial(news.put, None))
        while seconds > 0 and not self.by:
            with suppress(Empty):
                news.get(timeout=min(seconds, LOOK_UP))
            seconds -= LOOK_UP
