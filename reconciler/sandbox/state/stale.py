"""Reads that do not see a write yet: the state as it was some seconds ago (contract 4, 11.5)."""

from __future__ import annotations

import sqlite3
from collections import deque

from reconciler.sandbox.state.times import later


class Past:
    """Copies of the state from before each recent write of this process, the oldest first.

    A read sees the state as it was some seconds ago: the copy from before the first write since then.
    """

    def __init__(self) -> None:
        self._copies: deque[tuple[str, str, sqlite3.Connection]] = deque()
        """(when it was made, until when it is kept, the copy)"""

    def keep(self, state: sqlite3.Connection, now: str, seconds: float) -> None:
        """Copy the state, which is about to be written; reads may see the copy for so long."""
        copy = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        copy.row_factory = sqlite3.Row
        state.backup(copy)
        self._copies.append((now, later(now, seconds), copy))

    def at(self, now: str, seconds: float) -> sqlite3.Connection | None:
        """What a read at that time sees that is so many seconds behind; None: the state as it is."""
        while self._copies and self._copies[0][1] <= now:
            self._copies.popleft()[2].close()
        return next((copy for made, _, copy in self._copies if later(made, seconds) > now), None)

    def close(self) -> None:
        """Forget every copy."""
        while self._copies:
            self._copies.popleft()[2].close()
