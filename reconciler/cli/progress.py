"""What is happening, on stderr: one line that is rewritten on a terminal, and nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import TracebackType
from typing import Self

PATIENCE = 0.4
"""Seconds before a bar appears: what is quick needs none."""
_INTERVAL = 0.1
_WIDTH = 24


class Bar:
    """A progress bar over several kinds of work, fed with (kind, done, total) from any thread."""

    def __init__(self, verb: str, *, shown: bool, clock: Callable[[], float]) -> None:
        self._verb, self._shown, self._clock = verb, shown, clock
        self._parts: dict[str, tuple[int, int]] = {}
        self._start = self._last = clock()
        self._drawn = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if self._drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def __call__(self, kind: str, done: int, total: int) -> None:
        """Note how far one kind of work is."""
        self._parts[kind] = (done, total)
        now = self._clock()
        if not self._shown or now - self._start < PATIENCE or now - self._last < _INTERVAL:
            return
        self._last, self._drawn = now, True
        parts = list(self._parts.values())
        all_done, all_total = sum(d for d, _ in parts), max(sum(t for _, t in parts), 1)
        filled = min(_WIDTH, _WIDTH * all_done // all_total)
        bar = "#" * filled + "." * (_WIDTH - filled)
        sys.stderr.write(f"\r\x1b[K{self._verb} [{bar}] {all_done:,}/{all_total:,} {kind}")
        sys.stderr.flush()
