"""A script at work: it counts requests and says which fault each one meets."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

from reconciler.sandbox.faults import script
from reconciler.sandbox.faults.fault import CALM, Fault
from reconciler.sandbox.faults.script import Script
from reconciler.sandbox.protocol.messages import Request


class Faults:
    """Safe to use from many threads. `injected` lists (number of the rule from 0, method, target) in order.

    A chance is drawn from the seed, the rule, the request and how often this very request was seen: so that the same
    script gives the same trouble in whatever order requests arrive that are under way at the same time.
    """

    def __init__(self, found: Script, sleep: Callable[[float], object] = time.sleep) -> None:
        self.injected: list[tuple[int, str, str]] = []
        self._script = found
        self._sleep = sleep
        self._lock = threading.Lock()
        self._fitting: Counter[int] = Counter()
        self._seen: Counter[tuple[int, str, str]] = Counter()

    @classmethod
    def of(cls, document: Any, sleep: Callable[[float], object] = time.sleep) -> Faults:
        """From a script as plain values. Raises FaultError."""
        return cls(script.read(document), sleep)

    @classmethod
    def read_file(cls, path: str | Path) -> Faults:
        """From a script in a YAML or JSON file. Raises FaultError."""
        return cls(script.read_file(Path(path)))

    @property
    def longest_stale(self) -> float:
        """How far behind the reads are that are furthest behind."""
        return max((rule.fault.stale for rule in self._script.rules), default=0.0)

    def meet(self, request: Request) -> Fault:
        """What this request meets: of several rules, each adds what those before it left open. Waits are waited."""
        met = CALM
        path = request.path.removeprefix("/v3")
        wait = 0.0
        for number, rule in enumerate(self._script.rules):
            if not rule.fits(request.method, path, request.query):
                continue
            chance = self._counted(number, request)
            if chance is not None:
                wait += rule.fault.latency + rule.fault.jitter * chance
                met = _both(met, rule.fault)
        if wait:
            self._sleep(wait)
        return met

    def _counted(self, number: int, request: Request) -> float | None:
        """A chance from 0 to 1 if the rule is about this request, else None."""
        rule, what = self._script.rules[number], (number, request.method, request.target)
        with self._lock:
            self._fitting[number] += 1
            self._seen[what] += 1
            if not rule.counts(self._fitting[number]):
                return None
            drawn = _chance(self._script.seed, *what, self._seen[what])
            if rule.probability is not None and drawn >= rule.probability:
                return None
            self.injected.append(what)
        return drawn


def _chance(*parts: object) -> float:
    digest = hashlib.sha256("\n".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64


def _both(first: Fault, second: Fault) -> Fault:
    taken = {each.name: getattr(first, each.name) or getattr(second, each.name) for each in fields(Fault)}
    return Fault(**taken)
