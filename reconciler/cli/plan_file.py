"""A saved plan out of its file."""

from __future__ import annotations

import json
from pathlib import Path

from reconciler.errors import InputError
from reconciler.plan.saved import SavedPlan, opened
from reconciler.secret import visible
from reconciler.settings import Settings

LARGEST = 500_000_000
"""Bytes in a saved plan."""


def read_plan(file: str, settings: Settings) -> SavedPlan:
    """The plan in the file. Raises InputError where it holds none, StalePlanError where it cannot be trusted."""
    return opened(_document(file), settings.plan_key)


def _document(file: str) -> object:
    where, hint = visible(file), "give a file that `reconciler plan PATH --out FILE` wrote"
    try:
        if Path(file).stat().st_size > LARGEST:
            raise InputError(f"{where} has more than {LARGEST:,} bytes: that is no saved plan", hint)
        return json.loads(Path(file).read_bytes())
    except OSError as error:
        raise InputError(f"{where} cannot be read: {error.strerror}", hint) from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where} is not JSON", hint) from error
