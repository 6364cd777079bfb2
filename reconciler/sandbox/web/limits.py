"""The two limiters of Konnect's edge (contract 7): requests in a window of time, and requests at one time."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from reconciler.sandbox.faults.fault import limited
from reconciler.sandbox.protocol.messages import Request, Response
from reconciler.sandbox.switches import Switches

RETRY_LATER = 29
"""Seconds by which the recorded Retry-After lay behind the recorded reset: 77 and 48 (contract 7)."""


class Limits:
    """Counts by token, as long as the process lives. `clock` counts seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._windows: dict[str, tuple[int, int]] = {}
        """token → (number of the window, requests in it)"""
        self._under_way = 0

    @contextmanager
    def entered(self, request: Request, switches: Switches) -> Iterator[Response | None]:
        """A 429 if the request is one too many, else None."""
        with self._lock:
            self._under_way += 1
            too_many = 0 < switches.limit_connections < self._under_way
        try:
            # The limit of connections tells nothing: no Retry-After, no count (kong-operator#809).
            yield limited({}) if too_many else self._counted(request, switches)
        finally:
            with self._lock:
                self._under_way -= 1

    def _counted(self, request: Request, switches: Switches) -> Response | None:
        limit, window = switches.limit_requests, switches.limit_window
        if not limit:
            return None
        now = self._clock()
        number, token = int(now // window), request.headers.get("authorization", "")
        with self._lock:
            before, used = self._windows.get(token, (number, 0))
            used = used + 1 if before == number else 1
            self._windows[token] = number, used
        if used <= limit:
            return None
        reset = math.ceil((number + 1) * window - now)
        return limited(_headers(limit, reset, switches.limit_retry_after, minute=window == 60))


def _headers(limit: int, reset: int, retry_after: bool, minute: bool) -> dict[str, str]:
    """As recorded. A minute's Retry-After lay behind the reset; that of another window is exact."""
    headers = {"RateLimit-Limit": str(limit), "RateLimit-Remaining": "0", "RateLimit-Reset": str(reset)}
    if minute:
        headers |= {"X-RateLimit-Limit-Minute": str(limit), "X-RateLimit-Remaining-Minute": "0"}
    if retry_after:
        headers["Retry-After"] = str(reset + (RETRY_LATER if minute else 0))
    return {**headers, "Via": "kong-enterprise-edition"}
