"""docs/drift.md says of each class what the code says."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from reconciler.model.drift import DriftClass
from reconciler.plan.drift.table import TABLE

PAGE = (Path(__file__).parents[1] / "docs" / "drift.md").read_text(encoding="utf-8")


def test_the_published_table_is_the_codes_table() -> None:
    """Row for row, in the order in which they are shown."""
    published = PAGE.partition("<!-- classes -->\n")[2].partition("<!-- /classes -->")[0].splitlines()[2:]
    ours = [
        f"| `{name}` | {row.severity} | {'2' if row.differs else ''} | {row.meaning} | {row.action} | {row.applied} |"
        for name, row in TABLE.items()
    ]
    assert published == ours


def test_every_class_has_its_row() -> None:
    assert list(TABLE) == list(get_args(DriftClass))
