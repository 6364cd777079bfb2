"""The groups of rows, in the order of the table, and the sizes at which they are measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cached
import costs
import counts
import limited
import waits
from processes import Lab
from table import Row


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that are measured together; `quick`: also in CI."""

    measure: Callable[[Lab, list[int]], Iterator[Row]]
    quick: bool = True


GROUPS = {
    "requests": Group(counts.requests),
    "needless": Group(counts.needless),
    "latency": Group(waits.latency),
    "limit": Group(limited.limit, quick=False),
    "startup": Group(costs.startup),
    "cost": Group(costs.cost),
    "cache": Group(cached.cache),
}

SIZES = {
    "requests": [100, 1000, 10_000, 100_000],
    "needless": [1000],
    "startup": [100],
    "cost": [1000, 10_000, 100_000, 1_000_000],
    "cache": [100_000],
    "latency": [100, 1000, 10_000],
    "limit": [1000],
}
QUICK_SIZES = {
    "requests": [100, 1000],
    "needless": [1000],
    "startup": [100],
    "cost": [1000, 4000],
    "cache": [4000],
    "latency": [1000],
    "limit": [100],
}
