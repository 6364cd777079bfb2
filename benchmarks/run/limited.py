"""An apply that is held to a limit of requests: how near it comes to using all of it, how often it runs into it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from processes import Asked, Lab, Running
from table import Row
from world import World, workspace

PER_SECOND = 50
SECONDS, ANSWERED_429 = 1.15, 0.02

KINDS: dict[str, dict[str, object]] = {
    "with Retry-After": {},
    "without Retry-After": {"limit_retry_after": "false"},
}


def limit(lab: Lab, sizes: list[int]) -> Iterator[Row]:
    """So many people, half of them pending with four changes each, at fifty requests a second."""
    for size in sizes:
        world = World(size, behind=0.5)
        for kind, switches in KINDS.items():
            with lab.portal(world, fresh=True, limit_requests=PER_SECOND, limit_window=1, **switches) as portal:
                apply = lab.started("apply", lab.workspace(world), "--yes", "--format", "json", url=portal.url)
                yield from _rows(f"limit {kind}, {world.changes:,} changes", [apply], portal.asked)
        halves = [range(size // 2), range(size // 2, size)]
        folders = [lab.folder / f"half-{world.name}-{part}" for part in range(2)]
        for folder, numbers in zip(folders, halves, strict=True):
            workspace(world, folder, numbers)
        with lab.portal(world, fresh=True, limit_requests=PER_SECOND, limit_window=1) as portal:
            both = [lab.started("apply", each, "--yes", "--format", "json", url=portal.url) for each in folders]
            yield from _rows(f"limit shared by two, {world.changes:,} changes", both, portal.asked)


def _rows(name: str, running: list[Running], asked: Any) -> Iterator[Row]:
    """From the first request to the last, beside the time that so many requests take at the limit."""
    ended = [one.wait().must() for one in running]
    requests = asked()
    times = [datetime.fromisoformat(one["time"]) for one in requests]
    refused = Asked(requests).answered(429)
    floor = (len(requests) - refused) / PER_SECOND
    seconds = (max(times) - min(times)).total_seconds()
    yield Row(f"{name}: time", seconds, floor, SECONDS * floor, "s", strict=False)
    most = ANSWERED_429 * len(requests)
    yield Row(f"{name}: answered 429", refused, 0, most, f"of {len(requests):,}", strict=False)
    yield Row(f"{name}: failed", sum(_failed(one.output) for one in ended), 0, 0)


def _failed(output: Path) -> int:
    outcomes = json.loads(output.read_text(encoding="utf-8"))["outcomes"]
    return sum(one["result"] not in ("done", "already") for one in outcomes)
