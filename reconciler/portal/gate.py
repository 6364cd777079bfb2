"""One gate for all threads: it learns from the server how fast it may go (contract section 7).

A 429 stops everybody, not only the thread that met it, for as long as the server asks; afterwards the pace is half
of what was reached, and grows again while nothing happens. Where the server counts down what is left
(RateLimit headers), the last few requests are spread so that no 429 comes at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from math import inf
from threading import Lock

FIRST_WAIT = 1.0
"""Seconds to wait at a 429 that does not say how long; doubled while it goes on."""
LONGEST_WAIT = 120.0
"""No wait is longer than this, whatever the server says. (The recorded Retry-After is 77 s, contract 7.)"""
SLOWEST = 0.5
"""Requests a second below which the pace does not fall."""
FASTEST = 200.0
"""Requests a second from which on no pace is kept."""
SPEED_UP = 8.0
"""By how many requests a second the pace grows in each second without a 429."""

Headers = Mapping[str, str]


class Gate:
    """Lets requests through at the pace that the server bears; shared by all threads of a session.

    `reserve`: with fewer requests left than this (the number of threads that may be under way at once), what is
    left is spread over the time until the server's window ends. `rng` returns numbers in [0, 1).
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], object],
        rng: Callable[[], float],
        reserve: int = 5,
    ) -> None:
        self._clock, self._sleep, self._rng, self._reserve = clock, sleep, rng, reserve
        self._lock = Lock()
        self._rate = inf
        self._next = -inf
        self._trouble_at = -inf
        self._streak = 0
        self._passed = 0
        self._since = clock()

    @property
    def rate(self) -> float:
        """Requests a second that are let through; infinite while no limit was met."""
        return self._rate

    def enter(self, deadline: float) -> float | None:
        """Wait for this request's turn and return the time; None at once if the turn comes after the deadline."""
        while True:
            with self._lock:
                now = self._clock()
                if self._next <= now:
                    self._next = now + 1 / self._rate
                    self._passed += 1
                    return now
                turn = self._next
            if turn > deadline:
                return None
            self._sleep(turn - now)

    def learn(self, entered: float, status: int, headers: Headers) -> None:
        """Take in what an answer tells; `entered` is what `enter` returned for its request."""
        with self._lock:
            now = self._clock()
            if is_limit(status, headers):
                self._stop(now, headers, new=entered > self._trouble_at)
                return
            if entered > self._trouble_at:
                self._streak = 0
                self._rate += SPEED_UP / self._rate
                if self._rate >= FASTEST:
                    self._rate = inf
            self._spread(now, headers)

    def _stop(self, now: float, headers: Headers, *, new: bool) -> None:
        """Pause everybody. Answers to requests that were under way when the pause began belong to the same event."""
        wait = retry_after(headers) or _seconds(headers.get("ratelimit-reset"))
        if new:
            wait = wait or FIRST_WAIT * 2.0**self._streak * (1 + self._rng() / 4)
            reached = self._passed / max(now - self._since, 0.001)
            self._rate = max(SLOWEST, min(self._rate, reached) / 2)
            self._streak = min(self._streak + 1, 10)
            self._trouble_at = self._since = now
            self._passed = 0
        self._next = max(self._next, now + min(wait or 0, LONGEST_WAIT))

    def _spread(self, now: float, headers: Headers) -> None:
        """Slow down before the server's count of what is left reaches nothing."""
        per_minute = _seconds(headers.get("x-ratelimit-remaining-minute"))
        left = _seconds(headers.get("ratelimit-remaining"))
        left = per_minute if left is None else left
        reset = _seconds(headers.get("ratelimit-reset"))
        if reset is None and per_minute is not None:
            reset = 60.0
        if left is not None and reset and left < self._reserve:
            self._next = max(self._next, now + min(reset / (left + 1), LONGEST_WAIT))


def is_limit(status: int, headers: Headers) -> bool:
    """Whether the server asks to come back later, not having done anything: safe to repeat, whatever the method."""
    return status == 429 or (status == 503 and "retry-after" in headers)


def retry_after(headers: Headers) -> float | None:
    """Seconds that the server asks to wait, or None; a date counts from the answer's own Date, no clock matters."""
    value = headers.get("retry-after", "")
    seconds = _seconds(value)
    if seconds is not None:
        return seconds
    try:
        until, sent = parsedate_to_datetime(value), parsedate_to_datetime(headers.get("date", ""))
        return max((until - sent).total_seconds(), 0.0)
    except (TypeError, ValueError):
        return None


def _seconds(value: str | None) -> float | None:
    return float(value) if value and re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", value.strip()) else None
