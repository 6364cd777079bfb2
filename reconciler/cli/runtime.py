"""What a command gets from outside: the clock, the environment, and whether a person is watching."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import uuid4

from reconciler.apply.stop import Stop


@dataclass(frozen=True, slots=True)
class Runtime:
    """The outside world as one value. `environ` None means the process's own; `ticks` counts seconds.

    `wait` waits so many seconds, or until somebody asks to stop; `new_id` names a run. `cache`: whether manifests
    that were read before may be taken from the cache.
    """

    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    ticks: Callable[[], float] = time.monotonic
    environ: Mapping[str, str] | None = None
    is_terminal: Callable[[], bool] = field(default=lambda: sys.stdin.isatty() and sys.stderr.isatty())
    wait: Callable[[Stop, float], object] = Stop.wait
    new_id: Callable[[], str] = field(default=lambda: str(uuid4()))
    cache: bool = True

    @property
    def today(self) -> date:
        """The day, in UTC: an `expires` date ends for everyone at the same moment."""
        return self.now().astimezone(UTC).date()

    @property
    def timestamp(self) -> str:
        """Now, as documents carry it: ISO-8601 in UTC, to the second."""
        return self.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
