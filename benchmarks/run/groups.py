"""The groups of rows, in the order of the table, and the sizes at which they are measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cached
import costs
import counts
import formats
import limited
import others
import parts
import waits
from processes import Lab
from table import Row


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that are measured together, at these numbers of developers; `quick` ones are for CI, if there are any."""

    measure: Callable[[Lab, list[int]], Iterator[Row]]
    sizes: tuple[int, ...]
    quick: tuple[int, ...] = ()


GROUPS = {
    "requests": Group(counts.requests, (100, 1000, 10_000, 100_000), quick=(100, 1000)),
    "needless": Group(counts.needless, (1000,), quick=(1000,)),
    "since": Group(parts.since, (1000, 10_000, 100_000), quick=(1000,)),
    "latency": Group(waits.latency, (100, 1000, 10_000), quick=(1000,)),
    "limit": Group(limited.limit, (1000,)),
    "startup": Group(costs.startup, (100,), quick=(100,)),
    "cost": Group(costs.cost, (1000, 10_000, 100_000, 1_000_000), quick=(1000, 4000)),
    "cache": Group(cached.cache, (100_000,), quick=(4000,)),
    "reports": Group(formats.reports, (100_000,)),
    "baseline": Group(others.baseline, (1000,)),
}
