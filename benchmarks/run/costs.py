"""What a run costs on this machine: CPU seconds and memory, from the operating system, and the time to start."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from statistics import median

from processes import Lab, Ran, run
from table import Row
from world import World

PROMISED = {  # developers: (CPU seconds, MB) of validate, of plan
    100_000: ((5, 400), (25, 900)),
    1_000_000: ((55, 6000), (275, 6000)),
}

WARMED = 100_000
"""Developers up to which the server has been asked everything once before; more would take half an hour."""


def cost(lab: Lab, sizes: list[int]) -> Iterator[Row]:
    """`validate` and `plan` of a portal that is mostly as git says, the server being warm and another process.

    The floor is what Python with the libraries takes to start; per developer the cost is flat.
    """
    idle = run([sys.executable, "-c", "import click, yaml, requests, jsonschema_rs"], lab.output(), lab.env())
    each: dict[str, dict[int, float]] = {}
    for size in sizes:
        world = World(size)
        path = lab.workspace(world)
        validate = lab.reconciler("validate", path).must()
        with lab.portal(world) as portal:
            if size <= WARMED:
                lab.reconciler("plan", path, url=portal.url).must()
            plan = lab.reconciler("plan", path, url=portal.url).must()
        for name, ran, (cpu, memory) in zip(
            ("validate", "plan"), (validate, plan), PROMISED.get(size, ((None, None),) * 2), strict=True
        ):
            what = f"cost, {name}, {size:,} developers"
            yield Row(what, ran.cpu, idle.cpu, cpu, "CPU s", strict=False)
            yield Row(what, ran.megabytes, idle.megabytes, memory, "MB", strict=False)
            each.setdefault(name, {})[size] = (ran.cpu - idle.cpu) / size * 1e6
    for name, found in each.items():
        for size, micros in found.items():
            floor = found.get(10_000, micros)
            most = 1.5 * floor if size > 1000 else None
            yield Row(f"cost, {name}, a developer of {size:,}", micros, floor, most, "CPU µs", strict=False)


def startup(lab: Lab, sizes: list[int]) -> Iterator[Row]:
    """Beside a Python that imports click: the median of CPU time, so that a busy machine counts less."""

    def taken(*runs: Ran) -> float:
        return median(ran.cpu for ran in runs) * 1000

    path = lab.workspace(World(sizes[0]))
    click = [sys.executable, "-c", "import click"]
    floors, found = [], {name: [] for name in ("--help", "--version", "validate")}
    for _ in range(11):  # in turns, so that whatever else the machine does meets all of them
        floors.append(run(click, lab.output(), lab.env()))
        for name, runs in found.items():
            runs.append(lab.reconciler(name, *([path] if name == "validate" else [])).must())
    for name, runs in found.items():
        factor = 2.5 if name == "validate" else 1.3
        floor = taken(*floors)
        yield Row(f"start-up, {name}", taken(*runs), floor, factor * floor, "CPU ms", strict=False)
