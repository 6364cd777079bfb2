"""The parse cache: a workspace that did not change is not parsed and checked again."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from processes import Lab, run
from table import Row
from world import World


def cache(lab: Lab, sizes: list[int]) -> Iterator[Row]:
    """Reading and checking alone, from the files and from the cache; and all of `validate`."""
    for size in sizes:
        path = lab.workspace(World(size, behind=0))
        on = {"RECONCILER_NO_CACHE": ""}
        lab.reconciler("validate", path, **on).must()
        folder = lab.folder / "cache" / "reconciler" / "manifests"
        cold, warm = _loading(lab, path, ""), _loading(lab, path, str(folder))
        yield Row(
            f"cache, reading {size:,} people again",
            warm * 1000,
            cold * 1000 / 10,
            cold * 1000 / 10,
            "CPU ms",
            strict=False,
        )
        without, within = lab.reconciler("validate", path).must(), lab.reconciler("validate", path, **on).must()
        yield Row(
            f"cache, validate of {size:,} people again", within.cpu, without.cpu, without.cpu, "CPU s", strict=False
        )


def _loading(lab: Lab, path: Path, folder: str) -> float:
    script = Path(__file__).with_name("loading.py")
    ran = run([sys.executable, str(script), str(path), folder], lab.output(), lab.env()).must()
    return float(ran.output.read_text())
