"""A saved plan out of its file."""

from __future__ import annotations

from reconciler.cli.json_file import LARGEST, read_json
from reconciler.plan.saved import SavedPlan, opened
from reconciler.settings import Settings

__all__ = ["LARGEST", "read_plan"]


def read_plan(file: str, settings: Settings) -> SavedPlan:
    """The plan in the file. Raises InputError where it holds none, StalePlanError where it cannot be trusted."""
    hint = "give a file that `reconciler plan PATH --out FILE` wrote"
    return opened(read_json(file, "saved plan", hint), settings.plan_key)
