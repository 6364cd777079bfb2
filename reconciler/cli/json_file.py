"""A JSON document out of its file."""

from __future__ import annotations

import json
from pathlib import Path

from reconciler.errors import InputError
from reconciler.secret import visible

LARGEST = 500_000_000
"""Bytes in a document."""


def read_json(file: str, kind: str, hint: str) -> object:
    """The document in the file. Raises InputError, saying that it is no `kind`, and the hint."""
    where = visible(file)
    try:
        if Path(file).stat().st_size > LARGEST:
            raise InputError(f"{where} has more than {LARGEST:,} bytes: that is no {kind}", hint)
        return json.loads(Path(file).read_bytes())
    except OSError as error:
        raise InputError(f"{where} cannot be read: {error.strerror}", hint) from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where} is not JSON", hint) from error
