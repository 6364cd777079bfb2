"""The same work as others do it: Kong's published hourly script, and one GET an object as a Terraform refresh.

Reimplemented from their descriptions (the contract's sections 8 and 9), on the same portal, over one connection.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from processes import Asked, Lab, run
from table import Row
from world import World


def baseline(lab: Lab, sizes: list[int]) -> Iterator[Row]:
    """How many times fewer requests, and less time, at ten milliseconds a request."""
    script = Path(__file__).with_name("scripts.py")
    for size in sizes:
        world = World(size)
        path = lab.workspace(world)
        with lab.portal(world, latency=0.01) as portal:
            plan = lab.reconciler("plan", path, url=portal.url).must()
            ours = Asked(portal.asked()).reads
            theirs = run([sys.executable, str(script), "refresh", portal.url], lab.output(), lab.env()).must()
            refresh = Asked(portal.asked()).reads
        yield Row(f"baseline, one GET an object, {size:,}: requests of a plan", refresh, ours, None)
        yield Row(f"baseline, one GET an object, {size:,}: time", theirs.seconds, plan.seconds, None, "s")
        with lab.portal(world, fresh=True, latency=0.01) as portal:
            theirs = run([sys.executable, str(script), "hourly", portal.url], lab.output(), lab.env()).must()
            hourly = Asked(portal.asked())
        with lab.portal(world, fresh=True, latency=0.01) as portal:
            apply = lab.reconciler("apply", path, "--yes", url=portal.url).must()
            ours_too = Asked(portal.asked())
        mine, told = len(ours_too.requests), len(hourly.requests)
        yield Row(f"baseline, hourly script, {size:,}: requests (no registrations)", told, mine, None)
        yield Row(f"baseline, hourly script, {size:,}: a second run", _again(lab, script, world), 0, None)
        each, ours_each = theirs.seconds / hourly.writes * 1000, apply.seconds / ours_too.writes * 1000
        yield Row(f"baseline, hourly script, {size:,}: time a change", each, ours_each, None, "ms")


def _again(lab: Lab, script: Path, world: World) -> int:
    """Requests of the hourly script where nothing is pending: it looks, and never learns of drift."""
    calm = World(world.developers, behind=0)
    with lab.portal(calm) as portal:
        run([sys.executable, str(script), "hourly", portal.url], lab.output(), lab.env()).must()
        return len(portal.asked())
