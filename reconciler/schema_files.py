"""The JSON Schemas as shipped: inside the package when installed, beside it in a checkout or an editable install."""

from __future__ import annotations

from pathlib import Path

from reconciler.errors import ReconcilerError

_PACKAGE = Path(__file__).resolve().parent
_PLACES = (_PACKAGE / "schemas", _PACKAGE.parent / "schemas")


def schema_text(name: str) -> str:
    """The text of `schemas/NAME`, such as `manifest.schema.json`."""
    for folder in _PLACES:
        try:
            return (folder / name).read_text(encoding="utf-8")
        except FileNotFoundError:
            continue
    raise ReconcilerError(f"this installation lacks its file schemas/{name}", "install reconciler again")
