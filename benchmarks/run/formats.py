"""Reports at any size: every format of a plan in which half of the people are to be approved."""

from __future__ import annotations

from collections.abc import Iterator

from processes import Lab
from table import Row
from world import World

from reconciler.report.formats import FORMATS

SECONDS = 30
"""CPU seconds that any format may add to the plan itself, at 100,000 people."""
MEGABYTES = 3000


def reports(lab: Lab, sizes: list[int]) -> Iterator[Row]:
    """What a report adds to the plan, in CPU seconds, and the peak; `text` is printed in any case."""
    for size in sizes:
        world = World(size, behind=0.5)
        path = lab.workspace(world)
        with lab.portal(world) as portal:
            lab.reconciler("plan", path, url=portal.url).must()
            plain = lab.reconciler("plan", path, url=portal.url).must()
            yield Row(f"reports, text, {size:,} people", plain.cpu, 0, None, "CPU s, the plan included", strict=False)
            for name in FORMATS:
                if name == "text":
                    continue
                ran = lab.reconciler("plan", path, "--format", name, url=portal.url).must()
                most = SECONDS * max(size, 10_000) / 100_000
                what = f"reports, {name}, {size:,} people"
                yield Row(what, max(ran.cpu - plain.cpu, 0), plain.cpu, most, "CPU s more than text", strict=False)
                yield Row(what, ran.megabytes, plain.megabytes, MEGABYTES, "MB", strict=False)
                kilobytes = ran.output.stat().st_size / 1024
                yield Row(what, kilobytes, plain.output.stat().st_size / 1024, None, "kB", strict=False)
