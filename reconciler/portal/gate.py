"""One gate for all threads: it learns from the server how fast it may go (contract section 7).

A 429 stops everybody, not only the thread that met it, for as long as the server asks. The first one shows what the
server bore until then, waiting included: that is the pace from there on, for a limit spends in a moment what it gives
for a while. Each further one shows that the pace was too high, by a little if it came after a long quiet, by more if
it came at once, as where a second run shares the limit. While nothing happens the pace grows, ever faster, so that
what another run leaves is taken, and a limit that is met is met seldom. Where the server counts down what is left
(RateLimit headers), the last few requests are spread so that no 429 comes at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from math import exp, inf, log
from threading import Lock

FIRST_WAIT = 1.0
"""Seconds to wait at a 429 that does not say how long; doubled while it goes on."""
LONGEST_WAIT = 120.0
"""No wait is longer than this, whatever the server says. (The recorded Retry-After is 77 s, contract 7.)"""
SLOWEST = 0.5
"""Requests a second below which the pace does not fall."""
FASTEST = 200.0
"""Requests a second from which on no pace is kept."""
FEW, FIRST = 16, 4.0
"""With fewer requests than this let through before the first 429, nothing is known but that it may be slow work: the
pace begins with so many a second. So it is where another run has used the limit up."""
YIELDS = 0.94
"""What of a pace that was too high is come back to."""
YIELDS_MOST = 0.7
"""What is left of it at least for the moment, where it was too high at once."""
SOON = 3.0
"""How many waits after the last one a further 429 comes at once."""
SEEKS, FINDS = 0.25, 0.05
"""How the pace grows with each wait's length of quiet: where no limit is known, and up to where it yields to one."""
ADDS, CREEPS = 0.1, 5e-7
"""The same beyond that: so many requests a second, and with the fourth power. Hardly at first, so that the limit is
met seldom, then ever faster, so that what another run leaves is soon taken; tried out in tests/portal/limiter.py."""
LONG = 10.0
"""Seconds beyond which a wait does not make the growth any slower."""

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
        self._base = self._knee = self._told = inf
        self._next = self._trouble_at = -inf
        self._since = clock()
        self._scale, self._streak, self._through = 1.0, 0, 0

    @property
    def rate(self) -> float:
        """Requests a second that are let through; infinite while no limit was met."""
        quiet = max(self._clock() - self._since, 0.0) / self._scale
        seeks = self._knee == inf
        found = inf if seeks else log(self._knee / self._base) / FINDS
        beyond = max(quiet - found, 0.0)
        grown = (SEEKS if seeks else FINDS) * min(quiet, found) + CREEPS * beyond**4
        rate = min(self._base * exp(min(grown, 10.0)) + ADDS * beyond, self._told)
        return rate if rate < FASTEST else inf

    def enter(self, deadline: float) -> float | None:
        """Wait for this request's turn and return the time; None at once if the turn comes after the deadline."""
        while True:
            with self._lock:
                now, turn = self._clock(), self.turn()
                if turn <= now:
                    return self.entered()
            if turn > deadline:
                return None
            self._sleep(turn - now)

    def turn(self) -> float:
        """When the next request may go."""
        return self._next

    def entered(self) -> float:
        """Let one through now, and return the time."""
        now = self._clock()
        self._next = now + 1 / self.rate
        return now

    def learn(self, entered: float, status: int, headers: Headers) -> None:
        """Take in what an answer tells; `entered` is what `enter` returned for its request."""
        with self._lock:
            now = self._clock()
            if is_limit(status, headers):
                self._stop(now, headers, new=entered > self._trouble_at)
                return
            self._through += 1
            if entered > self._trouble_at:
                self._streak = 0
            self._spread(now, headers)

    def _stop(self, now: float, headers: Headers, *, new: bool) -> None:
        """Pause everybody. Answers to requests that were under way when the pause began belong to the same event."""
        wait = retry_after(headers) or _seconds(headers.get("ratelimit-reset"))
        if new:
            wait = wait or FIRST_WAIT * 2.0**self._streak * (1 + self._rng() / 4)
            self._streak = min(self._streak + 1, 10)
            self._slow_down(now, min(wait, LONGEST_WAIT), headers)
            self._trouble_at = now
        self._next = max(self._next, now + min(wait or 0, LONGEST_WAIT))

    def _slow_down(self, now: float, wait: float, headers: Headers) -> None:
        """Take the pace that was borne, or a lower one than that which was not; count anew from when all go on."""
        elapsed = max(now - self._since, 0.001)
        borne = max(self._through / (elapsed + wait), SLOWEST)
        was, soon = self.rate, elapsed < SOON * self._scale
        minute = _seconds(headers.get("x-ratelimit-limit-minute"))
        self._told = minute / 60 if minute else inf
        if was == inf:  # a limit of so many in a while lets all of them through at once
            was = min(self._through / max(elapsed, wait), self._told) if self._through >= FEW else inf
            self._base = was if self._told < inf else max(borne, FIRST)
        else:
            self._base = max(YIELDS_MOST * was, min(borne, was)) if soon else was
        self._knee = max(YIELDS * was, SLOWEST)
        self._base = max(min(self._base, self._knee), SLOWEST)
        self._scale, self._since, self._through = min(max(wait, 1.0), LONG), now + wait, 0

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
