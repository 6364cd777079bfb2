"""Latency hidden: a plan where every answer takes fifty milliseconds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from math import ceil

from processes import Lab
from table import Row
from world import World

LATENCY, WORKERS = 0.05, 8


def latency(lab: Lab, sizes: list[int]) -> Iterator[Row]:
    """From the first request to the last, beside the time that eight connections take that never idle."""
    for size in sizes:
        world = World(size)
        with lab.portal(world, latency=LATENCY) as portal:
            lab.reconciler("plan", lab.workspace(world), url=portal.url).must()
            requests = portal.asked()
        times = [datetime.fromisoformat(one["time"]) for one in requests]
        seconds = (max(times) - min(times)).total_seconds() + LATENCY
        floor = LATENCY * max(3, ceil(len(requests) / WORKERS))
        yield Row(f"latency 50 ms, plan, {size:,} developers", seconds, floor, 1.25 * floor, "s", strict=False)
