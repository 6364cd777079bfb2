"""A row of the table: what was measured, the floor that nobody can get under, and how far above it we may be."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HEAD = f"{'':<58} {'measured':>12} {'floor':>12} {'ratio':>8} {'at most':>12}"


@dataclass(frozen=True, slots=True)
class Row:
    """One promise. `most` None: nothing is promised, the number is only shown.

    `measured`, `floor` and `most` are in `unit`; the ratio is measured / floor, where there is a floor to divide by.
    `strict` False: a number that depends on the machine, which a machine that is busy or small may miss.
    """

    name: str
    measured: float
    floor: float
    most: float | None
    unit: str = ""
    strict: bool = True
    note: str = ""

    @property
    def ratio(self) -> float | None:
        return self.measured / self.floor if self.floor else None

    @property
    def held(self) -> bool:
        return self.most is None or self.measured <= self.most

    def __str__(self) -> str:
        def shown(value: float | None) -> str:
            if value is None:
                return "-"
            return f"{value:,.0f}" if value == int(value) or value >= 1000 else f"{value:,.3g}"

        verdict = "" if self.most is None else "ok" if self.held else "MISSED" if self.strict else "missed here"
        name = f"{self.name}{f' ({self.unit})' if self.unit else ''}"
        ratio = "-" if self.ratio is None else f"{self.ratio:.3f}"
        line = f"{name:<58} {shown(self.measured):>12} {shown(self.floor):>12} {ratio:>8} {shown(self.most):>12}"
        return f"{line}  {verdict}".rstrip() + (f"\n    {self.note}" if self.note else "")


def save(path: str, rows: Iterable[Row], told: dict[str, Any]) -> None:
    """Keep the results as JSON, with the machine that they are of."""
    document = {
        "kind": "benchmarks",
        "format_version": "1.0",
        "generated_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "machine": {
            "python": platform.python_version(),
            "system": platform.platform(),
            "cores": os.cpu_count(),
            "load": round(os.getloadavg()[0], 2),
        },
        **told,
        "rows": [{**asdict(row), "ratio": row.ratio, "held": row.held} for row in rows],
    }
    Path(path).write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
