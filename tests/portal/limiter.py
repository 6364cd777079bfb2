"""Gates against a limiter, without threads and without waiting: an event after the other, on one clock."""

from __future__ import annotations

import heapq
import math
from collections import Counter
from dataclasses import dataclass, field

from reconciler.portal.gate import Gate


@dataclass
class Limiter:
    """So many requests in a window, as the embedded portal's; `start`: where in a window the clock begins.

    `tells`: "retry-after", "reset" (RateLimit-Reset alone) or "nothing". `late`: seconds that Retry-After lies behind
    the reset, 29 in the recorded answer (contract 7).
    """

    limit: int = 50
    window: float = 1.0
    start: float = 0.0
    tells: str = "retry-after"
    late: int = 0
    used: Counter[int] = field(default_factory=Counter)

    def answer(self, now: float) -> tuple[int, dict[str, str]]:
        number = int((now + self.start) // self.window)
        self.used[number] += 1
        if self.used[number] <= self.limit:
            return 200, {}
        reset = math.ceil((number + 1) * self.window - now - self.start)
        told = {"ratelimit-limit": str(self.limit), "ratelimit-remaining": "0", "ratelimit-reset": str(reset)}
        if self.window == 60:
            told |= {"x-ratelimit-limit-minute": str(self.limit), "x-ratelimit-remaining-minute": "0"}
        if self.tells == "nothing":
            return 429, {}
        return 429, told | ({"retry-after": str(reset + self.late)} if self.tells == "retry-after" else {})


@dataclass(frozen=True)
class Came:
    """What a run came to: seconds until the last was through, answers 429, and requests that got through."""

    seconds: float
    limited: int
    through: int


def run(limiter: Limiter, *work: int, workers: int = 8, latency: float = 0.01, begin: tuple[float, ...] = ()) -> Came:
    """Processes with so many requests each, every one with a gate of its own, share one limiter."""
    now = [1000.0]
    gates = [Gate(clock=lambda: now[0], sleep=lambda _: None, rng=lambda: 0.5, reserve=workers) for _ in work]
    left, limited, through = list(work), 0, 0
    events: list[tuple[float, int, int, float | None, tuple[int, dict[str, str]]]] = []
    order = 0
    for process in range(len(work)):
        for _ in range(workers):
            at = now[0] + (begin[process] if begin else 0.0)
            heapq.heappush(events, (at, order, process, None, (0, {})))
            order += 1
    while events:
        now[0], _, process, entered, (status, headers) = heapq.heappop(events)
        gate = gates[process]
        if entered is not None:
            gate.learn(entered, status, headers)
            limited += status == 429
            through += status == 200
            left[process] += status == 429
        turn, order = gate.turn(), order + 1
        if left[process] <= 0:
            continue
        if turn > now[0]:
            heapq.heappush(events, (turn, order, process, None, (0, {})))
            continue
        left[process] -= 1
        heapq.heappush(
            events, (now[0] + latency, order, process, gate.entered(), limiter.answer(now[0] + latency / 2))
        )
    return Came(now[0] - 1000.0, limited, through)
